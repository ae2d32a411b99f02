"""What the runs of the lab share, whatever they measure: a folder of their own, a display, and their end."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from haproof.cli.evidence_folder import evidence_folder

if TYPE_CHECKING:
    from haproof.lab.display import Display
    from haproof.lab.expected import Plan
    from haproof.lab.run import Ended

    Measure = Callable[[Path, Display], list[Ended]]
    """Writes a run's evidence into the folder, before somebody who watches."""


@dataclass(frozen=True)
class Part:
    """A run that nothing speaks against, or one of several in one: the seconds that each slice is expected to
    take, what is said first, how it is measured, and the options that name its nodes, if it is of nodes."""

    expected: "Plan"
    opening: Sequence[str]
    measure: "Measure"
    of_nodes: Sequence[str] = ()


def measured(args: argparse.Namespace, *parts: Part) -> int:
    """Measure part after part into one folder of the run's own (with --add: into one that is there), say what
    came of it, and judge it where --report asks for that.

    Returns the exit status. Raises UsageError for a folder that cannot be used, and whatever ended the
    measuring.
    """
    from haproof.cli.closing import close, close_early, report_and_close

    evidence = evidence_folder(args.evidence, args.add, [name for part in parts for name in part.expected])
    try:
        ended = _watched(evidence, parts)
    except KeyboardInterrupt:
        close_early(str(evidence), "interrupted")
        raise
    except Exception:
        if evidence.is_dir():  # else nothing had begun, and the one sentence that follows says why
            close_early(str(evidence), "ended by a fault")
        raise
    if args.report:
        of_nodes = next((part.of_nodes for part in parts if part.of_nodes), ())
        return report_and_close(str(evidence), args.write, args.require, of_nodes)
    close(str(evidence))
    return status(ended)


def _watched(evidence: Path, parts: Sequence[Part]) -> "list[Ended]":
    """Measure before somebody who watches; the display is closed when this returns or raises."""
    from haproof.cli.closing import look_first
    from haproof.lab.display import watcher
    from haproof.lab.expected import words
    from haproof.lab.interrupt import interruptible
    from haproof.render.visible import visible

    expected = {name: seconds for part in parts for name, seconds in part.expected.items()}
    opening = [line for part in parts for line in part.opening]
    with interruptible(), watcher(visible, expected) as display:
        for line in (*opening, f"evidence: {evidence}", f"time: {words(expected)}"):
            display.say(line)
        with without_an_empty_folder(evidence):
            ended = [one for part in parts for one in part.measure(evidence, display)]
        first = look_first(ended, str(evidence))
        if first is not None:
            display.say(first)
    return ended


def status(ended: "Sequence[Ended]") -> int:
    """The exit status of a run without a report: 1, for a FAIL, wins over 3, for NOT RUN."""
    statuses = {one.status for one in ended}
    if "FAIL" in statuses:
        return 1
    return 3 if "NOT RUN" in statuses else 0


@contextmanager
def without_an_empty_folder(evidence: Path) -> Iterator[None]:
    """A run that ended before its first slice leaves no folder, which would be the newest run there is."""
    try:
        yield
    finally:
        with suppress(OSError):  # it holds what was measured
            evidence.rmdir()
