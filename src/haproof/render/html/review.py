"""For the reviewer: the ten claims and where each rests, contradictions, risks, and the files themselves."""

from collections.abc import Sequence

from markupsafe import Markup

from haproof.core.checks import MATRIX
from haproof.core.figures import shown
from haproof.core.model import Contradiction, MatrixRow, Report, Risk
from haproof.core.strength import TITLE
from haproof.render.html.bearing import bearing
from haproof.render.html.components import code, link, scrolled, section, state, table
from haproof.render.html.explanation import explained
from haproof.render.html.verifying import files, verifying
from haproof.render.markup import Content, tag
from haproof.render.places import Place, listed, places

_CHECKS = {check.id: check for check in MATRIX}

CLAIM_HEADS = ("Slice check", "Value", "Limit", "Evidence file", "JSON Pointer", "SHA-256")

DIGEST_SHOWN = 12
"""Characters of a digest beside a claim; it leads to the whole one."""


def review(report: Report) -> Markup:
    """Everything a reviewer holds the claims against."""
    return section(
        "review",
        2,
        "Review",
        matrix(report),
        claims(report),
        bearing(report),
        contradictions(report),
        risks(report),
        files(report),
        verifying(report),
        class_="part",
    )


def matrix(report: Report) -> Markup:
    """The ten checks."""
    rows = [_matrix_row(row) for row in report.proof.checks]
    tally = report.proof.summary
    caption = f"The ten checks of VAL26: {tally.passed} PASS, {tally.failed} FAIL"
    heads = ("Check", "Status", "Claim and criterion", "What was found")
    return section("matrix", 3, "10-check matrix", table("matrix", caption, heads, rows))


def _matrix_row(row: MatrixRow) -> list[Content]:
    claim = [
        tag("span", row.description, class_="text"),
        tag("span", row.criterion, class_="note"),
        explained(_CHECKS[row.id].judge),
    ]
    return [
        [code(row.id), tag("span", row.when, class_="note")],
        state(row.status),
        claim,
        row.detail,
    ]


def claims(report: Report) -> Markup:
    """For each claim: the check, the value, the limit, the file, the pointer into it, the digest."""
    columns = [tag("th", text, scope="col", role="columnheader") for text in CLAIM_HEADS]
    head = tag("thead", tag("tr", columns, role="row"), role="rowgroup")
    digests = {file.path: file.sha256 for file in report.proof.evidence.files}
    bodies = [_claim(report, row, digests) for row in report.proof.checks]
    return section(
        "claims",
        3,
        "Where each claim rests",
        tag(
            "p",
            "Each figure below can be looked up: open the file, follow the JSON Pointer, and compare the "
            "file's digest with the one under ",
            link("files", "Evidence files"),
            ". Checks that hold are told together.",
        ),
        scrolled("claims", "Evidence of the ten claims", head, bodies, class_="stack"),
    )


def _claim(report: Report, row: MatrixRow, digests: dict[str, str]) -> Markup:
    """One claim as a group of rows under its own head."""
    said = [code(row.id), " ", row.description, " ", state(row.status)]
    opening = tag(
        "tr",
        tag("th", said, scope="rowgroup", colspan=len(CLAIM_HEADS), role="rowheader"),
        id=f"claim-{row.id}",
        class_="group",
        role="row",
    )
    found = [_place(place, digests) for place in places(report, row)]
    if not found:
        found = [tag("tr", tag("td", row.detail, colspan=len(CLAIM_HEADS), role="cell"), role="row")]
    return tag("tbody", opening, found, role="rowgroup")


def _place(place: Place, digests: dict[str, str]) -> Markup:
    """A row; a figure that breaks its rule is marked."""
    broken = None if place.holds else tag("strong", " — broken", class_="broken")
    cells: Sequence[Content] = (
        [place.value, broken],
        place.limit,
        code(place.path),
        code(listed(place.pointers)),
        link(f"file-{place.slice}", code(f"{digests.get(place.path, '')[:DIGEST_SHOWN]}…")),
    )
    head = tag("th", code(listed(place.checks)), scope="row", role="rowheader")
    named = zip(CLAIM_HEADS[1:], cells, strict=True)
    return tag(
        "tr", head, [tag("td", cell, role="cell", data_label=name) for name, cell in named], role="row"
    )


def contradictions(report: Report) -> Markup:
    """Checks reported PASS that the report's own figures contradict."""
    found = report.proof.contradictions
    if not found:
        said = "None: no check that was reported PASS is contradicted by the figures of its own report."
        return section("contradictions", 3, "Contradictions", tag("p", said))
    heads = ("Check", "Metric", "Value", "Rule", "Detail")
    rows = [_contradiction(entry) for entry in found]
    caption = "Reported PASS, while the same report's figures say otherwise"
    return section("contradictions", 3, "Contradictions", table("contradictions", caption, heads, rows))


def _contradiction(entry: Contradiction) -> list[Content]:
    return [code(entry.subject), code(entry.metric), shown(entry.value), entry.rule, entry.detail]


def risks(report: Report) -> Markup:
    """What is outside the evidence, and what this run adds."""
    heads = ("Risk", "State", "Why it matters", "Closed by")
    rows = [_risk(risk) for risk in report.proof.risks]
    caption = "Standing gaps of VAL13–VAL17 (GAP), and what this run adds (RUN)"
    return section("risks", 3, "Risks and open gaps", table("risks", caption, heads, rows))


def _risk(risk: Risk) -> list[Content]:
    title = [tag("span", risk.title, class_="text"), code(risk.id)]
    detail: Content = risk.detail
    if risk.title == TITLE:
        detail = ["What the trials of each claim bear: ", link("strength", TITLE), "."]
    return [title, state(risk.state), detail, risk.closed_by]
