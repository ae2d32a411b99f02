"""VAL18, 30-Day HA Soak."""

from haproof.core.kind import Closes, Kind
from haproof.core.words import Words
from haproof.kinds.soak.checks import CHECKS
from haproof.kinds.soak.gap import measured
from haproof.kinds.soak.limits import MAX_AGE_DAYS
from haproof.kinds.soak.record import SoakRecord
from haproof.kinds.soak.recount import RECOUNTS

KIND = Kind(
    id="VAL18",
    stem="soak",
    folder="val18",
    name="30-Day HA Soak",
    record=SoakRecord,
    checks=CHECKS,
    role="beyond",
    max_age_days=MAX_AGE_DAYS,
    about=Words(
        meaning="Thirty days of running, probed every ten seconds, with scheduled failovers and no row lost.",
        why="Leaks, drift and rare races take days to show.",
        how=(
            "A prober writes and reads a row, rounds compare all of them, and a chained journal shows what "
            "was not observed, so that it does not count."
        ),
        not_proved="What the observing machine could not see, and anything where it is self-reported.",
    ),
    closes=(Closes(gap="GAP-1", measured=measured),),
    recounts=RECOUNTS,
)
