"""What the verdict means: the levels, and what all this does not prove; what was tested."""

from collections.abc import Sequence

from msgspec import Struct

from haproof.core import risk_ids
from haproof.core.model import RequirementRow, Risk
from haproof.core.report import Report
from haproof.core.strength import TITLE as STRENGTH
from haproof.core.topology import TopologyRow
from haproof.render.document.blocks import (
    Block,
    Card,
    Cards,
    Code,
    Column,
    Fact,
    Facts,
    Ladder,
    Lead,
    Link,
    Note,
    Paragraph,
    Row,
    Rung,
    Section,
    State,
    Strong,
    Table,
    Words,
)
from haproof.render.document.sections.opening import NOT_PROVED, topology
from haproof.render.document.states import state
from haproof.render.document.wording import NO_BREAK, signs

MOST_LINES = 20
"""Most lines of one row of the topology; a producer may give any number."""

SUMMED_UP = {
    risk_ids.STRENGTH: "What the trials of each claim support: ",
    risk_ids.SINGLE: "Listed once, under ",
}
"""Findings that sum up the section on strength: what is said in place of all of it."""


class Level(Struct, frozen=True, kw_only=True):
    """One level as it was judged: `below` is the name of the one under it, empty for the lowest; `unsure` is
    set where nothing that was found fails."""

    name: str
    below: str
    ready: bool
    upcoming: bool
    unsure: bool
    requirements: tuple[RequirementRow, ...]

    @property
    def state(self) -> State:
        """Reached, or not; a level above the lowest that nobody asked for is no failure."""
        return state("READY" if self.ready else "NOT YET" if self.below else "NOT READY", self.unsure)

    @property
    def open(self) -> tuple[RequirementRow, ...]:
        """The requirements that are not met."""
        return tuple(entry for entry in self.requirements if entry.state != "MET")

    @property
    def met(self) -> tuple[RequirementRow, ...]:
        """The others."""
        return tuple(entry for entry in self.requirements if entry.state == "MET")


def levels(report: Report) -> tuple[Level, ...]:
    """Every level, the lowest first; the next one is the lowest that is not reached."""
    found: list[Level] = []
    for known, judged in report.levels:
        level = Level(
            name=known.name,
            below=found[-1].name if found else "",
            ready=judged.ready,
            upcoming=not judged.ready and all(lower.ready for lower in found),
            unsure=not report.says_no,
            requirements=judged.requirements,
        )
        found.append(level)
    return tuple(found)


def readiness(report: Report) -> Section:
    """The ladder: what each level is based on, what blocks the next one."""
    rungs = tuple(_rung(level) for level in levels(report))
    return Section(key="readiness", title="Readiness", short="Readiness", blocks=(Ladder(rungs),))


def _rung(level: Level) -> Rung:
    lower = f"{level.below} is not reached; " if level.below and not level.upcoming else ""
    met = level.met
    return Rung(
        name=level.name,
        state=level.state,
        place="reached" if level.ready else "upcoming" if level.upcoming else "beyond",
        mark="the next level" if level.upcoming else "",
        blocked="" if level.ready else f"Blocked: {lower}{_missing(level)}",
        open=() if level.ready else tuple(_requirement(level, entry) for entry in level.open),
        met=tuple(_requirement(level, entry) for entry in met),
        tally=f"{len(met)} of {len(level.requirements)} requirements met" if met else "",
    )


def _missing(level: Level) -> str:
    """`no evidence for 3 of 3 requirements`; what fails and what was not tried are two things."""
    states = [entry.state for entry in level.requirements]
    failed, unseen = states.count("NOT MET"), states.count("NO EVIDENCE")
    total = f"of {len(states)} requirements"
    if not unseen:
        return f"{failed} {total} not met"
    if not failed:
        return f"no evidence for {unseen} {total}"
    return f"{failed} {total} not met, no evidence for {unseen}"


def _requirement(level: Level, entry: RequirementRow) -> Words:
    detail = f" {entry.id}: {signs(entry.detail)}"
    return Lead(signs(entry.text)), Note(
        (state(entry.state, level.unsure), detail), f"requirement-{entry.id}"
    )


def standing(report: Report) -> tuple[tuple[Words, ...], ...]:
    """Each level, whether it is reached, and the requirements that are not met: `DP-1 NOT MET, …`."""
    return tuple((Strong(level.name), level.state, Note(_still(level))) for level in levels(report))


