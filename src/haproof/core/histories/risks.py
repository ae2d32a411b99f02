"""VAL16's figures from its journal: the risks that were answered, phase by phase, and the epochs in them."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from haproof.core.histories.journal import saws
from haproof.core.record import Count, Number

ASKED, RECOVERED_EPOCHS = "risk asked", "epochs after the recovery"
BASELINE, DIVERGENCE, REPEATED, RECOVERY = "baseline", "divergence", "repeated", "recovery"
AGAIN, PROMOTED, RECOVERED_AGAIN = "divergence again", "follower promoted", "recovery again"
GHOSTS, CLEARED, FINAL = "ghosts", "ghosts cleared", "final"
"""Phases of the slice, as the journal names them."""

LAST_OF = {
    "baseline_risk": BASELINE,
    "divergence_risk": DIVERGENCE,
    "recovered_risk": RECOVERY,
    "ghost_risk": GHOSTS,
    "ghost_cleared_risk": CLEARED,
    "final_risk": FINAL,
}
"""Figures, and the phase whose last answer each of them is."""

SECOND_OF = {"divergence_risk": (AGAIN, "detected"), "recovered_risk": (RECOVERED_AGAIN, "none")}
"""Figures that are tried a second time, the phase, and what its last answer must be, or it is the figure."""

FIRST_OF = {"detection_ms": (DIVERGENCE, "detected"), "recovery_ms": (RECOVERY, "none")}
"""Figures, and of which risk in which phase each is the first time."""


class Asked(Struct, frozen=True):
    """A node was asked for the risk: what it answered (None for none of the three, and for an answer that
    something else it says contradicts), and how long after the act.

    `epochs` are those that the answer shows; one that is no epoch is None. `leads`: it was the leader.
    """

    what: str
    phase: str = ""
    leads: bool = False
    risk: str | None = None
    after_ms: Number | None = None
    epochs: list[Count | None] = []


def of_split_brain(lines: Iterable[bytes]) -> dict[str, Any]:
    """VAL16's metrics and observations; what was not tried gives none. Raises Malformed."""
    found = list(saws(lines, Asked, (ASKED, RECOVERED_EPOCHS)))
    figures = of_asked([line for line in found if line.what == ASKED])
    for line in found:
        if line.what == RECOVERED_EPOCHS:
            figures["epoch_after_recovery"] = lowest(line.epochs)
    return figures


def of_asked(asked: Sequence[Asked]) -> dict[str, Any]:
    """The figures that follow from the answers alone."""
    figures: dict[str, Any] = {}
    for name, phase in LAST_OF.items():
        if answers := _of(asked, phase):
            figures[name] = answers[-1].risk
    for name, (phase, wanted) in SECOND_OF.items():
        answers = _of(asked, phase)
        if answers and answers[-1].risk != wanted and figures.get(name) == wanted:
            figures[name] = answers[-1].risk
    for name, (phase, risk) in FIRST_OF.items():
        if answers := _of(asked, phase):
            figures[name] = next((line.after_ms for line in answers if line.risk == risk), None)
    if answers := _of(asked, REPEATED):
        figures["repeated_risks"] = [line.risk for line in answers]
    if _of(asked, RECOVERY):
        figures["epoch_before_recovery"] = highest_shown(asked)
    return figures


def highest_shown(asked: Iterable[Asked]) -> int | None:
    """The highest epoch that any node showed before the recovery; None where one of them is none."""
    before = [
        epoch for line in asked if line.phase in (BASELINE, DIVERGENCE, REPEATED) for epoch in line.epochs
    ]
    known = [epoch for epoch in before if epoch is not None]
    return max(known) if known and len(known) == len(before) else None


def lowest(epochs: Sequence[int | None]) -> int | None:
    """The lowest of the epochs that are shown; None where one of them is none."""
    known = [epoch for epoch in epochs if epoch is not None]
    return min(known) if known and len(known) == len(epochs) else None


def _of(asked: Iterable[Asked], phase: str) -> list[Asked]:
    """The leader's answers in a phase."""
    return [line for line in asked if line.phase == phase and line.leads]
