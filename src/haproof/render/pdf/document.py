"""The report as the data of the document: every string, table and chart, in the order of the pages."""

import json
from typing import Any

from haproof.core.levels import DESIGN_PARTNER, DESIGN_PARTNER_MEANING, GA, PUBLIC
from haproof.core.model import Readiness, Report, SliceRow
from haproof.core.strength import TITLE
from haproof.render.charts.palette import LIGHT
from haproof.render.pdf.cells import Cell, code, lines, state, table, text
from haproof.render.pdf.results import results
from haproof.render.pdf.review import review

Data = dict[str, Any]

BELOW = {GA: DESIGN_PARTNER, PUBLIC: GA}


def document(report: Report, digest: str) -> str:
    """All data as one JSON text; `digest` is the SHA-256 of the JSON artifact."""
    proof = report.proof
    made = report.generated_at
    words, bracket, ids = proof.verdict.partition(" (")
    data: Data = {
        "title": f"{proof.report} {proof.title}",
        "verdict": text(proof.verdict),
        "words": text(words),
        "failing": text(f"{bracket}{ids}"),
        "tone": "pass" if report.ready else "fail" if report.says_no else "warn",
        "meaning": text(_meaning(report)),
        "digest": digest,
        "generator": f"{proof.generator.name} {proof.generator.version}",
        "generated": proof.generated_at,
        "date": [made.year, made.month, made.day, made.hour, made.minute, made.second],
        "colours": LIGHT,
        "facts": _facts(report, digest),
        "ladder": [
            _rung(name, level, BELOW.get(name))
            for name, level in (
                (DESIGN_PARTNER, proof.readiness.design_partner),
                (GA, proof.readiness.ga),
                (PUBLIC, proof.readiness.public_production),
            )
        ],
        "slices": [_covered(row) for row in proof.slices],
        "scope": _titles(report, "OPEN"),
        "measured": _titles(report, "MEASURED"),
        "readiness": _requirements(report),
        "gaps": _gaps(report),
        "results": results(report),
        "review": review(report),
    }
    return json.dumps(data, ensure_ascii=False)


def _meaning(report: Report) -> str:
    """The verdict in one sentence."""
    if report.ready:
        return f"All ten checks pass: {DESIGN_PARTNER_MEANING}."
    if report.says_no:
        return "The evidence says no. The ten checks say which claims fail, and by which figures."
    return (
        "The evidence cannot tell: a part of it is missing or not of one run. "
        "The ten checks say which claims are not shown."
    )


def _facts(report: Report, digest: str) -> list[tuple[str, Cell]]:
    """What the cover says about the report itself."""
    proof, window = report.proof, report.proof.evidence.window
    held = sum(row.passed or 0 for row in proof.slices)
    words = "of one coherent run" if window.coherent else "NOT coherent"
    return [
        ("System under test", text(proof.topology.system)),
        ("Platform", text(proof.topology.platform)),
        (
            "Checks",
            f"{proof.summary.passed} of {len(proof.checks)} pass; {held} of 50 checks of the slices hold",
        ),
        ("Evidence", text(f"{words}: {window.detail}")),
        ("Recorded", text(f"{window.earliest} to {window.latest}") if window.earliest else "no timestamps"),
        ("Evidence directory", code(proof.evidence_dir)),
        ("Judged", text(f"{proof.generated_at}, by {proof.generator.name} {proof.generator.version}")),
        ("JSON artifact, SHA-256", code(digest)),
    ]


def _rung(name: str, level: Readiness, below: str | None) -> Data:
    """One level of the cover's ladder."""
    lacking = [
        f"{item.id} {item.state}".replace(" ", "\xa0") for item in level.requirements if item.state != "MET"
    ]
    word = "READY" if level.ready else "NOT YET" if below else "NOT READY"
    return {"name": name, "state": state(word), "lacking": ", ".join(lacking) or "nothing is lacking"}


def _covered(row: SliceRow) -> Data:
    """One slice on the cover."""
    counted = f"{row.passed}/{row.total} checks" if row.total is not None else "–"
    detail = text(row.detail) if row.detail else ""
    return {"name": f"{row.id} {row.name}", "state": state(row.status), "checks": counted, "detail": detail}


def _titles(report: Report, state: str) -> list[str]:
    """The standing gaps in one state."""
    gaps = (risk for risk in report.proof.risks if risk.id.startswith("GAP-"))
    return [text(gap.title) for gap in gaps if gap.state == state]


def _requirements(report: Report) -> list[Data]:
    levels = report.proof.readiness
    made = []
    for name, level, below in (
        (DESIGN_PARTNER, levels.design_partner, ""),
        (GA, levels.ga, f"Requires {DESIGN_PARTNER}, and:"),
        (PUBLIC, levels.public_production, f"Requires {GA}, and:"),
    ):
        rows: list[tuple[Cell, ...]] = [
            (item.id, state(item.state), text(item.text), text(item.detail)) for item in level.requirements
        ]
        word = "READY" if level.ready else "NOT YET" if below else "NOT READY"
        heads = ("Id", "State", "Requirement", "Rests on")
        made.append(
            {
                "name": name,
                "state": state(word),
                "below": below,
                "table": table(f"Requirements of {name}", heads, (0, 0, 3, 2), rows),
            }
        )
    return made


def _gaps(report: Report) -> Data:
    """Everything that is not proved, gaps and this run's own risks."""
    rows: list[tuple[Cell, ...]] = [
        (
            risk.id,
            state(risk.state),
            lines(text(risk.title), {"note": text(risk.detail)}),
            text(risk.closed_by),
        )
        for risk in report.proof.risks
        if risk.title != TITLE
    ]
    heads = ("Id", "State", "What is not proved, and why it matters", "Closed by")
    return table("Open gaps and risks", heads, (0, 0, 3, 2), rows)
