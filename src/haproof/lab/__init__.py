"""The lab: real PostgreSQL servers and real node processes, put through the five slices.

It measures and writes slice reports; it never judges beyond the ten checks of a slice (which are
`haproof.core`'s), and never renders. A scenario is one slice's run; `haproof.lab.scenario` says how one is
written, and `haproof.lab.scenarios.failover` is the one to read first.
"""
