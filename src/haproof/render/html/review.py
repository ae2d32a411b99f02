"""For the reviewer: the ten claims and where each is shown, contradictions, findings, and the files."""

from markupsafe import Markup

from haproof.core.model import Contradiction, Report, Risk
from haproof.render.document.risks import findings as found_risks
from haproof.render.document.risks import risk_words
from haproof.render.document.wording import signs
from haproof.render.html.components import code, link, note, section, split, state, table
from haproof.render.html.matrix import matrix
from haproof.render.html.strength import strength_section
from haproof.render.html.verifying import files, verifying
from haproof.render.markup import Content, tag


def review(report: Report) -> Markup:
    """Everything a reviewer compares the claims with."""
    return section(
        "review",
        2,
        "Review",
        matrix(report),
        tag(
            "div",
            tag("div", contradictions(report), strength_section(report)),
            tag("div", findings(report), files(report), verifying(report)),
            class_="columns",
        ),
        class_="part",
    )


def contradictions(report: Report) -> Markup:
    """Checks reported PASS that the report's own figures contradict."""
    found = report.proof.contradictions
    if not found:
        said = "None: no check that was reported PASS is contradicted by the figures of its own report."
        return section("contradictions", 3, "Contradictions", tag("p", said))
    rows = [_contradiction(report, entry) for entry in found]
    caption = "What is reported, while the same report's figures or raw files say otherwise"
    heads = ("Check", "What the figures say, and the rule")
    return section(
        "contradictions", 3, "Contradictions", table("contradictions", caption, heads, rows, class_="coded")
    )


def _contradiction(report: Report, entry: Contradiction) -> list[Content]:
    return [code(entry.subject), split(entry.said(report.reasons), note(signs(entry.rule)))]


def findings(report: Report) -> Markup:
    """What this run adds to the known gaps, which are in the section on what is not proved."""
    found = found_risks(report)
    if not found:
        return section("risks", 3, "Findings of this run", tag("p", "None beyond the known gaps."))
    heads = ("Finding", "Why it matters, and what closes it")
    caption = "What this run adds to the known gaps"
    return section(
        "risks", 3, "Findings of this run", table("risks", caption, heads, [_risk(r) for r in found])
    )


def _risk(risk: Risk) -> list[Content]:
    words, link_words = risk_words(risk)
    detail: Content = [words, link("strength", link_words), "."] if link_words else words
    title = tag("span", risk.title, class_="text", id=f"risk-{risk.id}")
    return [
        [title, code(risk.id), " ", state(risk.state)],
        split(detail, note("To close: ", signs(risk.closed_by))),
    ]
