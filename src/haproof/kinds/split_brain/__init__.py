"""VAL16, Split-Brain Chaos Validation."""

from haproof.core.kind import Kind
from haproof.core.words import Words
from haproof.kinds.split_brain.checks import CHECKS
from haproof.kinds.split_brain.record import SplitBrainRecord
from haproof.kinds.split_brain.recount import RECOUNTS

KIND = Kind(
    id="VAL16",
    stem="split_brain",
    folder="val16",
    name="Split-Brain Chaos Validation",
    record=SplitBrainRecord,
    checks=CHECKS,
    view="haproof.kinds.split_brain.view",
    about=Words(
        meaning="Epoch divergence is detected, recovery clears it, and user data stays as it was.",
        why="Two leaders that both write are the one failure that no restart repairs.",
        how="Leadership tables are changed in SQL behind the leader's back; then the leader is asked.",
        not_proved="Two leaders that really run at once, as a partition makes them; the state is injected.",
    ),
    recounts=RECOUNTS,
)
