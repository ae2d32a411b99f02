"""The check matrix: each check with what was found and, behind it, where in the evidence that is."""

from collections.abc import Mapping

from haproof.core.report import Report
from haproof.explain import explain
from haproof.render.document.blocks import (
    Anchored,
    Block,
    Broken,
    Code,
    Column,
    Explained,
    Fold,
    Lead,
    Link,
    Listed,
    Paragraph,
    Row,
    Section,
    Table,
    Words,
)
from haproof.render.document.claims import Claim, claims
from haproof.render.document.explained import explained
from haproof.render.document.places import Place, listed
from haproof.render.document.states import state
from haproof.render.document.wording import counted, spelled

DIGEST_SHOWN = 12
"""Characters of a digest beside a claim; it leads to the whole one."""

COLUMNS = (
    Column("Check"),
    Column("Status", place="with"),
    Column("Claim", 2),
    Column("Criterion", place="note"),
    Column("What was found", 2, "beside"),
)

LOOK_UP: Words = (
    "Each figure can be looked up: open the file, follow the JSON Pointer, and compare the file's digest ",
    "with the one under ",
    Link("files", "Evidence files"),
    ".",
)

PLACES = (
    Column("Slice check"),
    Column("Value", 1.5),
    Column("Limit", place="note"),
    Column("File", 2, "beside"),
    Column("Pointer and digest", place="note"),
)

SHOWN, MEANINGS = "Where each claim is shown", "What the checks mean"
"""What opens from the matrix on a screen, and what that is called where nothing opens."""


def title(report: Report) -> str:
    """`10-check matrix`."""
    return f"{len(report.proof.checks)}-check matrix"


def matrix(report: Report, folded: bool = True) -> Section:
    """The checks, and for each figure the file, the pointer into it and the digest behind the row, unless
    these are shown elsewhere."""
    tally = report.proof.summary
    table = Table(
        key="matrix",
        caption=f"The {spelled(len(report.proof.checks))} checks of {report.proof.report}: "
        f"{tally.passed} PASS, {tally.failed} FAIL",
        columns=COLUMNS,
        rows=tuple(_row(report, claim, folded) for claim in claims(report)),
        heads="ids",
    )
    opening = (Paragraph(LOOK_UP),) if folded else ()
    return Section(key="matrix", title=title(report), short="Matrix", blocks=(*opening, table))


def _row(report: Report, claim: Claim, folded: bool) -> Row:
    said: Words = claim.found[0] if len(claim.found) == 1 else Listed(claim.found)
    return Row(
        (
            Anchored(f"claim-{claim.id}", Code(claim.id)),
            state(claim.status, not report.says_no),
            Lead(claim.description),
            claim.criterion,
            said,
        ),
        _fold(report, claim) if folded else None,
    )


def _fold(report: Report, claim: Claim) -> Fold:
    places = counted(sum(len(place.pointers) for place in claim.places), "place")
    shown = (_places(report, claim),) if claim.places else ()
    return Fold(
        title=f"Why, how, not proved; evidence in {places}",
        blocks=(*explained(claim.about), *shown),
        opened=claim.status != "PASS" and bool(claim.places),
    )


def _places(report: Report, claim: Claim) -> Table:
    """Where one claim can be looked up; checks that pass are listed together."""
    digests = {file.path: file.sha256 for file in report.proof.evidence.files}
    return Table(
        key=f"evidence-{claim.id}",
        caption=f"Evidence of {claim.id} ({claim.when})",
        columns=PLACES,
        rows=tuple(_place(place, digests) for place in claim.places),
        heads="ids",
    )


def _place(place: Place, digests: Mapping[str, str]) -> Row:
    """A row; a figure that breaks its rule is marked. The limit, and the value to the last digit where it is
    shown short."""
    limit = f"{place.limit}; exactly {place.exact}" if place.exact else place.limit
    digest = Link(f"file-{place.slice}", Code(f"{digests.get(place.path, '')[:DIGEST_SHOWN]}…"))
    return Row(
        (
            Code(listed(place.checks)),
            (place.value, "" if place.holds else Broken(" — fails")),
            limit,
            Code(place.path),
            (Code(listed(place.pointers)), " · SHA-256 ", digest),
        )
    )


def shown(report: Report) -> Section:
    """Where each claim is shown, claim by claim, for a document in which nothing opens."""
    parts = tuple(
        Section(
            key=f"shown-{claim.id}",
            title=f"{claim.id} {claim.description}",
            state=state(claim.status, not report.says_no),
            blocks=(_places(report, claim),),
        )
        for claim in claims(report)
        if claim.places
    )
    return Section(key="shown", title=SHOWN, short=SHOWN, blocks=(Paragraph(LOOK_UP), *parts))


def meanings(report: Report) -> Section:
    """What each check means, for a document in which nothing opens."""
    parts: list[Block] = []
    for row in report.proof.checks:
        about = explain(row.id, report.house)[0]
        words = Explained(about.meaning, about.parts())
        parts.append(Section(key=f"meaning-{row.id}", title=f"{about.id} {about.title}", blocks=(words,)))
    return Section(key="meanings", title=MEANINGS, short=MEANINGS, blocks=tuple(parts))
