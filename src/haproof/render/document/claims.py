"""The checks of the matrix: what was found, and where in the evidence it can be looked up."""

from msgspec import Struct

from haproof.core.model import CheckResult, MatrixRow
from haproof.core.report import Report
from haproof.core.words import Words
from haproof.render.document.figures import found
from haproof.render.document.places import Place, places
from haproof.render.document.wording import signs


class Claim(Struct, frozen=True, kw_only=True):
    """One check of the matrix. `found` says one thing a line."""

    id: str
    when: str
    status: str
    description: str
    criterion: str
    found: tuple[str, ...]
    places: tuple[Place, ...]
    about: Words


def claims(report: Report) -> tuple[Claim, ...]:
    """Every check of the matrix, in order."""
    about = {check.id: check.about for check in report.house.matrix}
    return tuple(
        Claim(
            id=row.id,
            when=row.when,
            status=row.status,
            description=signs(row.description),
            criterion=signs(row.criterion),
            found=_found(report, row),
            places=tuple(places(report, row)),
            about=about[row.id],
        )
        for row in report.proof.checks
    )


def _found(report: Report, row: MatrixRow) -> tuple[str, ...]:
    """The figures behind a claim on figures that passes, the reasons behind one that fails; else the outcome
    in the words of the judgement.
    """
    if row.status != "PASS":
        return _failed(report, row)
    house = report.house
    if row.id in house.passes or row.id in house.sums_up:
        return (signs(row.detail),)
    figures = [found(finding).words for entry in _entries(report, row) for finding in entry.findings]
    return tuple(figures) or (signs(row.detail),)


def _failed(report: Report, row: MatrixRow) -> tuple[str, ...]:
    """How many checks pass, and the reasons among those that do not."""
    checks = {place.check for place in row.evidence}
    said = [reason.sentence for reason in report.reasons if reason.check in checks]
    if row.id in report.house.sums_up or not said:
        return (row.detail,)
    return tuple([row.detail.partition(" (")[0], *said] if row.id in report.house.passes else said)


def _entries(report: Report, row: MatrixRow) -> list[CheckResult]:
    """The checks of slices that a claim is based on, each once."""
    named = dict.fromkeys((place.slice, place.check) for place in row.evidence)
    owners = {result.id: result for result in report.slices}
    return [entry for owner, check in named if (entry := owners[owner].check(check))]
