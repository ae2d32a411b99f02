"""The ten checks of VAL26: each with what was found and, in a fold, where in the evidence that is."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from haproof.core.model import Report
from haproof.render.document.claims import Claim, claims
from haproof.render.document.places import Place, listed
from haproof.render.document.wording import counted
from haproof.render.html.components import (
    code,
    disclosure,
    items,
    link,
    note,
    section,
    split,
    state,
    table,
)
from haproof.render.html.explanation import explained
from haproof.render.markup import Content, tag

DIGEST_SHOWN = 12
"""Characters of a digest beside a claim; it leads to the whole one."""


def matrix(report: Report) -> Markup:
    """The ten checks, and for each figure the file, the pointer into it and the digest."""
    digests = {file.path: file.sha256 for file in report.proof.evidence.files}
    tally = report.proof.summary
    return section(
        "matrix",
        3,
        "10-check matrix",
        tag(
            "p",
            "Each figure can be looked up: open the file, follow the JSON Pointer, and compare the file's "
            "digest with the one under ",
            link("files", "Evidence files"),
            ".",
        ),
        table(
            "matrix",
            f"The ten checks of VAL26: {tally.passed} PASS, {tally.failed} FAIL",
            ("Check", "Claim, criterion, and what was found"),
            [_row(claim, digests, not report.says_no) for claim in claims(report)],
            class_="coded",
        ),
    )


def _row(claim: Claim, digests: Mapping[str, str], unsure: bool) -> list[Content]:
    said = claim.found[0] if len(claim.found) == 1 else items(claim.found, "plain")
    places = counted(sum(len(place.pointers) for place in claim.places), "place")
    return [
        [tag("span", code(claim.id), id=f"claim-{claim.id}"), tag("div", state(claim.status, unsure))],
        [
            split([tag("span", claim.description, class_="text"), note(claim.criterion)], said),
            disclosure(
                f"Why, how, not proved; evidence in {places}",
                explained(claim.judge),
                _places(claim, digests) if claim.places else None,
                opened=claim.status != "PASS" and bool(claim.places),
            ),
        ],
    ]


def _places(claim: Claim, digests: Mapping[str, str]) -> Markup:
    """Where one claim can be looked up; checks that pass are listed together."""
    rows = [_place(place, digests) for place in claim.places]
    heads = ("Slice check", "Value and limit; file, pointer and digest")
    return table(
        f"evidence-{claim.id}", f"Evidence of {claim.id} ({claim.when})", heads, rows, class_="coded"
    )


def _limit(place: Place) -> str:
    """What the value is held against, and the value to the last digit where it is shown short."""
    return f"{place.limit}; exactly {place.exact}" if place.exact else place.limit


def _place(place: Place, digests: Mapping[str, str]) -> Sequence[Content]:
    """A row; a figure that breaks its rule is marked."""
    broken = None if place.holds else tag("strong", " — fails", class_="broken")
    digest = link(f"file-{place.slice}", code(f"{digests.get(place.path, '')[:DIGEST_SHOWN]}…"))
    return [
        code(listed(place.checks)),
        split(
            [place.value, broken, note(_limit(place))],
            [code(place.path), note(code(listed(place.pointers)), " · SHA-256 ", digest)],
        ),
    ]
