"""Trials of a database system: one fault each, under load, from healthy to healthy.

`outside.py` runs in the lab's own process: it starts the sandbox, shows what happens, and writes the report.
All else runs inside: `inside.py` is the program there, `bench.py` the cluster under test, `placed.py` its
clients, `course.py` one trial from start to end. Figures come from `core.histories.clusters`, never from
what the lab believes that it saw.
"""
