"""A plan as text: the steps with their commands, then how each requirement stands and is renewed."""

from collections.abc import Sequence

from haproof.core.plan.model import Plan, Step
from haproof.render.cells import wrap
from haproof.render.plan import Shown
from haproof.render.plan import wording as say
from haproof.render.visible import visible

LABEL = 11
"""Columns of a label such as `Replace:`."""


def render(shown: Shown) -> bytes:
    """The text in UTF-8: the same bytes for the same plan and width."""
    plan, lines = shown.plan, _Lines(shown.columns)
    lines.words(f"Plan for {plan.evidence_dir}, as of {plan.generated_at}")
    for sentence in say.opening(plan):
        lines.words(sentence, hang=0)
    if plan.steps:
        lines.title("Steps")
    for step in plan.steps:
        _step(lines, step, plan.steps)
    _requirements(lines, plan)
    _renewal(lines, plan)
    _further(lines, plan)
    return lines.text()


class _Lines:
    """Lines under construction, none wider than the terminal but for a word that is; nothing of the evidence
    can forge one."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._lines: list[str] = []

    def words(self, text: str, indent: int = 0, hang: int = 2) -> None:
        self._lines += wrap(visible(text), self._columns, " " * indent, " " * (indent + hang))

    def title(self, text: str) -> None:
        self._lines += ["", f"{text}:"]

    def space(self) -> None:
        self._lines.append("")

    def labelled(self, label: str, text: str, indent: int = 5) -> None:
        if text:
            self.words(f"{label:<{LABEL}}{text}", indent, LABEL)

    def commands(self, commands: Sequence[str], indent: int = 7) -> None:
        """Each as it can be pasted, in several lines where it is long."""
        for command in commands:
            parts = say.lines_of(visible(command), self._columns - indent)
            self._lines += [f"{' ' * indent}{part}" for part in parts]

    def text(self) -> bytes:
        return ("\n".join(line.rstrip() for line in self._lines) + "\n").encode("utf-8")


def _step(lines: _Lines, step: Step, steps: Sequence[Step]) -> None:
    if step.number > 1:
        lines.space()
    lines.words(f"{step.number}. {step.title}", 2, 3)
    lines.labelled("For:", ", ".join(step.requirements))
    for sentence in step.why:
        lines.labelled("Why:", f"{sentence}.")
    lines.labelled("When:", f"{say.order(step, steps)}.")
    lines.labelled("Takes:", f"{time}." if (time := say.time(step)) else "")
    lines.labelled("Needs:", f"{step.needs}." if step.needs else "")
    if step.first:
        lines.labelled("Read:", "what these checks mean, and mend the cause first.")
        lines.commands(step.first)
    if step.commands:
        lines.labelled("Run:" if step.place != "others" else "They run:", " ")
        lines.commands(step.commands)
    for blank in step.blanks:
        lines.labelled("Replace:", f"{blank.word}: {blank.meaning}.")
    if step.watch:
        lines.labelled("Meanwhile:", " ")
        lines.commands(step.watch)


def _requirements(lines: _Lines, plan: Plan) -> None:
    level = ""
    for row in plan.requirements:
        if row.level != level:
            lines.title(f"Requirements of {row.level}")
            level = row.level
        lines.words(f"{row.id:<6}{row.state:<12}{row.text}", 2, 18)
        lines.words(row.detail, 20, 2)
        found = say.evidence(row)
        if found:
            lines.words(f"Evidence: {found}", 20, 2)
        met = say.validity(row)
        if met:
            lines.words(f"Met {met}", 20, 2)
        if row.steps:
            lines.words(f"Step {', '.join(map(str, row.steps))}", 20, 2)


def _renewal(lines: _Lines, plan: Plan) -> None:
    renewed = say.renewals(plan)
    if renewed:
        lines.title("To renew what is met")
    for commands, names in renewed.items():
        lines.words(f"{say.ids(names)}:", 2)
        lines.commands(commands, 4)


def _further(lines: _Lines, plan: Plan) -> None:
    if not plan.further:
        return
    lines.title("Not required by any level, and not measured yet")
    for one in plan.further:
        gaps = f", closes {', '.join(one.gaps)}" if one.gaps else ""
        lines.words(f"{one.kind} {one.name} ({say.lasting(one.seconds)}{gaps}):", 2)
        lines.commands(one.commands, 4)
