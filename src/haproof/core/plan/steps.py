"""The steps of a plan: what is made, why, in which order, and what has to wait for what. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from haproof.core.figures import cut
from haproof.core.instant import format_instant
from haproof.core.kind import Kind
from haproof.core.level import Held
from haproof.core.making import Blank, Way
from haproof.core.matrix import why_failed
from haproof.core.model import SliceResult
from haproof.core.plan.commands import Filling, Folders, filling, quoted, result_of, seconds_for
from haproof.core.plan.model import Step, Task
from haproof.core.report import Report

Asked = Sequence[tuple[str, Held]]
"""Requirements that are not met, or not for long enough, by their ids."""

UNKNOWN_SECONDS = 20 * 86_400.0
"""Stands for a time that nobody here knows when steps are put in their order: somebody else's audit takes
weeks, so it is asked for early, right after the soak has begun."""

MOST_CAUSES = 5
"""Sentences that say why; the others are counted."""

PREFIXES: dict[Task, str] = {"fix and run": "Fix, then: ", "go on": "Go on: ", "run again": "Once more: "}

NO_WAY = "no way of making it is known to this program"


class Draft(Struct, frozen=True):
    """A step before it has its number. `subject` is the requirement that it is for, where it is for one."""

    way: Way | None
    kinds: tuple[Kind, ...]
    requirements: tuple[str, ...]
    subject: str
    task: Task
    seconds: float | None


class Ask(Struct, frozen=True):
    """What a plan is made for: requirements, and when it is done (None where nothing is asked for that would
    be too old by then)."""

    report: Report
    asked: Asked
    folders: Folders
    end: datetime | None = None


def steps(ask: Ask) -> list[Step]:
    """What makes the evidence that is asked for: what fails first, then whatever takes longest."""
    drafts = list(_drafts(ask))
    lab = sum(draft.seconds or 0.0 for draft in drafts if _in_lab(draft))

    def place(draft: Draft) -> tuple[bool, float]:
        alone = UNKNOWN_SECONDS if draft.seconds is None else draft.seconds
        return draft.task != "fix and run", -(lab if _in_lab(draft) else alone)

    numbered: list[Step] = []
    for draft in sorted(drafts, key=place):
        numbered.append(_numbered(ask, draft, numbered))
    return numbered


def _in_lab(draft: Draft) -> bool:
    """Whether it is one of the runs that follow one another on the lab's machine, in the order of the report:
    together they take as long as all of them."""
    return draft.way is not None and draft.way.place == "lab"


def _drafts(ask: Ask) -> Iterator[Draft]:
    """What is made together: by one way, or for one requirement; kinds in the order of the report."""
    wanted = {kind for _, held in ask.asked for kind in held.again}
    known = ask.report.house.kinds
    for way in dict.fromkeys(kind.made.way for kind in known if kind.made and not kind.made.way.each):
        of_way = tuple(kind for kind in known if kind.made and kind.made.way is way)
        chosen = tuple(kind for kind in of_way if kind.id in wanted)
        if chosen:
            ids = {kind.id for kind in chosen}
            serves = tuple(name for name, held in ask.asked if ids & set(held.again))
            yield _draft(ask, way, of_way if way.whole else chosen, serves, "")
    for name, held in ask.asked:
        if not held.again:
            yield Draft(None, (), (name,), name, "run", None)
        for kind in known:
            if kind.id in held.again and (kind.made is None or kind.made.way.each):
                yield _draft(ask, kind.made.way if kind.made else None, (kind,), (name,), name)


def _draft(
    ask: Ask, way: Way | None, kinds: tuple[Kind, ...], requirements: tuple[str, ...], subject: str
) -> Draft:
    results = [result for kind in kinds if (result := result_of(ask.report, kind.id)) is not None]
    left = [_left(result) for result in results]
    known = [value for value in left if value is not None]
    task: Task = "run"
    if way is not None and way.going_on and left and len(known) == len(left):
        task = "go on"
    elif any(result.status == "FAIL" for result in results) and not (way and way.each):
        task = "fix and run"
    elif results and len(results) == len(kinds) and all(result.status == "PASS" for result in results):
        task = "run" if way and way.each else "run again"
    length = max(known) if task == "go on" else seconds_for(ask.report, kinds)
    return Draft(way, kinds, requirements, subject, task, length)


def _left(result: SliceResult) -> float | None:
    """Seconds that evidence still lacks which fails for nothing else; None where that is not so."""
    made = result.source.kind.made
    if made is None or made.left is None or result.status != "FAIL" or result.untied:
        return None
    failed = [check for check in result.checks if not check.passed]
    if not all(check.check.id in made.completes and not check.contradicted for check in failed):
        return None
    return made.left(result.source.record)


def _numbered(ask: Ask, draft: Draft, before: Sequence[Step]) -> Step:
    way, fill = draft.way, _filling(ask, draft)
    making = next((kind.made for kind in draft.kinds if kind.made), None)
    going_on = draft.task == "go on"
    commands = fill.of(way.going_on if going_on else way.commands) if way and fill else ()
    source = making.source if making else NO_WAY
    return Step(
        number=len(before) + 1,
        title=_title(draft),
        kinds=tuple(kind.id for kind in draft.kinds),
        requirements=draft.requirements,
        task=draft.task,
        place=way.place if way else "others",
        why=_why(ask, draft),
        first=tuple(_explained(ask.report, draft)) if draft.task == "fix and run" else (),
        commands=commands,
        watch=fill.of(way.watch) if way and fill and not going_on else (),
        blanks=_used(way.blanks, commands) if way else (),
        seconds=draft.seconds,
        source="what is missing of the time that it has to cover" if going_on else source,
        needs=way.needs if way else "",
        after=_after(draft, before),
        not_before=_not_before(ask, draft),
    )


def _filling(ask: Ask, draft: Draft) -> Filling | None:
    if draft.way is None:
        return None
    return filling(ask.report, draft.way, draft.kinds, ask.folders, draft.subject)


def _used(blanks: Sequence[Blank], commands: Sequence[str]) -> tuple[Blank, ...]:
    """The blanks of which a word stands in a command."""
    words = {word for command in commands for word in command.split(" ")}
    return tuple(blank for blank in blanks if words & set(blank.word.split(", ")))


def _title(draft: Draft) -> str:
    title = draft.way.title if draft.way else "Make what is missing"
    title = f"{title} ({draft.subject})" if draft.subject else title
    head = PREFIXES.get(draft.task, "")
    return f"{head}{title[:1].lower()}{title[1:]}" if head else title


def _after(draft: Draft, before: Sequence[Step]) -> tuple[int, ...]:
    """What has to be done first: whatever is mended, because that changes the system; and on the lab's
    machine the runs before."""
    waits = {step.number for step in before if step.task == "fix and run" and draft.task != "fix and run"}
    if _in_lab(draft):
        waits |= {step.number for step in before if step.place == "lab"}
    return tuple(sorted(waits))


def _why(ask: Ask, draft: Draft) -> tuple[str, ...]:
    """Why it is to be done: reasons of the verdict, failed checks, what a requirement lacks, or its age."""
    report = ask.report
    ids, required = {kind.id for kind in draft.kinds}, {kind.id for kind in report.house.window}
    said = [
        reason.sentence
        for reason in report.reasons
        if reason.slice in ids or (reason.slice is None and ids & required)
    ]
    for kind in draft.kinds:
        result = None if kind.id in required or draft.subject else result_of(report, kind.id)
        said += [why_failed(check) for check in (result.checks if result else ()) if not check.passed]
    for name, held in ask.asked:
        if name not in draft.requirements:
            continue
        if held.state != "MET" and not ids & required:
            said.append(f"{name} {held.state}: {held.detail}")
        if held.state == "MET" and held.until is not None and ask.end is not None:
            ends = f"the last step ends {format_instant(ask.end)}"
            said.append(f"{name} is met until {format_instant(held.until)} only, and {ends}")
    told = tuple(dict.fromkeys(said))
    if len(told) > MOST_CAUSES + 1:
        return (*told[:MOST_CAUSES], f"and {len(told) - MOST_CAUSES} more reasons")
    return told


def _explained(report: Report, draft: Draft) -> Iterator[str]:
    """The commands that say what failed checks mean, a few of them."""
    results = [result for kind in draft.kinds if (result := result_of(report, kind.id)) is not None]
    failed = [check.check.id for result in results for check in result.checks if not check.passed]
    return (f"haproof explain {name}" for name in failed[:MOST_CAUSES])


def _not_before(ask: Ask, draft: Draft) -> str | None:
    """Where evidence made now would be too old at the end of the plan: the first moment when it is not."""
    if ask.end is None:
        return None
    limit = ask.report.proof.options.max_age_seconds
    required = {kind.id for kind in ask.report.house.window}
    lives = [timedelta(days=kind.max_age_days) for kind in draft.kinds if kind.max_age_days is not None]
    if limit is not None and any(kind.id in required for kind in draft.kinds):
        lives.append(timedelta(seconds=limit))
    first = ask.end - min(lives) if lives else ask.report.generated_at
    return format_instant(first) if first > ask.report.generated_at else None


def put_together(ask: Ask, made: Sequence[Step], level: str) -> list[Step]:
    """The last step: what stays and what was made, in one new directory, and judged; nothing where nothing is
    made."""
    if not any(step.commands for step in made):
        return []
    again = {kind for step in made for kind in step.kinds}
    known, target = {kind.id: kind for kind in ask.report.house.kinds}, quoted(ask.folders.next)
    kept = [
        f"{quoted(ask.folders.judged)}/{result.source.kind.folder}"
        for result in ask.report.results
        if result.source.sha256 or result.found
        if result.id not in again or (result.source.kind.made and result.source.kind.made.way.each)
    ]
    new: list[str] = []
    collect: list[str] = []
    for step in made:
        for kind in (known[name] for name in step.kinds):
            if kind.made is None:
                continue
            way, going_on = kind.made.way, step.task == "go on"
            fill = filling(ask.report, way, (kind,), ask.folders)
            writes = fill.of(way.going_on_collect if going_on else way.collect)
            collect += writes
            if not writes:
                folder = way.begun if going_on else quoted(ask.folders.part(way))
                new.append(f"{folder}/{kind.folder}")
    commands = [f"mkdir {target}"]
    commands += [f"cp -R {' '.join(dict.fromkeys(kept))} {target}/"] if kept else []
    commands += [f"cp -R {' '.join(dict.fromkeys(new))} {target}/"] if new else []
    trust = " --trust KEY.pub" if any(step.place == "others" and step.commands for step in made) else ""
    commands += [*dict.fromkeys(collect), f"haproof report {target} --require {level}{trust}"]
    return [_last(ask, made, tuple(commands))]


def _last(ask: Ask, made: Sequence[Step], commands: tuple[str, ...]) -> Step:
    return Step(
        number=len(made) + 1,
        title="Put the evidence together, and judge it",
        kinds=(),
        requirements=(),
        task="put together",
        place="elsewhere",
        why=(f"{cut(ask.folders.judged)} stays as it is, to be compared with (haproof diff)",),
        first=(),
        commands=commands,
        watch=(),
        blanks=(),
        seconds=0.0,
        source="",
        needs="",
        after=tuple(step.number for step in made),
        not_before=None,
    )
