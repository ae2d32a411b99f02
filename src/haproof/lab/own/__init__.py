"""Somebody's own running PostgreSQL cluster under test, known by a target file with `kind = "database"`.

`cluster_file.py` reads the file, `reach.py` carries a command to a member (ssh, kubectl or any other),
`examine.py` looks at everything before anything is touched, `system.py` breaks and undoes by the file's
commands, `bench.py` is the cluster for the trials that all systems share (`lab/trials`), `run.py` the whole
run.
`warden.py` is a process beside the lab that undoes what is broken where the lab itself is killed.
"""
