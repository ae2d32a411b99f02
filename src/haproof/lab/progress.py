"""What a person sees while the lab runs: a live line on a terminal, a plain line per slice elsewhere."""

import contextlib
from collections.abc import Iterator
from typing import Protocol

from haproof.core.kind import Kind


class Watcher(Protocol):
    """Told what happens; never slows the lab down and never fails it."""

    def slice_started(self, slice_: Kind) -> None:
        """A slice begins."""

    def step(self, text: str) -> None:
        """The slice goes on to its next step."""

    def waiting(self, what: str | None) -> None:
        """The lab waits for something, or (None) no longer."""

    def slice_ended(self, slice_: Kind, words: str, passed: bool, seconds: float) -> None:
        """A slice ended; `words` is its result."""


@contextlib.contextmanager
def waiting_for(watcher: Watcher, what: str) -> Iterator[None]:
    """Show what is waited for until the block ends."""
    watcher.waiting(what)
    try:
        yield
    finally:
        watcher.waiting(None)


class Silent:
    """Shows nothing."""

    def slice_started(self, slice_: Kind) -> None:
        """Nothing."""

    def step(self, text: str) -> None:
        """Nothing."""

    def waiting(self, what: str | None) -> None:
        """Nothing."""

    def slice_ended(self, slice_: Kind, words: str, passed: bool, seconds: float) -> None:
        """Nothing."""
