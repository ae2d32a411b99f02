"""The checks of each kind, from a report or, as far as it names them, from a JSON artifact.

An artifact carries how many checks of a kind passed and, in the detail of the matrix's check of it, which did
not; of a kind beyond the required ones, in the detail of the risk that it is. Where the two do not add up (a
producer's text may hold ids too), nobody can say which checks failed.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from haproof.core import risk_ids
from haproof.core.house import House
from haproof.core.model import Beyond, Proof, SliceRow
from haproof.core.report import Report

_WORD = re.compile(r"[\w-]+")
"""What an id in a detail is part of: `AB1-040` does not name AB1-04."""


class SliceChecks(Struct, frozen=True, kw_only=True):
    """One kind with a verdict: how many checks passed, and the ids of those that did not (None where
    unknown)."""

    passed: int
    failed: frozenset[str] | None


def slice_checks(judged: Report | Proof, house: House) -> Mapping[str, SliceChecks]:
    """Kind id to what is known of its checks; kinds without a verdict, or not known here, are left out."""
    if isinstance(judged, Report):
        return {
            result.id: SliceChecks(
                passed=result.passed,
                failed=frozenset(check.check.id for check in result.checks if not check.passed),
            )
            for result in judged.results
            if result.status != "MISSING"
        }
    details, known = _details(judged, house), titles(house)
    rows: tuple[SliceRow | Beyond, ...] = (*judged.slices, *judged.beyond)
    return {
        row.id: SliceChecks(
            passed=row.passed or 0, failed=_named(known[row.id], row.failed or 0, details.get(row.id, ""))
        )
        for row in rows
        if row.status != "MISSING" and row.id in known
    }


def _details(proof: Proof, house: House) -> Mapping[str, str]:
    """Kind id to the words that name its failed checks."""
    passes, risks = house.passes, {risk_ids.failed(kind.id): kind.id for kind in house.beyond}
    said = {passes[check.id]: check.detail for check in proof.checks if check.id in passes}
    return said | {risks[risk.id]: risk.detail for risk in proof.risks if risk.id in risks}


def _named(known: Mapping[str, str], count: int, detail: str) -> frozenset[str] | None:
    """The failed checks that the detail names, if it names exactly as many as there are."""
    named = frozenset(_WORD.findall(detail)) & known.keys() if count else frozenset()
    return named if len(named) == count else None


def titles(house: House) -> Mapping[str, Mapping[str, str]]:
    """For each slice the titles of its checks, by id."""
    return {kind.id: {check.id: check.title for check in kind.checks} for kind in house.kinds}
