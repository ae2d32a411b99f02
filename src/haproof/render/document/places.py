"""Where a claim is shown: the places in the evidence, those that say nothing but PASS listed together."""

import re
from collections.abc import Sequence

from msgspec import Struct

from haproof.core.model import MatrixRow
from haproof.core.outcome import Pointer
from haproof.core.report import Report
from haproof.render.document.figures import found

HELD = ("reported PASS", "PASS, not contradicted")
"""What stands at the entry of a check that holds, and what it was held against."""

FEWEST_IN_RUN = 3
"""From so many on, neighbours are told as `first to last`."""

_NUMBERED = re.compile(r"(.*?)(\d+)\Z", re.DOTALL)


class Place(Struct, frozen=True, kw_only=True):
    """A value at a JSON Pointer into one file, beside its limit; or, where `checks` and `pointers` are
    several, the entries of checks that all hold. `exact` is empty where `value` says the same.
    """

    slice: str
    path: str
    checks: tuple[str, ...]
    pointers: tuple[str, ...]
    value: str
    exact: str
    limit: str
    holds: bool


def places(report: Report, row: MatrixRow) -> list[Place]:
    """The places of one claim in the order of its evidence; the entries that hold stand where the first does,
    one place for each file.
    """
    listed: list[Place] = []
    for pointer in row.evidence:
        place = _place(report, pointer)
        at = next((n for n, other in enumerate(listed) if _alike(other, place)), None)
        if at is None:
            listed.append(place)
        else:
            listed[at] = _joined(listed[at], place)
    return listed


def _place(report: Report, pointer: Pointer) -> Place:
    value, exact, limit, holds = _looked_up(report, pointer)
    return Place(
        slice=pointer.slice,
        path=pointer.path,
        checks=(pointer.check,),
        pointers=(pointer.pointer,),
        value=value,
        exact=exact,
        limit=limit,
        holds=holds,
    )


def _looked_up(report: Report, pointer: Pointer) -> tuple[str, str, str, bool]:
    """What is at a pointer, short and exact, what it was held against, and whether that holds."""
    owner = next(result for result in report.slices if result.id == pointer.slice)
    entry = owner.check(pointer.check)
    if entry is None:
        return "–", "", "–", False
    finding = next((finding for finding in entry.findings if finding.pointer == pointer.pointer), None)
    if finding is not None:
        seen = found(finding)
        return seen.value, seen.exact, seen.rule, seen.holds
    if entry.passed:
        return HELD[0], "", HELD[1], True
    said = "reported PASS, contradicted" if entry.contradicted else f"reported {entry.entry.status}"
    return said, "", HELD[1], False


def _alike(one: Place, other: Place) -> bool:
    return one.path == other.path and (one.value, one.limit) == (other.value, other.limit) == HELD


def _joined(one: Place, other: Place) -> Place:
    return Place(
        slice=one.slice,
        path=one.path,
        checks=one.checks + other.checks,
        pointers=one.pointers + other.pointers,
        value=one.value,
        exact=one.exact,
        limit=one.limit,
        holds=True,
    )


def listed(names: Sequence[str]) -> str:
    """Names in words: `VAL13-01 to VAL13-06, VAL13-08`, told as a run where they count up one by one."""
    runs: list[list[str]] = []
    for name in names:
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(
        f"{run[0]} to {run[-1]}" if len(run) >= FEWEST_IN_RUN else ", ".join(run) for run in runs
    )


def _follows(one: str, other: str) -> bool:
    """Whether a name is the next one: the same but for a number at its end that is greater by one."""
    first, second = _NUMBERED.match(one), _NUMBERED.match(other)
    return bool(first and second and first[1] == second[1] and int(first[2]) + 1 == int(second[2]))
