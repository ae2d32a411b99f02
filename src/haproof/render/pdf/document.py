"""The report as the data of the document: every string, table and chart, in the order of the pages."""

import json
from collections.abc import Sequence
from typing import Any

from haproof.core.levels import DESIGN_PARTNER, GA, PUBLIC
from haproof.core.model import Readiness, Report, Risk
from haproof.render.charts.palette import LIGHT
from haproof.render.document.overview import TITLE, Fact, Instant, overview
from haproof.render.document.reasons import ReasonView, reasons
from haproof.render.document.risks import findings, gaps, risk_words
from haproof.render.document.slices import SliceView, slices
from haproof.render.document.wording import counted, signs
from haproof.render.pdf.cells import Cell, code, lines, printable, state, table, text
from haproof.render.pdf.results import results
from haproof.render.pdf.review import review
from haproof.render.visible import visible

Data = dict[str, Any]

BELOW = {GA: DESIGN_PARTNER, PUBLIC: GA}

COVER_REASONS = 5
"""Reasons that fit the cover beside the rest of it; all of them are in the conclusion."""


def document(report: Report, digest: str) -> str:
    """All data as one JSON text; `digest` is the SHA-256 of the JSON artifact."""
    proof, seen, views, why = report.proof, overview(report), slices(report), reasons(report)
    made = report.generated_at
    data: Data = {
        "title": TITLE,
        "system": text(seen.system),
        "meta": {"title": _plain(seen.title), "description": _plain(seen.description)},
        "verdict": text(proof.verdict),
        "words": text(seen.words),
        "failing": text(seen.ids),
        "tone": seen.tone,
        "lead": text(seen.lead),
        "digest": digest,
        "generator": f"{proof.generator.name} {proof.generator.version}",
        "date": [made.year, made.month, made.day, made.hour, made.minute, made.second],
        "colours": LIGHT,
        "reasons": [_reason(entry) for entry in why],
        "cover_reasons": COVER_REASONS,
        "more_reasons": f"{counted(len(why) - COVER_REASONS, 'more reason')}",
        "facts": [_fact(fact) for fact in seen.facts],
        "imprint": _imprint(report, digest),
        "ladder": [_rung(name, level, not report.says_no) for name, level in _levels(report)],
        "slices": [_covered(view) for view in views],
        "scope": _titles(report, "OPEN"),
        "measured": _titles(report, "MEASURED"),
        "readiness": [_requirements(name, level, not report.says_no) for name, level in _levels(report)],
        "gaps": _risks("Known gaps", gaps(report)),
        "findings": _risks("Findings of this run", findings(report)),
        "results": results(report, views),
        "review": review(report),
    }
    return json.dumps(data, ensure_ascii=False)


def _plain(words: str) -> str:
    """Text for a title or a description, which hold no places at which a line may end."""
    return printable(visible(words))


def _levels(report: Report) -> tuple[tuple[str, Readiness], ...]:
    readiness = report.proof.readiness
    return (
        (DESIGN_PARTNER, readiness.design_partner),
        (GA, readiness.ga),
        (PUBLIC, readiness.public_production),
    )


def _reason(entry: ReasonView) -> Data:
    return {"state": state(entry.word), "sentence": text(entry.sentence), "next": text(entry.next)}


def _fact(fact: Fact) -> tuple[str, Cell]:
    """What the cover says the verdict is based on."""
    below = [line.words if isinstance(line, Instant) else line for line in fact.below]
    return fact.label, lines(text(fact.answer), *({"note": text(line)} for line in below))


def _imprint(report: Report, digest: str) -> list[tuple[str, Cell]]:
    """What the cover says about the report itself."""
    proof = report.proof
    return [
        ("Evidence directory", code(proof.evidence_dir)),
        ("Judged", text(f"{proof.generated_at}, by {proof.generator.name} {proof.generator.version}")),
        ("JSON artifact, SHA-256", code(digest)),
    ]


def _rung(name: str, level: Readiness, unsure: bool) -> Data:
    """One level of the cover's ladder."""
    missing = [
        f"{item.id} {item.state}".replace(" ", "\xa0") for item in level.requirements if item.state != "MET"
    ]
    return {
        "name": name,
        "state": state(_word(name, level), unsure),
        "missing": ", ".join(missing) or "all requirements met",
    }


def _word(name: str, level: Readiness) -> str:
    return "READY" if level.ready else "NOT YET" if name in BELOW else "NOT READY"


def _covered(view: SliceView) -> Data:
    """One slice on the cover."""
    return {
        "name": f"{view.id} {view.name}",
        "state": state(view.status),
        "checks": view.counts.partition(",")[0] or "–",
        "detail": text(view.detail),
    }


def _titles(report: Report, state: str) -> list[str]:
    """The known gaps in one state."""
    return [text(gap.title) for gap in gaps(report) if gap.state == state]


def _requirements(name: str, level: Readiness, unsure: bool) -> Data:
    rows: list[tuple[Cell, ...]] = [
        (item.id, state(item.state, unsure), text(signs(item.text)), text(signs(item.detail)))
        for item in level.requirements
    ]
    below = BELOW.get(name)
    heads = ("Id", "State", "Requirement", "Based on")
    return {
        "name": name,
        "state": state(_word(name, level), unsure),
        "below": f"Requires {below}, and:" if below else "",
        "table": table(f"Requirements of {name}", heads, (0, 0, 3, 2), rows),
    }


def _risks(caption: str, found: Sequence[Risk]) -> Data | None:
    """What is not proved."""
    rows: list[tuple[Cell, ...]] = [
        (
            risk.id,
            state(risk.state),
            lines(text(risk.title), {"note": text("".join(risk_words(risk)))}),
            text(signs(risk.closed_by)),
        )
        for risk in found
    ]
    heads = ("Id", "State", "What is not proved, and why it matters", "To close")
    return table(caption, heads, (0, 0, 3, 2), rows) if rows else None
