"""What everybody reads: verdict, levels, coverage, matrix. Bounded in size whatever the evidence holds."""

from collections.abc import Sequence

from haproof.core.levels import DESIGN_PARTNER, GA, PUBLIC
from haproof.core.model import Readiness, Report, SliceResult
from haproof.render.markdown.inline import code, table, words

MARKS = {"PASS": "✅ PASS", "FAIL": "❌ FAIL", "MISSING": "⚠️ MISSING"}
"""Status as sign and word: a sign alone says nothing to a screen reader."""


def verdict(report: Report) -> str:
    """The verdict, and how firm it is."""
    proof = report.proof
    sign = "✅" if report.ready else "❌" if report.says_no else "⚠️"
    tally = f"{proof.summary.passed} of 10 checks PASS"
    doubt = ""
    if not report.ready and not report.says_no:
        doubt = " Nothing that was found says no: evidence is missing or not of one run."
    return (
        f"## {sign} {proof.verdict}\n\n"
        f"**VAL26 — HA Proof Report.** {tally}; "
        f"evidence window: {words(proof.evidence.window.detail)}.{doubt}"
    )


def levels(report: Report) -> str:
    """The three levels, and what stands in the way of each."""
    readiness = report.proof.readiness
    rows = (
        _level(DESIGN_PARTNER, readiness.design_partner, "NOT READY"),
        _level(GA, readiness.ga, "NOT YET"),
        _level(PUBLIC, readiness.public_production, "NOT YET"),
    )
    return table(("Level", "Reached", "What is lacking"), rows)


def _level(name: str, level: Readiness, otherwise: str) -> tuple[str, str, str]:
    lacking = [item for item in level.requirements if item.state != "MET"]
    said = ", ".join(f"{item.id} ({item.state})" for item in lacking) or (
        "–" if level.ready else "the level below"
    )
    return name, "✅ READY" if level.ready else f"❌ {otherwise}", said


def coverage(report: Report) -> str:
    """The five slices."""
    rows = [_covered(report, result) for result in report.slices]
    return "### Scenario coverage\n\n" + table(("Slice", "Result", "Checks", "Re-judged", "Detail"), rows)


def _covered(report: Report, result: SliceResult) -> tuple[str, ...]:
    row = next(row for row in report.proof.slices if row.id == result.id)
    counted = row.total is not None
    return (
        f"{row.id} {row.name}",
        MARKS[row.status],
        f"{row.passed}/{row.total}" if counted else "–",
        f"{result.rejudged}/{row.total}" if counted else "–",
        words(row.detail) if row.detail else "",
    )


def matrix(report: Report) -> str:
    """The ten checks: claim, limit, and what was found."""
    rows = (
        (row.id, MARKS[row.status], words(row.description), words(row.criterion), words(row.detail))
        for row in report.proof.checks
    )
    heads = ("Check", "Result", "Claim", "Criterion", "Found")
    return "### 10-check matrix\n\n" + table(heads, rows)


def footer(report: Report, left_out: Sequence[str]) -> str:
    """Where it comes from, and what did not fit."""
    proof = report.proof
    lines = []
    if left_out:
        names = ", ".join(left_out)
        lines.append(f"Left out, because a comment must not be longer: {names}. The text report has them.")
    lines.append(
        f"<sub>{proof.generator.name} {proof.generator.version}, {proof.generated_at}, "
        f"evidence {code(proof.evidence_dir)}. `haproof explain ID` says what an id means.</sub>"
    )
    return "\n\n".join(lines)


SECTIONS = (verdict, levels, coverage, matrix)
"""In the order of reading."""
