"""VAL17, Quorum Loss Validation."""

from haproof.core.kind import Closes, Kind
from haproof.core.words import Words
from haproof.kinds.quorum_loss.checks import CHECKS
from haproof.kinds.quorum_loss.record import QuorumLossRecord
from haproof.kinds.quorum_loss.recount import RECOUNTS

KIND = Kind(
    id="VAL17",
    stem="quorum_loss",
    folder="val17",
    name="Quorum Loss Validation",
    record=QuorumLossRecord,
    checks=CHECKS,
    view="haproof.kinds.quorum_loss.view",
    about=Words(
        meaning="The loss of PostgreSQL is noticed within 30 s, writes are blocked, recovery is noticed.",
        why="A control plane that accepts writes without its database promises what nobody keeps.",
        how="PostgreSQL is stopped and started, twice, while every node's status is read.",
        not_proved="Detection of a partition, or of a PostgreSQL that hangs instead of ending.",
    ),
    closes=(Closes(gap="GAP-8", figure="protected_write_refused"),),
    recounts=RECOUNTS,
)
