"""The two watchers: a live line on a terminal, a plain line per slice anywhere else. Both on stderr.

What they show may come from the system under test: `Shown` is what makes it safe for a terminal. Who shows
something to nobody (`haproof lab run 2>&1 | head`) goes on: the lab is worth more than its display.
"""

import contextlib
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from haproof.core.check import AnySlice
from haproof.lab.progress import Watcher

if TYPE_CHECKING:
    from rich.console import RenderableType

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
DONE, TO_DO = "▰", "▱"
MARKS = {True: ("✓", "green"), False: ("✗", "red")}

Shown = Callable[[str], str]
"""Makes a text safe to show."""


def watcher(shown: Shown, stream: IO[str] | None = None) -> "Plain | Live":
    """The right one for `stream`, by default stderr."""
    stream = stream or sys.stderr
    if stream.isatty():
        return Live(stream, shown)
    return Plain(stream, shown)


class Plain(Watcher):
    """One line when a slice begins, one when it ends."""

    def __init__(self, stream: IO[str], shown: Shown) -> None:
        self._stream = stream
        self._shown = shown

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    def say(self, text: str) -> None:
        """A line of its own."""
        with contextlib.suppress(OSError):
            print(self._shown(text), file=self._stream, flush=True)

    def slice_started(self, slice_: AnySlice, number: int, of: int) -> None:
        """Name the slice."""
        self.say(f"{slice_.id} {slice_.name} ...")

    def step(self, text: str) -> None:
        """Not shown here; the journal has it."""

    def waiting(self, what: str | None) -> None:
        """Not shown here; the journal has it."""

    def slice_ended(self, slice_: AnySlice, words: str, passed: bool, seconds: float) -> None:
        """The result."""
        self.say(f"{slice_.id} {slice_.name}: {words}, {seconds:.1f} s")


class Live(Watcher):
    """A spinner with slice, step, elapsed time and what is being waited for; results stay above it."""

    def __init__(self, stream: IO[str], shown: Shown) -> None:
        from rich.console import Console
        from rich.live import Live as RichLive

        class Untroubled(Console):
            """Rich would end the program, and put its standard output out of use."""

            def on_broken_pipe(self) -> None:
                pass

        self._shown = shown
        self._slice: AnySlice | None = None
        self._bar = self._step = self._waiting = ""
        self._began_s = self._waiting_s = time.monotonic()
        self._console = Untroubled(file=stream, highlight=False)
        self._live = RichLive(
            console=self._console, refresh_per_second=8, get_renderable=self._line, transient=True
        )

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError):
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._live.stop()

    def say(self, text: str) -> None:
        """A line above the live one."""
        with contextlib.suppress(OSError):
            self._console.print(self._shown(text), markup=False, soft_wrap=True)

    def slice_started(self, slice_: AnySlice, number: int, of: int) -> None:
        """Show the slice, and how many are done."""
        self._bar = DONE * (number - 1) + TO_DO * (of - number + 1)
        self._slice, self._step, self._waiting = slice_, "", ""
        self._began_s = time.monotonic()

    def step(self, text: str) -> None:
        """Show the step."""
        self._step = text

    def waiting(self, what: str | None) -> None:
        """Show what is waited for, once the wait is long enough to be read."""
        self._waiting, self._waiting_s = what or "", time.monotonic()

    def slice_ended(self, slice_: AnySlice, words: str, passed: bool, seconds: float) -> None:
        """The result, which stays."""
        from rich.text import Text

        mark, colour = MARKS[passed]
        self._slice = None
        line = Text.assemble(
            (f"{mark} ", colour),
            (slice_.id, "bold"),
            f" {slice_.name}  ",
            (self._shown(words), colour),
            (f"  {seconds:.1f} s", "dim"),
        )
        with contextlib.suppress(OSError):
            self._console.print(line)

    def _line(self) -> "RenderableType":
        from rich.text import Text

        if self._slice is None:
            return Text("")
        now = time.monotonic()
        waiting = f"  waiting for {self._waiting}" if self._waiting and now - self._waiting_s > 0.3 else ""
        elapsed = f" {now - self._began_s:5.1f} s  {self._step}"
        words = Text.assemble(
            " ", (self._bar, "green"), " ", (self._slice.id, "bold"), elapsed, (waiting, "dim")
        )
        line = Text(no_wrap=True, overflow="ellipsis").append(FRAMES[int(now * 10) % len(FRAMES)], "cyan")
        return line.append_text(words)
