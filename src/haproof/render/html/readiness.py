"""What the verdict means: the three levels, and what all this does not prove; what was tested."""

from markupsafe import Markup

from haproof.core.levels import DESIGN_PARTNER, GA, PUBLIC
from haproof.core.model import Readiness, Report, Requirement, Risk
from haproof.render.document.overview import NOT_PROVED, topology
from haproof.render.document.risks import gaps
from haproof.render.document.wording import signs
from haproof.render.html.components import definitions, disclosure, items, section, state
from haproof.render.markup import Content, tag

MOST_LINES = 20
"""Most lines of one row of the topology; a producer may give any number."""


def readiness(report: Report) -> Markup:
    """The ladder: three levels, what each is based on, what blocks the next one."""
    levels = report.proof.readiness
    reached = [levels.design_partner.ready, levels.ga.ready, levels.public_production.ready]
    below = (None, DESIGN_PARTNER, GA)
    rungs = [
        _rung(name, level, reached[:n], below[n], not report.says_no)
        for n, (name, level) in enumerate(
            ((DESIGN_PARTNER, levels.design_partner), (GA, levels.ga), (PUBLIC, levels.public_production))
        )
    ]
    return section("readiness", 2, "Readiness", tag("ol", rungs, class_="ladder"))


def _rung(name: str, level: Readiness, before: list[bool], below: str | None, unsure: bool) -> Markup:
    """One level. It is the next one if all before it are reached and it is not: what blocks it is open."""
    upcoming = not level.ready and all(before)
    blocking = [entry for entry in level.requirements if entry.state != "MET"]
    met = [entry for entry in level.requirements if entry.state == "MET"]
    word = "READY" if level.ready else "NOT YET" if below else "NOT READY"
    heading = tag(
        "div",
        tag("h3", name),
        state(word, unsure),
        tag("span", "the next level", class_="next") if upcoming else None,
        class_="line",
    )
    parts: list[Content] = [heading]
    if not level.ready:
        lower = f"{below} is not reached; " if below and not all(before) else ""
        listed = items([_requirement(entry, unsure) for entry in blocking], "requirements")
        said = f"Blocked: {lower}{_missing(level)}"
        parts.append(disclosure(said, listed, opened=upcoming, class_="blocked"))
    if met:
        said = f"{len(met)} of {len(level.requirements)} requirements met"
        parts.append(disclosure(said, items([_requirement(entry, unsure) for entry in met], "requirements")))
    return tag("li", parts, class_="reached" if level.ready else "upcoming" if upcoming else "beyond")


def _missing(level: Readiness) -> str:
    """`no evidence for 3 of 3 requirements`; what fails and what was not tried are two things."""
    states = [entry.state for entry in level.requirements]
    failed, unseen = states.count("NOT MET"), states.count("NO EVIDENCE")
    total = f"of {len(states)} requirements"
    if not unseen:
        return f"{failed} {total} not met"
    if not failed:
        return f"no evidence for {unseen} {total}"
    return f"{failed} {total} not met, no evidence for {unseen}"


def _requirement(requirement: Requirement, unsure: bool) -> Content:
    return [
        tag("span", signs(requirement.text), class_="text"),
        tag(
            "span",
            state(requirement.state, unsure),
            f" {requirement.id}: {signs(requirement.detail)}",
            class_="note",
            id=f"requirement-{requirement.id}",
        ),
    ]


def scope(report: Report) -> Markup:
    """What the evidence does not prove, whatever it says; why each matters is behind it."""
    known = gaps(report)
    unproved = [gap for gap in known if gap.state == "OPEN"]
    measured = [gap for gap in known if gap.state != "OPEN"]
    return section(
        "scope",
        2,
        NOT_PROVED,
        items([_gap(gap) for gap in unproved], "gaps"),
        _beyond(measured) if measured else None,
    )


def _beyond(measured: list[Risk]) -> Content:
    """What is outside the five slices as well, but was measured by this evidence."""
    return [
        tag("p", "Not covered by VAL13–VAL17 either, but measured in this run:", class_="label"),
        items([_gap(gap) for gap in measured], "gaps"),
    ]


def _gap(risk: Risk) -> Content:
    title = tag("span", tag("span", risk.title, class_="text"), state(risk.state), class_="gap")
    why = tag("p", tag("strong", f"{risk.id}:"), f" {risk.detail}")
    return disclosure(title, why, tag("p", tag("strong", "To close:"), f" {signs(risk.closed_by)}."))


def tested(report: Report) -> Markup:
    """What was tested, in the producers' words."""
    rows: list[tuple[str, Content]] = [(row.label, _lines(row.lines)) for row in topology(report)]
    return section("tested", 2, "What was tested", definitions(rows, "topology"))


def _lines(lines: tuple[str, ...]) -> Content:
    """Each line of a row by itself; an endless list is cut, and says so."""
    shown = [tag("span", line, class_="line") for line in lines[:MOST_LINES]]
    left = len(lines) - MOST_LINES
    return [*shown, tag("span", f"… and {left} more lines", class_="line")] if left > 0 else shown
