"""What a readiness level is: a name, a meaning and requirements, each with the function that judges it.

Which levels there are, and what they are called, is said above this package.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from haproof.core.instant import format_instant, parse_instant
from haproof.core.judged import Judged
from haproof.core.model import Levels, Readiness, RequirementRow, SliceResult, State
from haproof.core.targets import CLOCK_SKEW_SECONDS
from haproof.core.window import in_words, spoken


class Held(Struct, frozen=True):
    """What was found of a requirement: its state, and what that is based on.

    `kinds` are the kinds of evidence that it rests on, `again` those of them that have to be made, or made
    again, before it is met. `until` is the last moment at which it is met by its age, None where it is not
    met or its evidence does not age.
    """

    state: State
    detail: str
    kinds: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    until: datetime | None = None


class Requirement(Struct, frozen=True, eq=False, kw_only=True):
    """One requirement of a level: an id, a sentence, and a pure function over what was judged.

    `based_on` says what settles it: that every required kind passes, single `checks` of one of them, the
    window, or anything else.
    """

    id: str
    text: str
    judge: Callable[[Judged], Held]
    based_on: Literal["kinds", "checks", "window", "else"] = "else"
    checks: tuple[str, ...] = ()


class Level(Struct, frozen=True, eq=False, kw_only=True):
    """A readiness claim. `key` is its key in the artifact, `word` what a person asks for it by, `name` what
    the report calls it."""

    key: str
    word: str
    name: str
    meaning: str
    requirements: tuple[Requirement, ...]


def judge_levels(levels: Sequence[Level], judged: Judged) -> Levels:
    """Every level, lowest first. A level without the one below it is never ready."""
    found: Levels = {}
    below = True
    for level in levels:
        if not level.requirements:
            raise ValueError("a level must require something")
        rows = tuple(_row(requirement, judged) for requirement in level.requirements)
        below = below and all(row.state == "MET" for row in rows)
        found[level.key] = Readiness(ready=below, requirements=rows)
    return found


def _row(requirement: Requirement, judged: Judged) -> RequirementRow:
    held = requirement.judge(judged)
    return RequirementRow(id=requirement.id, text=requirement.text, state=held.state, detail=held.detail)


def reached(levels: Sequence[Level], readiness: Mapping[str, Readiness]) -> str | None:
    """The name of the highest level that is ready; None where the lowest is not."""
    ready = [level.name for level in levels if level.key in readiness and readiness[level.key].ready]
    return ready[-1] if ready else None


def every_kind_passes(requirement_id: str, text: str) -> Requirement:
    """All required kinds pass."""

    def judge(judged: Judged) -> Held:
        failed = [result.id for result in judged.slices if result.status == "FAIL"]
        missing = [result.id for result in judged.slices if result.status == "MISSING"]
        said = [f"{', '.join(failed)} FAIL"] if failed else []
        said += [f"{', '.join(missing)} MISSING"] if missing else []
        state: State = "NOT MET" if failed else "NO EVIDENCE" if missing else "MET"
        count, kinds = len(judged.slices), tuple(result.id for result in judged.slices)
        detail = "; ".join(said) or f"{count} of {count} slices PASS"
        return Held(state, detail, kinds, (*failed, *missing), _window_until(judged, state))

    return Requirement(id=requirement_id, text=text, judge=judge, based_on="kinds")


def checks_pass(requirement_id: str, text: str, *checks: str) -> Requirement:
    """These checks of one required kind pass."""

    def judge(judged: Judged) -> Held:
        owner = judged.owner(checks[0])
        kinds = (owner.id,)
        if not owner.found:
            return Held("NO EVIDENCE", f"{owner.id} MISSING", kinds, kinds)
        results = {name: owner.check(name) for name in checks}
        failed = [name for name, result in results.items() if result is None or not result.passed]
        if failed:
            return Held("NOT MET", f"{', '.join(failed)} FAIL", kinds, kinds)
        return Held("MET", f"{', '.join(checks)} PASS", kinds, until=_window_until(judged, "MET"))

    return Requirement(id=requirement_id, text=text, judge=judge, based_on="checks", checks=checks)


def kind_passes(
    requirement_id: str,
    text: str,
    kind_id: str,
    absent: str,
    falls_short: Callable[[Any], str | None] | None = None,
) -> Requirement:
    """An optional kind passes, and its report is not older than the kind allows. `absent`: what is said where
    nothing of the kind is there; `falls_short`: why a passing record is not enough, None where it is."""

    kinds = (kind_id,)

    def judge(judged: Judged) -> Held:
        result = judged.kind(kind_id)
        if result is None:
            return Held("NO EVIDENCE", absent, kinds, kinds)
        if result.status == "MISSING":
            return Held("NO EVIDENCE", f"{kind_id} MISSING: {result.why_missing}", kinds, kinds)
        short = falls_short(result.source.record) if falls_short is not None else None
        if result.status == "FAIL":
            failed = ", ".join(check.check.id for check in result.checks if not check.passed)
            said = f"{failed} FAIL" if failed else f"{kind_id} FAIL"
            return Held("NOT MET", f"{said}; {short}" if short else said, kinds, kinds)
        if short is not None:
            return Held("NOT MET", f"{kind_id} PASS, but {short}", kinds, kinds)
        stale = not_current(result, judged.generated_at)
        if stale is not None:
            return stale
        told = aged(judged, result)
        return Held("MET", f"{kind_id} PASS{told and f'; {told}'}", kinds, until=met_until(result))

    return Requirement(id=requirement_id, text=text, judge=judge)


def not_current(result: SliceResult, generated_at: datetime) -> Held | None:
    """NOT MET where the report of a kind is older than the kind allows, or of a day that is still to come;
    None where it is neither."""
    limit, dated = result.source.kind.max_age_days, result.source.generated_at
    if limit is None or dated is None:
        return None
    kinds = (result.id,)
    if generated_at - dated < -timedelta(seconds=CLOCK_SKEW_SECONDS):
        when = f"{format_instant(dated)}, which is still to come"
        return Held("NOT MET", f"{result.id} is dated {when}: set that clock and run it again", kinds, kinds)
    if generated_at - dated <= timedelta(days=limit):
        return None
    age = spoken(generated_at - dated, timedelta(days=limit))
    return Held("NOT MET", f"{result.id} is {age} old (at most {limit} days): run it again", kinds, kinds)


def met_until(result: SliceResult) -> datetime | None:
    """The last moment at which the report of a kind is not too old; None where it does not age."""
    limit, dated = result.source.kind.max_age_days, result.source.generated_at
    if limit is None or dated is None:
        return None
    try:
        return dated + timedelta(days=limit)
    except OverflowError:  # the end of the calendar
        return None


def aged(judged: Judged, *results: SliceResult) -> str:
    """`12 days old, valid until 2026-06-21T11:30:00Z`: of several reports each other age, and the
    first end; nothing of those that do not age."""
    ends = [(until, result) for result in results if (until := met_until(result)) is not None]
    if not ends:
        return ""
    ages = [
        spoken(max(judged.generated_at - dated, timedelta()))
        for _, result in ends
        if (dated := result.source.generated_at) is not None
    ]
    first = format_instant(min(until for until, _ in ends))
    return f"{' and '.join(dict.fromkeys(ages))} old, valid until {first}"


def _window_until(judged: Judged, state: State) -> datetime | None:
    """Required kinds age only where the reader said so."""
    limit, latest = judged.options.max_age_seconds, judged.window.latest
    if limit is None or latest is None or state != "MET":
        return None
    try:
        return parse_instant(latest) + timedelta(seconds=limit)
    except OverflowError:
        return None


def window_is_coherent(requirement_id: str, text: str) -> Requirement:
    """The required evidence is of one coherent run."""

    def judge(judged: Judged) -> Held:
        found = any(result.found for result in judged.slices)
        kinds = tuple(result.id for result in judged.slices)
        state: State = "MET" if judged.window.coherent else "NOT MET" if found else "NO EVIDENCE"
        again = () if judged.window.coherent else kinds
        return Held(state, in_words(judged.window), kinds, again, _window_until(judged, state))

    return Requirement(id=requirement_id, text=text, judge=judge, based_on="window")
