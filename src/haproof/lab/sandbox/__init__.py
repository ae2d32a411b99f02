"""Hosts of a cluster on one machine: private namespaces in which everything of a database system runs.

`enter.py` makes the namespaces and is their first process, `network.py` puts hosts with addresses of their
own into them, `host_exec.py` starts a program on one host, `capability.py` says why a machine cannot have all
this. Clean-up is by construction: the kernel ends every process and takes away every link, mount and shared
memory segment once the first process is gone, whatever ended it.
"""
