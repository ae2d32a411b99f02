"""A verification as numbered steps: each is ok, failed, or was not checked."""

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from msgspec import Struct

from haproof.core.figures import cut
from haproof.render.visible import visible

State = Literal["ok", "FAILED", "NOT CHECKED"]
T = TypeVar("T")

MOST_NAMES = 20
"""More files than this are counted, not named, for each way in which they differ."""


class Failed(Exception):
    """A step failed; the message says why."""


class NotChecked(Exception):
    """A step had nothing to check, or was not asked to; the message says what that means."""


class Step(Struct, frozen=True):
    """One step's outcome; `detail` is safe to print."""

    number: int
    name: str
    state: State
    detail: str

    def line(self) -> str:
        """The step as it is printed."""
        return f"{self.number}. {self.name:<12}  {self.state:<11}  {self.detail}"


class StepLog:
    """The steps so far."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def run(self, name: str, act: Callable[[], tuple[T, str]]) -> T | None:
        """Take one step: what it found, or None where it failed or did not look."""
        value: T | None = None
        state: State = "ok"
        try:
            value, detail = act()
        except Failed as no:
            state, detail = "FAILED", str(no)
        except NotChecked as why:
            state, detail = "NOT CHECKED", str(why)
        self.steps.append(Step(len(self.steps) + 1, name, state, visible(detail)))
        return value


def named(names: Sequence[str]) -> str:
    """File names in a sentence: the first twenty, then how many more."""
    shown = ", ".join(cut(name) for name in names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def counted(count: int, what: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
