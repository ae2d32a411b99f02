"""What everybody reads: verdict, levels, coverage, matrix. Bounded in size whatever the evidence holds."""

from collections.abc import Sequence

from haproof.core.headline import Headline, headline
from haproof.core.levels import DESIGN_PARTNER, GA, PUBLIC
from haproof.core.model import Readiness, Reason, Report, SliceResult
from haproof.core.window import in_words
from haproof.render.document.claims import Claim, claims
from haproof.render.document.wording import NO_BREAK
from haproof.render.markdown.inline import code, ours, table, words

INCONCLUSIVE = "Inconclusive: no check failed, but evidence is missing or not of one run."
"""What NOT READY means where nothing that was found fails."""

MOST_REASONS = 20
"""Reasons that a comment has room for."""

MARKS = {"PASS": "✅ PASS", "FAIL": "❌ FAIL", "MISSING": "⚠️ MISSING"}
"""Status as sign and word: a sign alone says nothing to a screen reader."""


def verdict(report: Report) -> str:
    """The verdict, whose it is, and how firm it is."""
    proof, known = report.proof, headline(report)
    sign = "✅" if report.ready else "❌" if report.says_no else "⚠️"
    facts = [
        f"**System:** {words(known.system)}, {words(known.machine)}",
        f"**Evidence:** {_age(known)}; {ours(in_words(proof.evidence.window))}",
        f"**Checks:** {proof.summary.passed} of {len(proof.checks)} passed",
    ]
    if known.claims:
        trials = f"; {known.trials}" if known.trials else ""
        facts.append(f"**Basis:** {known.basis}{trials}; {words(known.scope)}")
    doubt = "" if report.ready or report.says_no else f"\n\n{INCONCLUSIVE}"
    lines = "\n".join(f"- {fact}" for fact in facts)
    return f"## {sign} {proof.verdict}\n\n**VAL26 — HA Proof Report**{doubt}\n\n{lines}"


def _age(known: Headline) -> str:
    if known.evidence_of is None:
        return "none with a timestamp"
    return f"latest report {known.evidence_of}, age when judged {known.age}"


def reasons(report: Report) -> str:
    """Why it is not ready, and what to do next; the worst ones where there are many."""
    found = report.reasons
    if not found:
        return ""
    lines = [
        f"{n}. {words(reason.sentence)} ({_from(reason)})<br>Next: {words(reason.next)}"
        for n, reason in enumerate(found[:MOST_REASONS], 1)
    ]
    left = len(found) - MOST_REASONS
    more = f"\n\nand {left} more, in the text report" if left > 0 else ""
    return "### Not ready because\n\n" + "\n".join(lines) + more


def _from(reason: Reason) -> str:
    """The id, and the place in the evidence."""
    place = f"{reason.path}#{reason.pointer}" if reason.pointer else reason.path
    return f"{reason.id}, {code(place)}" if place else reason.id


def levels(report: Report) -> str:
    """The three levels, and what stands in the way of each."""
    readiness = report.proof.readiness
    sign = "❌" if report.says_no else "⚠️"
    rows = (
        _level(DESIGN_PARTNER, readiness.design_partner, f"{sign} NOT READY"),
        _level(GA, readiness.ga, "– NOT YET"),
        _level(PUBLIC, readiness.public_production, "– NOT YET"),
    )
    return table(("Level", "Reached", "Missing"), rows)


def _level(name: str, level: Readiness, otherwise: str) -> tuple[str, str, str]:
    """One level; one above that nobody asked for is not reached, and no failure."""
    missing = [item for item in level.requirements if item.state != "MET"]
    said = ", ".join(f"{item.id} ({item.state})" for item in missing) or (
        "–" if level.ready else "the level below"
    )
    return name, "✅ READY" if level.ready else otherwise, said


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
    """The ten checks: claim, limit, and what was found, in the words and figures of every page for people."""
    rows = (
        (
            claim.id,
            MARKS[claim.status],
            words(claim.description),
            words(claim.criterion),
            _found(claim),
        )
        for claim in claims(report)
    )
    heads = ("Check", "Result", "Claim", "Criterion", "Found")
    return "### 10-check matrix\n\n" + table(heads, rows)


def _found(claim: Claim) -> str:
    """The figures of a claim that passes, each whole; of one that fails the reasons, cut."""
    said = [words(each.replace(NO_BREAK, " ")) for each in claim.found]
    return "; ".join(said) if claim.status == "PASS" else words("; ".join(claim.found))


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


SECTIONS = (verdict, reasons, levels, coverage, matrix)
"""In the order of reading."""
