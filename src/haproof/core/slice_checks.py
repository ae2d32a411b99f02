"""The checks of the slices, from a report or, as far as it names them, from a JSON artifact.

An artifact carries how many of a slice's checks passed and, in the detail of VAL26-01 to -05, which did not.
Where the two do not add up (a producer's text may hold ids too), nobody can say which checks failed.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from haproof.core.checks import PASSES
from haproof.core.model import Proof, Report
from haproof.core.slices import SLICES

_WORD = re.compile(r"[\w-]+")
"""What an id in a detail is part of: `VAL13-040` names no check."""


class SliceChecks(Struct, frozen=True, kw_only=True):
    """One found slice: how many checks passed, and the id of each that did not (None where unknown)."""

    passed: int
    failed: frozenset[str] | None


def slice_checks(judged: Report | Proof) -> Mapping[str, SliceChecks]:
    """Slice id to what is known of its checks; slices without evidence are left out."""
    if isinstance(judged, Report):
        return {
            result.id: SliceChecks(
                passed=result.passed,
                failed=frozenset(check.check.id for check in result.checks if not check.passed),
            )
            for result in judged.slices
            if result.found
        }
    details = {PASSES[check.id]: check.detail for check in judged.checks if check.id in PASSES}
    return {
        row.id: SliceChecks(passed=row.passed or 0, failed=_named(row.id, row.failed or 0, details[row.id]))
        for row in judged.slices
        if row.status != "MISSING" and row.id in details
    }


def _named(slice_id: str, count: int, detail: str) -> frozenset[str] | None:
    """The failed checks that the detail names, if it names exactly as many as there are."""
    named = frozenset(_WORD.findall(detail)) & titles()[slice_id].keys() if count else frozenset()
    return named if len(named) == count else None


def titles() -> Mapping[str, Mapping[str, str]]:
    """For each slice the titles of its checks, by id."""
    return {slice_.id: {check.id: check.title for check in slice_.checks} for slice_ in SLICES}
