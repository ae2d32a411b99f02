"""VAL16, Split-Brain Chaos Validation."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="VAL16",
    stem="split_brain",
    folder="val16",
    name="Split-Brain Chaos Validation",
    rules="haproof.kinds.split_brain.checks",
    recount="haproof.kinds.split_brain.recount",
    view="haproof.kinds.split_brain.view",
    making="haproof.kinds.split_brain.making",
    about=Words(
        meaning="Epoch divergence is detected, recovery clears it, and user data stays as it was.",
        why="Two leaders that both write are the one failure that no restart repairs.",
        how="Leadership tables are changed in SQL behind the leader's back; then the leader is asked.",
        not_proved="Two leaders that really run at once, as a partition makes them; the state is injected.",
    ),
)
