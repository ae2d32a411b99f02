"""A plan as GitHub-flavoured Markdown, such as for an issue: every step a box to tick."""

from collections.abc import Iterator, Sequence

from haproof.core.plan.model import Plan, Step
from haproof.render.plan import wording as say
from haproof.render.visible import visible
from haproof.render.writers.markdown.inline import code, line, table, words


def render(plan: Plan) -> bytes:
    """The document in UTF-8: the same bytes for the same plan."""
    parts = [f"## Plan for {code(plan.evidence_dir)}, as of {code(plan.generated_at)}"]
    parts += [line(words(sentence)) for sentence in say.opening(plan)]
    if plan.steps:
        parts.append("### Steps")
    for step in plan.steps:
        parts += _step(step, plan.steps)
    parts += ["### Requirements", _requirements(plan)]
    renewed = say.renewals(plan)
    parts += ["### To renew what is met"] if renewed else []
    for commands, names in renewed.items():
        parts += [f"{words(say.ids(names))}:", *_shell(commands, "")]
    if plan.further:
        parts.append("### Not required by any level, and not measured yet")
    for one in plan.further:
        gaps = f", closes {', '.join(one.gaps)}" if one.gaps else ""
        parts += [words(f"{one.kind} {one.name} ({say.lasting(one.seconds)}{gaps}):")]
        parts += _shell(one.commands, "")
    return ("\n\n".join(parts) + "\n").encode("utf-8")


def _step(step: Step, steps: Sequence[Step]) -> Iterator[str]:
    """A box to tick, and below it, indented, what belongs to it."""
    yield f"- [ ] **{step.number}. {words(step.title)}**"
    said = [("For", ", ".join(step.requirements)), *(("Why", sentence) for sentence in step.why)]
    said += [("When", say.order(step, steps)), ("Takes", say.time(step)), ("Needs", step.needs)]
    said += [("Replace", f"{blank.word}: {blank.meaning}") for blank in step.blanks]
    yield "\n".join(f"  - {name}: {words(text)}" for name, text in said if text)
    if step.first:
        yield "  What these checks mean; mend the cause first:"
        yield from _shell(step.first, "  ")
    if step.commands:
        yield from _shell(step.commands, "  ")
    if step.watch:
        yield "  Meanwhile:"
        yield from _shell(step.watch, "  ")


def _shell(commands: Sequence[str], indent: str) -> Iterator[str]:
    """Commands in a block that nothing in them can end: they are lines of their own, none of backticks."""
    shown = [part for command in commands for part in say.lines_of(visible(command), 100)]
    fence = "`" * max(3, *(_ticks(part) + 1 for part in shown))
    yield "\n".join(f"{indent}{part}" for part in (f"{fence}sh", *shown, fence))


def _ticks(text: str) -> int:
    """The longest run of backticks in a text."""
    longest = 0
    while "`" * (longest + 1) in text:
        longest += 1
    return longest


def _requirements(plan: Plan) -> str:
    heads = ("Id", "State", "Requirement", "Based on", "Met", "Steps")
    return table(
        heads,
        (
            (
                words(row.id),
                words(row.state),
                words(row.text),
                words(row.detail),
                words(say.validity(row) or "–"),
                words(", ".join(map(str, row.steps)) or "–"),
            )
            for row in plan.requirements
        ),
    )
