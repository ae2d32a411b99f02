"""The faults of RECOVERY that are those of a node; the others are CLUSTER's, and explained there."""

from haproof.core.words import Term

TERMS = {
    "node-cut": Term(
        title="Leading node cut off from the database",
        meaning="The leading node's host loses every member of the cluster; its clients still reach it.",
        why="The node runs, believes that it leads, and still gets requests.",
        how="The other node must accept writes within the lock bound and 1,000 ms; the one that is cut off "
        "must accept none after the bound.",
        not_proved="A node that is cut off from the other node alone.",
        see=("RECOVERY-03", "lock_bound_ms"),
    ),
    "node-kill": Term(
        title="Leading node killed",
        meaning="SIGKILL to the leading node, while 16 clients write.",
        why="It is the crash of the control plane with its database well.",
        how="The other node must accept writes within 5,000 ms.",
        not_proved="A fault of the database at the same time.",
        see=("RECOVERY-03",),
    ),
}
