"""At most ten lines for a chat or a commit status: the system, the verdict, why, and what to do next.

Every line is one line whatever the evidence holds, and none is wrapped: where it is shown does that.
"""

from collections.abc import Sequence

from haproof.core.headline import Headline, headline
from haproof.core.level import reached
from haproof.core.model import Reason
from haproof.core.report import Report
from haproof.render.visible import visible

MOST_REASONS = 4
"""Reasons that are named, one fewer beside a line about kinds beyond; the others are counted."""


def render(report: Report) -> bytes:
    """The lines in UTF-8: the same bytes for the same report."""
    known = headline(report)
    lines = [
        f"System: {known.system} ({known.machine})",
        f"Verdict: {report.proof.verdict}",
        *_reasons(report.reasons, MOST_REASONS - bool(known.beyond)),
        *_beyond(known),
        f"Next: {_next(report)}",
        *_basis(known),
    ]
    return "".join(f"{visible(line)}\n" for line in lines).encode("utf-8")


def _reasons(found: Sequence[Reason], most: int) -> list[str]:
    """The worst reasons; one more takes the place of the line that would count it alone."""
    shown = found if len(found) <= most + 1 else found[:most]
    lines = [f"- {reason.sentence} [{reason.id}]" for reason in shown]
    left = len(found) - len(shown)
    return [*lines, f"- and {left} more reasons"] if left else lines


def _beyond(known: Headline) -> list[str]:
    """What fails although the verdict does not rest on it."""
    return [f"Beyond the verdict: {', '.join(known.beyond)}"] if known.beyond else []


def _next(report: Report) -> str:
    """What to do about the worst reason; from a level that is reached, what the next one asks for."""
    if report.reasons:
        return report.reasons[0].next
    levels = report.levels
    names = [level.name for level, _ in levels]
    above = levels[names.index(reached(report.house.levels, report.proof.readiness) or names[0]) + 1 :]
    if not above:
        return "nothing is open: the highest level is reached"
    level, found = above[0]
    open_ones = [entry.id for entry in found.requirements if entry.state != "MET"]
    return f"{level.name} needs {', '.join(open_ones)} (haproof explain {open_ones[0]})"


def _basis(known: Headline) -> list[str]:
    """How old the evidence is and what it is based on; nothing where there is none."""
    if known.evidence_of is None:
        return []
    return [
        f"Evidence age when judged: {known.age} (latest report {known.evidence_of})",
        f"Basis: {'; '.join(filter(None, (known.basis, known.scope)))}",
    ]
