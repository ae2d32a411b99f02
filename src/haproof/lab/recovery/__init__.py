"""RECOVERY: two nodes of a control plane on a cluster that fails over, in the sandbox.

inside   the program in the sandbox: one cluster, two nodes, trial by trial
course   one trial: under load, the fault, until writes are accepted again, healed, the table read
nodes    the two nodes, each on a host of its own, and the faults that hit one
clients  the program of the clients: writers over HTTP, and whoever asks the nodes how they are
"""
