"""The two watchers: a few live lines on a terminal, a plain line per slice anywhere else. Both on stderr.

What they show may come from the system under test: `Shown` is what makes it safe for a terminal. Who shows
something to nobody (`haproof lab run 2>&1 | head`) goes on: the lab is worth more than its display.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from haproof.core.kind import Kind
from haproof.lab.expected import Plan, about
from haproof.lab.interrupt import uninterrupted
from haproof.lab.progress import Watcher

if TYPE_CHECKING:
    from rich.console import RenderableType

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
DONE, TO_DO = "▰", "▱"
MARKS = {True: ("✓", "green"), False: ("✗", "red")}
LONG_ENOUGH_SECONDS = 0.3
"""A wait is shown once it is so long that it can be read."""

INCAPABLE = ("", "dumb", "unknown")
"""Terminals (TERM) that can neither move the cursor nor erase a line."""

Shown = Callable[[str], str]
"""Makes a text safe to show."""


def watcher(shown: Shown, expected: Plan, stream: IO[str] | None = None) -> "Display":
    """The right one for `stream`, by default stderr; `expected` is about how long each slice takes."""
    stream = stream or sys.stderr
    capable = os.environ.get("TERM", "") not in INCAPABLE and _shows(stream)
    return (Live if capable and stream.isatty() else Plain)(stream, shown, expected)


def _shows(stream: IO[str]) -> bool:
    """Whether the stream's encoding has the characters of the live lines."""
    try:
        f"{FRAMES}{DONE}{TO_DO}✓✗".encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


class Plain(Watcher):
    """One line when a slice begins, one when it ends."""

    def __init__(self, stream: IO[str], shown: Shown, expected: Plan) -> None:
        self._stream = stream
        self._shown = shown
        self._expected = expected

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

    def slice_started(self, slice_: Kind) -> None:
        """Name the slice, and about how long it takes."""
        self.say(f"{slice_.id} {slice_.name}, about {about(self._expected[slice_.id])} ...")

    def step(self, text: str) -> None:
        """Not shown here; the journal has it."""

    def waiting(self, what: str | None) -> None:
        """Not shown here; the journal has it."""

    def slice_ended(self, slice_: Kind, words: str, passed: bool, seconds: float) -> None:
        """The result."""
        self.say(f"{slice_.id} {slice_.name}: {words}, {seconds:.1f} s")


class Live(Watcher):
    """Three lines: slice with elapsed and expected time, step, what is waited for; results stay above them.

    Opened and closed without an interruption: a second Ctrl-C leaves no spinner that nobody moves.
    """

    def __init__(self, stream: IO[str], shown: Shown, expected: Plan) -> None:
        from rich.console import Console
        from rich.live import Live as RichLive

        class Untroubled(Console):
            """Rich would end the program, and put its standard output out of use."""

            def on_broken_pipe(self) -> None:
                pass

        self._shown = shown
        self._expected = expected
        self._slice: Kind | None = None
        self._bar = self._step = self._waiting = ""
        self._started_s = self._began_s = self._waiting_s = time.monotonic()
        self._console = Untroubled(file=stream, highlight=False)
        self._live = RichLive(
            console=self._console, refresh_per_second=8, get_renderable=self._lines, transient=True
        )

    def __enter__(self) -> Self:
        try:
            with uninterrupted(), contextlib.suppress(OSError):
                self._live.start()
        except KeyboardInterrupt:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        """Take the live lines away. Nothing else is printed before that."""
        with uninterrupted(), contextlib.suppress(OSError):
            self._live.stop()

    def say(self, text: str) -> None:
        """A line above the live ones."""
        with contextlib.suppress(OSError):
            self._console.print(self._shown(text), markup=False, soft_wrap=True)

    def slice_started(self, slice_: Kind) -> None:
        """Show the slice, and how many are done."""
        done = list(self._expected).index(slice_.id)
        self._bar = DONE * done + TO_DO * (len(self._expected) - done)
        self._step = self._waiting = ""
        self._began_s = time.monotonic()
        self._slice = slice_

    def step(self, text: str) -> None:
        """Show the step."""
        self._step = text

    def waiting(self, what: str | None) -> None:
        """Show what is waited for, once the wait is long enough to be read."""
        self._waiting, self._waiting_s = what or "", time.monotonic()

    def slice_ended(self, slice_: Kind, words: str, passed: bool, seconds: float) -> None:
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

    def _lines(self) -> "RenderableType":
        """What is shown now: always three lines, each cut to the width of the terminal."""
        from rich.text import Text

        now, slice_ = time.monotonic(), self._slice
        frame = (f"{FRAMES[int(now * 10) % len(FRAMES)]} ", "cyan")
        if slice_ is None:
            doing = "ending what was started" if self._bar else "starting"
            return Text.assemble(frame, f"{doing}\n\n", no_wrap=True)
        waited = bool(self._waiting) and now - self._waiting_s > LONG_ENOUGH_SECONDS
        return Text.assemble(
            frame,
            (self._bar, "green"),
            " ",
            (slice_.id, "bold"),
            f"  {_of(now - self._began_s, self._expected[slice_.id])}",
            (f"  in all {_of(now - self._started_s, sum(self._expected.values()))}", "dim"),
            f"\n  {self._shown(self._step)}",
            (f"\n  waiting for {self._shown(self._waiting)}" if waited else "\n", "dim"),
            no_wrap=True,
            overflow="ellipsis",
        )


Display = Plain | Live


def _of(elapsed_s: float, expected_s: float) -> str:
    """`12 s of about 25 s`; later than expected it says so."""
    if elapsed_s > expected_s:
        return f"{elapsed_s:.0f} s (about {about(expected_s)} expected)"
    return f"{elapsed_s:.0f} s of about {about(expected_s)}"
