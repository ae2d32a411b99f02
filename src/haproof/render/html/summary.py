"""The first screen, for whoever decides: the verdict, the three levels, and what all this does not prove."""

from datetime import timedelta

from markupsafe import Markup

from haproof.core.checks import MATRIX
from haproof.core.instant import format_instant, parse_instant
from haproof.core.levels import DESIGN_PARTNER, DESIGN_PARTNER_MEANING, GA, PUBLIC
from haproof.core.model import Readiness, Report, Requirement, Risk, Window
from haproof.core.window import clock
from haproof.render.html.components import definitions, disclosure, items, link, section, state
from haproof.render.markup import Content, tag

_SUBJECTS = {check.id: check.subject for check in MATRIX}

MOST_LINES = 20
"""Most lines of one row of the topology; a producer may give any number."""


def tone(report: Report) -> str:
    """`pass`, `fail` where the evidence says no, `warn` where it cannot tell."""
    return "pass" if report.ready else "fail" if report.says_no else "warn"


def verdict(report: Report) -> Markup:
    """The verdict, one sentence on it, and four figures on what it stands on."""
    sign = {"pass": "✓", "fail": "✗", "warn": "?"}[tone(report)]
    words, bracket, ids = report.proof.verdict.partition(" (")
    named = [[", " if n else "", tag("span", each)] for n, each in enumerate(f"{bracket}{ids}".split(", "))]
    failing = tag("span", named, class_="ids") if ids else None
    title = tag("h1", tag("span", sign, aria_hidden="true", class_="sign"), tag("span", words, failing))
    return tag(
        "section",
        title,
        tag("p", _meaning(report), class_="lead"),
        definitions(_facts(report), "facts"),
        id="verdict",
        class_=f"verdict {tone(report)}",
    )


def _meaning(report: Report) -> Content:
    """What the verdict says, in one sentence."""
    if report.ready:
        return f"All ten checks pass: {DESIGN_PARTNER_MEANING}."
    failed = [row for row in report.proof.checks if row.status == "FAIL"]
    named = [[link(f"claim-{row.id}", row.id), f" {_SUBJECTS[row.id]}"] for row in failed]
    opening = "The evidence says no. Failing: " if report.says_no else "The evidence cannot tell. Not shown: "
    return [opening, [[", " if n else "", name] for n, name in enumerate(named)], "."]


def _facts(report: Report) -> list[tuple[str, Content]]:
    """Checks, slices, window and freshness: short figures, the exact ones below them."""
    proof, window = report.proof, report.proof.evidence.window
    passed = sum(row.status == "PASS" for row in proof.slices)
    missing = sum(row.status == "MISSING" for row in proof.slices)
    return [
        ("Checks passed", _big(f"{proof.summary.passed} of {len(proof.checks)}", "the VAL26 matrix")),
        ("Slices passed", _big(f"{passed} of {len(proof.slices)}", f"{missing} missing")),
        ("Evidence window", _big(_span(report), _coherence(window))),
        ("Freshness", _freshness(report)),
    ]


def _big(figure: str, below: Content) -> Content:
    return [tag("span", figure, class_="big"), tag("span", below, class_="below")]


def _span(report: Report) -> str:
    """`1 h 20 min`; whether that is too long is said below it, to the last digit."""
    span = report.proof.evidence.window.span_seconds
    return "–" if span is None else _age(timedelta(seconds=span))


def _coherence(window: Window) -> str:
    """What the window says of the five reports."""
    if not window.coherent:
        return f"NOT coherent: {window.detail}"
    return f"coherent: within the {clock(timedelta(seconds=window.limit_seconds))} allowed"


def _freshness(report: Report) -> Content:
    """How old the latest evidence was when the report was made."""
    latest = report.proof.evidence.window.latest
    if latest is None:
        return _big("–", "no timestamps")
    age = report.generated_at - parse_instant(latest)
    ahead = age < timedelta()
    said = f"{_age(abs(age))} {'ahead' if ahead else 'old'}"
    judged, recorded = _second(report.proof.generated_at), _second(latest)
    return [_big(said, ["evidence ", recorded]), tag("span", "judged ", judged, class_="below")]


def _second(instant: str) -> Markup:
    """An instant to the second; the files state it to the last digit."""
    shown = format_instant(parse_instant(instant).replace(microsecond=0)).replace("T", " ")
    return tag("time", shown, datetime=instant)


