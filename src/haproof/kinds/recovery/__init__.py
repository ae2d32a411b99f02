"""RECOVERY, Recovery of the Control Plane on a PostgreSQL HA Cluster."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="RECOVERY",
    stem="recovery",
    folder="recovery",
    name="Control Plane on a PostgreSQL HA Cluster",
    rules="haproof.kinds.recovery.checks",
    recount="haproof.kinds.recovery.recount",
    making="haproof.kinds.recovery.making",
    terms="haproof.kinds.recovery.terms",
    role="beyond",
    max_age_days=90,
    about=Words(
        meaning="The database is promoted, or a node is cut off, and the control plane comes back whole.",
        why="A control plane that leads by its database must follow it wherever it goes.",
        how="Two nodes on a cluster of three under load, one fault at a time; nodes, members, rows are read.",
        not_proved="Faults of a node and of the database at once.",
    ),
    view="haproof.kinds.recovery.view",
)
