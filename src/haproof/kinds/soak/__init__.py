"""VAL18, 30-Day HA Soak."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="VAL18",
    stem="soak",
    folder="val18",
    name="30-Day HA Soak",
    rules="haproof.kinds.soak.checks",
    recount="haproof.kinds.soak.recount",
    view="haproof.kinds.soak.view",
    making="haproof.kinds.soak.making",
    role="beyond",
    max_age_days=90,
    about=Words(
        meaning="Thirty days of running, probed every ten seconds, with scheduled failovers and no row lost.",
        why="Leaks, drift and rare races take days to show.",
        how=(
            "A prober writes and reads a row, rounds compare all of them, and a chained journal shows what "
            "was not observed, so that it does not count."
        ),
        not_proved="What the observing machine could not see, and anything where it is self-reported.",
    ),
)