def _age(age: timedelta) -> str:
    """Days, hours and minutes, or seconds; exact times stand beside it."""
    if age.days >= 2:
        return f"{age.days} days"
    minutes = age.days * 1440 + age.seconds // 60
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if minutes >= 2 else f"{age.seconds} s"


def readiness(report: Report) -> Markup:
    """The ladder: three levels, what holds each, what blocks the next one."""
    levels = report.proof.readiness
    reached = [levels.design_partner.ready, levels.ga.ready, levels.public_production.ready]
    below = (None, DESIGN_PARTNER, GA)
    rungs = [
        _rung(name, level, reached[:n], below[n])
        for n, (name, level) in enumerate(
            ((DESIGN_PARTNER, levels.design_partner), (GA, levels.ga), (PUBLIC, levels.public_production))
        )
    ]
    return section("readiness", 2, "Readiness", tag("ol", rungs, class_="ladder"))


def _rung(name: str, level: Readiness, before: list[bool], below: str | None) -> Markup:
    """One level. It is the next one if all before it are reached and it is not."""
    upcoming = not level.ready and all(before)
    blocking = [entry for entry in level.requirements if entry.state != "MET"]
    met = [entry for entry in level.requirements if entry.state == "MET"]
    word = "READY" if level.ready else "NOT YET" if below else "NOT READY"
    heading = tag(
        "div",
        tag("h3", name),
        state(word),
        tag("span", "the next level", class_="next") if upcoming else None,
        class_="line",
    )
    parts: list[Content] = [heading]
    if not level.ready:
        lower = f"{below} is not reached; " if below and not all(before) else ""
        parts.append(tag("p", f"Blocked: {lower}{_lacking(level)}.", class_="blocked"))
        parts.append(items([_requirement(entry) for entry in blocking], "requirements"))
    if met:
        said = f"{len(met)} of {len(level.requirements)} requirements met"
        parts.append(disclosure(said, items([_requirement(entry) for entry in met], "requirements")))
    return tag("li", parts, class_="reached" if level.ready else "upcoming" if upcoming else "beyond")


def _lacking(level: Readiness) -> str:
    """`3 of 3 requirements without evidence`; what is refuted and what was not shown are two things."""
    states = [entry.state for entry in level.requirements]
    refuted, unseen = states.count("NOT MET"), states.count("NO EVIDENCE")
    total = f"of {len(states)} requirements"
    if not unseen:
        return f"{refuted} {total} not met"
    if not refuted:
        return f"{unseen} {total} without evidence"
    return f"{refuted} {total} not met, {unseen} without evidence"


def _requirement(requirement: Requirement) -> Content:
    return [
        tag("span", requirement.text, class_="text"),
        tag("span", state(requirement.state), f" {requirement.id}: {requirement.detail}", class_="note"),
    ]


def scope(report: Report) -> Markup:
    """What the evidence does not prove, whatever it says."""
    gaps = [risk for risk in report.proof.risks if risk.id.startswith("GAP-")]
    unproved = [gap for gap in gaps if gap.state == "OPEN"]
    measured = [gap for gap in gaps if gap.state != "OPEN"]
    return section(
        "scope",
        2,
        "What this does not prove",
        items([_gap(gap) for gap in unproved], "gaps"),
        _beyond(measured) if measured else None,
        tag(
            "p",
            "Why each matters and what would close it: ",
            link("risks", "Risks and open gaps"),
            ".",
            class_="note",
        ),
    )


def _beyond(measured: list[Risk]) -> Content:
    """What lies outside the five slices as well, but was measured by this evidence."""
    return [
        tag("p", "Outside the five slices too, but measured in this run:", class_="label"),
        items([_gap(gap) for gap in measured], "gaps"),
    ]


def _gap(risk: Risk) -> Content:
    return [tag("span", risk.title, class_="text"), state(risk.state)]


def tested(report: Report) -> Markup:
    """What was tested, in the producers' words."""
    rows: list[tuple[str, Content]] = [(row.label, _lines(row.lines)) for row in report.topology]
    return section("tested", 2, "What was tested", definitions(rows, "topology"))


def _lines(lines: tuple[str, ...]) -> Content:
    """Each line of a row by itself; an endless list is cut, and says so."""
    shown = [tag("span", line, class_="line") for line in lines[:MOST_LINES]]
    left = len(lines) - MOST_LINES
    return [*shown, tag("span", f"… and {left} more lines", class_="line")] if left > 0 else shown