def _still(level: Level) -> str:
    named = [f"{entry.id} {entry.state}".replace(" ", NO_BREAK) for entry in level.open]
    return ", ".join(named) or ("all requirements met" if level.ready else f"{level.below} is not reached")


def requirements(report: Report) -> tuple[Section, ...]:
    """Every requirement of each level, as a table."""
    return tuple(_requirements(n, level) for n, level in enumerate(levels(report), 1))


def _requirements(number: int, level: Level) -> Section:
    rows = [
        Row((entry.id, state(entry.state, level.unsure), signs(entry.text), signs(entry.detail)))
        for entry in level.requirements
    ]
    heads = Column("Id"), Column("State", place="with"), Column("Requirement", 3), Column("Based on", 2)
    caption = f"Requirements of {level.name}"
    table = Table(key=f"level-{number}", caption=caption, columns=heads, rows=tuple(rows), heads="ids")
    below = (Paragraph(f"Requires {level.below}, and:", "note"),) if level.below else ()
    return Section(
        key=f"level-{number}-section",
        title=level.name,
        short=level.name,
        state=level.state,
        blocks=(*below, table),
    )


def gaps(report: Report) -> list[Risk]:
    """What no evidence of this kind covers, whatever it says."""
    known = {gap.id for gap in report.house.gaps}
    return [risk for risk in report.proof.risks if risk.id in known]


def found(report: Report) -> list[Risk]:
    """What this run adds."""
    known = {gap.id for gap in report.house.gaps}
    return [risk for risk in report.proof.risks if risk.id not in known]


def span(report: Report) -> str:
    """`VAL13–VAL17`: the kinds of evidence that every report asks for."""
    ids = [row.id for row in report.proof.slices]
    return f"{ids[0]}–{ids[-1]}"


def scope(report: Report) -> Section:
    """What the evidence does not prove, whatever it says; why each matters is behind it."""
    measured = [gap for gap in gaps(report) if gap.state != "OPEN"]
    blocks: list[Block] = [Cards(tuple(_card(gap) for gap in gaps(report) if gap.state == "OPEN"))]
    if measured:
        said = f"Not covered by {span(report)} either, but measured in this run:"
        blocks += [Paragraph(said, "label"), Cards(tuple(map(_card, measured)))]
    return Section(key="scope", title=NOT_PROVED, short="Not proved", blocks=tuple(blocks))


def _card(gap: Risk) -> Card:
    return Card(
        title=gap.title,
        state=state(gap.state),
        lines=(
            (Strong(f"{gap.id}:"), f" {gap.detail}"),
            (Strong("To close:"), f" {signs(gap.closed_by)}."),
        ),
    )


def findings(report: Report) -> Section:
    """What this run adds to the known gaps."""
    entries = found(report)
    blocks: Block = Paragraph("None beyond the known gaps.")
    if entries:
        blocks = risks("risks", "What this run adds to the known gaps", "Finding", entries)
    return Section(key="risks", title="Findings of this run", short="Findings", blocks=(blocks,))


def risks(key: str, caption: str, head: str, entries: Sequence[Risk]) -> Table:
    """Gaps or findings as a table."""
    columns = Column(head, 2), Column("Why it matters", 3), Column("What closes it", 2, "beside")
    return Table(key=key, caption=caption, columns=columns, rows=tuple(map(_risk, entries)))


def _risk(risk: Risk) -> Row:
    summed = SUMMED_UP.get(risk.id)
    why: Words = risk.detail if summed is None else (summed, Link("strength", STRENGTH), ".")
    title = Lead(risk.title, f"risk-{risk.id}"), Code(risk.id), " ", state(risk.state)
    return Row((title, why, signs(risk.closed_by)))


def tested(report: Report) -> Section:
    """What was tested, in the producers' words."""
    facts = tuple(_tested(row) for row in topology(report))
    return Section(key="tested", title="What was tested", short="Tested", blocks=(Facts(facts),))


def _tested(row: TopologyRow) -> Fact:
    """Each line of a row by itself; an endless list is cut, and says so."""
    left = len(row.lines) - MOST_LINES
    lines = [*row.lines[:MOST_LINES], *([f"… and {left} more lines"] if left > 0 else [])]
    return Fact(label=row.label, answer=lines[0] if lines else "", below=tuple(lines[1:]))
