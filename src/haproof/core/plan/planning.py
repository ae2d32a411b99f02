"""From a judged report to a plan: what is missing for a level, in which order, and what goes stale. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from haproof.core.instant import format_instant
from haproof.core.judged import Judged
from haproof.core.level import Held, Level, Requirement, met_until, reached
from haproof.core.plan.commands import Folders, renewal, result_of
from haproof.core.plan.model import Dated, Further, Plan, Standing, Step
from haproof.core.plan.steps import Ask, put_together, steps
from haproof.core.report import Report
from haproof.core.window import seconds

VERSION = "1.0"
"""Of the plan as JSON."""


class Found(Struct, frozen=True):
    """A requirement of a level, and what was found of it."""

    level: str
    requirement: Requirement
    held: Held


def wanted_level(report: Report, word: str | None = None) -> int:
    """The number of the level that a person asks for by its word; without one the lowest that is not reached,
    or the highest where all are."""
    levels = report.levels
    if word is not None:
        return next(n for n, (level, _) in enumerate(levels) if level.word == word)
    return next((n for n, (_, found) in enumerate(levels) if not found.ready), len(levels) - 1)


def plan(report: Report, wanted: int) -> Plan:
    """What leads from what was judged to a level, by its number."""
    every = _found(report, report.house.levels)
    names = {level.name for level in report.house.levels[: wanted + 1]}
    found = [one for one in every if one.level in names]
    level = report.house.levels[wanted]
    folders = Folders.beside(report.proof.evidence_dir)
    made = _made(report, found, folders)
    whole = [*made, *put_together(Ask(report, (), folders), made, level.word)]
    length = elapsed(whole)
    return Plan(
        schema_version=VERSION,
        evidence_dir=report.proof.evidence_dir,
        generated_at=report.proof.generated_at,
        verdict=report.proof.verdict,
        level=level.name,
        reached=reached(report.house.levels, report.proof.readiness),
        ready=report.proof.readiness[level.key].ready,
        seconds=length,
        earliest=_written(_later(report.generated_at, length)) if whole else None,
        open_ended=any(step.seconds is None for step in whole),
        steps=tuple(whole),
        requirements=tuple(_standing(report, one, made, folders) for one in found),
        further=_further(report, every, folders),
    )


def _found(report: Report, levels: Iterable[Level]) -> list[Found]:
    """Every requirement judged again, because the report holds no more than state and detail."""
    judged = Judged(
        slices=report.slices,
        window=report.proof.evidence.window,
        generated_at=report.generated_at,
        beyond=report.beyond,
        options=report.proof.options,
    )
    return [
        Found(level.name, requirement, requirement.judge(judged))
        for level in levels
        for requirement in level.requirements
    ]


def _made(report: Report, found: Sequence[Found], folders: Folders) -> list[Step]:
    """Steps for what is missing, and for what would be too old by the time that the last of them is done."""
    asked = [(one.requirement.id, one.held) for one in found if one.held.state != "MET"]
    made = steps(Ask(report, asked, folders))
    end = _later(report.generated_at, elapsed(made))
    if end is None or not made:
        return made
    stale = [
        (one.requirement.id, replace(one.held, again=_aged_by(report, one.held, end)))
        for one in found
        if one.held.state == "MET" and one.held.until is not None and one.held.until < end
    ]
    return steps(Ask(report, [*asked, *stale], folders, end)) if stale else made


def _aged_by(report: Report, held: Held, end: datetime) -> tuple[str, ...]:
    """Of the kinds that a met requirement rests on, those that are too old by then; all, where it is not by
    their own age that it ends."""
    found = ((kind, result_of(report, kind)) for kind in held.kinds)
    ends = {kind: met_until(result) for kind, result in found if result is not None}
    return tuple(kind for kind, until in ends.items() if until is not None and until < end) or held.kinds


def elapsed(made: Iterable[Step]) -> float:
    """Seconds until the last step ends, where each begins as soon as what it waits for is done. A step whose
    time is not known counts for nothing."""
    ends: dict[int, float] = {}
    for step in made:
        begins = max((ends[number] for number in step.after), default=0.0)
        ends[step.number] = begins + (step.seconds or 0.0)
    return max(ends.values(), default=0.0)


def _standing(report: Report, one: Found, made: Sequence[Step], folders: Folders) -> Standing:
    """How a requirement stands, and how its evidence is made again."""
    held, name = one.held, one.requirement.id
    anew = renewal(report, [kind for kind in report.house.kinds if kind.id in held.kinds], folders, name)
    known = held.until is not None and anew.seconds is not None
    return Standing(
        id=name,
        level=one.level,
        text=one.requirement.text,
        state=held.state,
        detail=held.detail,
        evidence=tuple(_dated(report, kind) for kind in held.kinds),
        valid_until=_written(held.until),
        begin_by=_written(_later(held.until, -(anew.seconds or 0.0))) if held.until and known else None,
        steps=tuple(step.number for step in made if name in step.requirements),
        renew=anew.commands,
    )


def _dated(report: Report, kind: str) -> Dated:
    result = result_of(report, kind)
    dated = result.source.generated_at if result else None
    return Dated(
        kind=kind,
        status=result.status if result else None,
        generated_at=_written(dated),
        age_seconds=seconds(report.generated_at - dated) if dated else None,
    )


def _further(report: Report, every: Sequence[Found], folders: Folders) -> tuple[Further, ...]:
    """Kinds that no level asks for, of which nothing usable is there, and that can be made."""
    asked = {kind for one in every for kind in one.held.kinds}
    there = {result.id for result in report.results if result.status != "MISSING"}
    open_gaps = {risk.id for risk in report.proof.risks if risk.state == "OPEN"}
    found: list[Further] = []
    for kind in report.house.beyond:
        if kind.made is None or kind.id in asked | there:
            continue
        anew = renewal(report, [kind], folders)
        gaps = tuple(closes.gap for closes in kind.closes if closes.gap in open_gaps)
        found.append(Further(kind.id, kind.name, gaps, anew.commands, anew.seconds))
    return tuple(found)


def _later(start: datetime, length: float) -> datetime | None:
    """None beyond the ends of the calendar."""
    try:
        return start + timedelta(seconds=length)
    except OverflowError:
        return None


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else format_instant(instant)
