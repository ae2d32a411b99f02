"""VAL17, Quorum Loss Validation."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="VAL17",
    stem="quorum_loss",
    folder="val17",
    name="Quorum Loss Validation",
    rules="haproof.kinds.quorum_loss.checks",
    recount="haproof.kinds.quorum_loss.recount",
    view="haproof.kinds.quorum_loss.view",
    making="haproof.kinds.quorum_loss.making",
    about=Words(
        meaning="The loss of PostgreSQL is noticed within 30 s, writes are blocked, recovery is noticed.",
        why="A control plane that accepts writes without its database promises what nobody keeps.",
        how="PostgreSQL is stopped and started, twice, while every node's status is read.",
        not_proved="Detection of a partition, or of a PostgreSQL that hangs instead of ending.",
    ),
)
