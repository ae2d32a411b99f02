"""What every format says of a plan: how long, until when, in which order."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from math import ceil

from haproof.core.plan.model import Dated, Plan, Standing, Step
from haproof.core.window import in_full, spoken

_WORD = re.compile(r"(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+")
"""A word of a command: what lies in quotes belongs together."""

ROUNDED_UP_TO = ((172_800, 86_400), (7_200, 3_600), (600, 60), (20, 5))
"""From how many seconds on a time that is only expected is told in which steps; more would promise too
much."""


def lasting(seconds: float | None) -> str:
    """`about 35 min`; never less than it is."""
    if seconds is None:
        return "not known here"
    step = next((step for least, step in ROUNDED_UP_TO if seconds >= least), 1)
    return f"about {in_full(timedelta(seconds=ceil(seconds / step) * step))}"


def opening(plan: Plan) -> Iterator[str]:
    """What is reached, what comes next, and how far that is; sentences with their full stops."""
    yield f"Reached: {plan.reached}." if plan.reached else f"Reached: nothing yet. {plan.verdict}."
    if plan.ready:
        yield f"{plan.level} is reached: nothing is missing."
        yield from _next_to_renew(plan.requirements)
        return
    missing = [row for row in plan.requirements if row.state != "MET"]
    count = f"{len(missing)} of {len(plan.requirements)} requirements"
    yield f"Planned for: {plan.level}. {count} {'is' if len(missing) == 1 else 'are'} missing."
    if plan.open_ended and not plan.seconds:
        yield "How long that takes is up to others."
    elif plan.earliest is not None:
        without = ", not counting what only others can do" if plan.open_ended else ""
        yield (
            f"At the earliest {plan.earliest} ({lasting(plan.seconds)} from now), where every step passes at "
            f"once{without}."
        )


def _next_to_renew(rows: Iterable[Standing]) -> Iterator[str]:
    ends = [(row.valid_until, row) for row in rows if row.valid_until is not None]
    if ends:
        until, row = min(ends, key=lambda pair: pair[0])
        begin = f"; begin to renew it by {row.begin_by}" if row.begin_by else ""
        yield f"The first to go stale is {row.id}, after {until}{begin}."


def order(step: Step, steps: Sequence[Step]) -> str:
    """`after step 1; beside steps 2 and 3`."""
    others = {other.number for other in steps} - {step.number}
    if step.after and set(step.after) >= others:
        return "after every other step" if len(others) > 1 else f"after step {step.after[0]}"
    beside = [
        other.number
        for other in steps
        if other.number != step.number
        and other.task != "put together"
        and other.number not in step.after
        and step.number not in other.after
    ]
    said = [f"after {_numbers(step.after)}"] if step.after else ["now"]
    if step.not_before is not None:
        said = [f"not before {step.not_before}, or it is too old at the end", *(said if step.after else [])]
    if len(beside) > 2 and len(beside) == len(others) - 1:
        return f"{', '.join(said)}; beside all others"
    return ", ".join(said) + (f"; beside {_numbers(beside)}" if beside else "")


def _numbers(numbers: Sequence[int]) -> str:
    words = [str(number) for number in numbers]
    if len(words) == 1:
        return f"step {words[0]}"
    return f"steps {', '.join(words[:-1])} and {words[-1]}"


def time(step: Step) -> str:
    """`about 30 days: Gate D asks for …`; empty for what takes no time."""
    return f"{lasting(step.seconds)}: {step.source}" if step.source else ""


def evidence(row: Standing) -> str:
    """`VAL18 of 2026-03-20T10:00:00Z (3 days old)`; of several kinds of one run only the latest."""
    dated = [one for one in row.evidence if one.generated_at is not None]
    if not dated:
        return ""
    if len(dated) > 2:
        latest = max(dated, key=lambda one: one.generated_at or "")
        return f"{dated[0].kind} to {dated[-1].kind}, the latest {_of(latest, named=False)}"
    return ", ".join(_of(one) for one in dated)


def _of(one: Dated, named: bool = True) -> str:
    age = timedelta(seconds=one.age_seconds or 0)
    old = f" ({spoken(age)} old)" if age >= timedelta() else " (in the future)"
    return f"{f'{one.kind} ' if named else ''}of {one.generated_at}{old}"


def validity(row: Standing) -> str:
    """How long a requirement that is met stays so."""
    if row.state != "MET":
        return ""
    if row.valid_until is None:
        return "until the system changes (no limit of age)"
    return f"until {row.valid_until}" + (f"; begin to renew it by {row.begin_by}" if row.begin_by else "")


def renewals(plan: Plan) -> dict[tuple[str, ...], list[str]]:
    """The commands that renew what is met, and for which requirements: each set of commands once."""
    found: dict[tuple[str, ...], list[str]] = {}
    for row in plan.requirements:
        if row.renew and row.state == "MET":
            found.setdefault(row.renew, []).append(row.id)
    return found


def ids(names: Sequence[str]) -> str:
    """`DP-1 to DP-6`, `GA-1`, `GA-1 and GA-2`."""
    return f"{names[0]} to {names[-1]}" if len(names) > 2 else " and ".join(names)


def lines_of(command: str, room: int) -> list[str]:
    """A command in lines that a shell takes as one, none of them longer than `room` where that can be; an
    option stays with its value."""
    pieces: list[str] = []
    for word in _WORD.findall(command):
        if pieces and pieces[-1].startswith("--") and " " not in pieces[-1] and not word.startswith("-"):
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + len(piece) + 3 <= room:
            lines[-1] += f" {piece}"
        else:
            lines.append(f"  {piece}")
    return [f"{line} \\" for line in lines[:-1]] + lines[-1:]
