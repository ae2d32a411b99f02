"""What the runs of the lab share, whatever they measure: a folder of their own, a display, and their end."""

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from haproof.errors import UsageError
from haproof.places import refuse_signed

if TYPE_CHECKING:
    from haproof.lab.display import Display
    from haproof.lab.expected import Plan
    from haproof.lab.run import Outcome

    Measure = Callable[[Path, Display], list[Outcome]]
    """Writes a run's evidence into the folder, before somebody who watches."""


def measured(args: argparse.Namespace, expected: "Plan", opening: Sequence[str], measure: "Measure") -> int:
    """Measure into a folder of the run's own, say what came of it, and judge it where --report asks for that.

    `expected` has the seconds that each slice is expected to take, `opening` what is said first. Returns the
    exit status. Raises UsageError for a folder that cannot be used, and whatever ended the measuring.
    """
    from haproof.cli.closing import close, close_early, report_and_close

    evidence = evidence_folder(args.evidence)
    try:
        outcomes = _watched(evidence, expected, opening, measure)
    except KeyboardInterrupt:
        close_early(str(evidence), "interrupted")
        raise
    except Exception:
        if evidence.is_dir():  # else nothing had begun, and the one sentence that follows says why
            close_early(str(evidence), "ended by a fault")
        raise
    if args.report:
        return report_and_close(str(evidence), args.write, args.require)
    close(str(evidence))
    return status(outcomes)


def _watched(evidence: Path, expected: "Plan", opening: Sequence[str], measure: "Measure") -> "list[Outcome]":
    """Measure before somebody who watches; the display is closed when this returns or raises."""
    from haproof.cli.closing import look_first
    from haproof.lab.display import watcher
    from haproof.lab.expected import words
    from haproof.lab.interrupt import interruptible
    from haproof.render.visible import visible

    with interruptible(), watcher(visible, expected) as display:
        for line in (*opening, f"evidence: {evidence}", f"time: {words(expected)}"):
            display.say(line)
        with without_an_empty_folder(evidence):
            outcomes = measure(evidence, display)
        first = look_first(outcomes, str(evidence))
        if first is not None:
            display.say(first)
    return outcomes


def status(outcomes: "Sequence[Outcome]") -> int:
    """The exit status of a run without a report: 1, for a FAIL, wins over 3, for NOT RUN."""
    statuses = {outcome.status for outcome in outcomes}
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


def evidence_folder(given: str | None) -> Path:
    """A folder of this run's own: created now, so that two labs that start together do not share one."""
    if given is not None:
        refuse_signed(given, "name a folder elsewhere with --evidence")
        folder = Path(given)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            used = any(folder.iterdir())
        except OSError as fault:
            why = "not a folder" if isinstance(fault, FileExistsError) else fault.strerror
            raise UsageError(f"--evidence {given}: {why}: name a new or empty folder") from None
        if used:
            raise UsageError(
                f"--evidence {given} is not empty, and evidence is never overwritten: name a new one"
            )
        return folder
    day = f"cli-audit-lab-{datetime.now(UTC):%Y-%m-%d}"
    number = 1
    while True:
        folder = Path("evidence", day if number == 1 else f"{day}-{number}")
        try:
            folder.parent.mkdir(exist_ok=True)
            folder.mkdir()
            return folder
        except FileExistsError:
            number += 1
        except OSError as fault:
            raise UsageError(
                f"{folder} cannot be created in {_here()} ({fault.strerror}): name a folder with --evidence"
            ) from None


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:
        return "a working folder that is gone"
