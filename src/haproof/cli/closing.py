"""The last lines of a lab run: verdict, reason, page, next command, evidence directory."""

import os
import shlex
import sys
from importlib.util import find_spec
from shutil import which
from typing import TYPE_CHECKING

from haproof.cli.output import show
from haproof.extras import from_here, interpreter
from haproof.render.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from haproof.cli.report import Reported
    from haproof.lab.run import Ended

PAGE = ("html",) if find_spec("markupsafe") else ()
"""The page is made without being asked for, where its package is there."""


def report_and_close(
    evidence: str, write: "Sequence[str]", required: str, of_nodes: "Sequence[str]" = ()
) -> int:
    """Judge what was just measured, print the report and what to do with it. Returns the report's status.

    The report's last line is the verdict; the lines that follow it belong to it. `of_nodes` are the options
    that named the nodes which were measured: whoever measures more of them needs them again.
    """
    from haproof.cli.report import run_report
    from haproof.core.model import Options

    options = Options(recount=True)
    done = run_report(evidence, write=write, unasked=PAGE, options=options, required=required)
    reasons = done.report.proof.reasons
    lines = [f"Reason: {reasons[0].sentence}{_more(len(reasons) - 1)}"] if reasons else []
    lines.append(f"Page: {done.files['html']}" if "html" in done.files else f"Report: {done.files['text']}")
    lines.append(f"Next: {_next(done, evidence, of_nodes)}")
    _print([*lines, _evidence(evidence)])
    return done.status


def close(evidence: str) -> None:
    """The last lines without a report: how to get one, how to look without writing, where the evidence is."""
    _print([*_reports(evidence), _evidence(evidence)])


def close_early(evidence: str, why: str) -> None:
    """The last lines of a run that did not come to its end. It may have ended before there was evidence."""
    if not os.path.isdir(evidence):
        _print([f"Run {why} before anything was measured: there is no evidence."])
        return
    kept = f"Run {why}: slices that had ended are kept, the others count as not run."
    _print([kept, *_reports(evidence), _evidence(evidence)])


def look_first(outcomes: "Sequence[Ended]", evidence: str) -> str | None:
    """Of the slices whose journal tells why they did not pass the first that failed, else not run."""
    tell = [each for each in outcomes if each.worth_a_look]
    worst = [each for status in ("FAIL", "NOT RUN") for each in tell if each.status == status]
    if not worst:
        return None
    slice_ = worst[0].slice
    return f"Look first at {slice_.id}: {os.path.join(evidence, slice_.folder, 'journal.jsonl')}"


def _reports(evidence: str) -> list[str]:
    """The two commands that turn the evidence into a verdict."""
    run, folder = command(), shlex.quote(evidence)
    return [f"Next: {run} report {folder}", f"To look without writing: {run} show {folder}"]


def _evidence(evidence: str) -> str:
    """The seed's lab prints it at its end."""
    return f"Evidence directory: {evidence}"


def _print(lines: list[str]) -> None:
    """That nobody reads them changes nothing of what was measured."""
    content = "".join(f"{visible(line)}\n" for line in lines)
    show(content.encode(), plain=True, kept="the evidence is complete")


def _more(others: int) -> str:
    return f" (and {others} more)" if others else ""


def _next(done: "Reported", evidence: str, of_nodes: "Sequence[str]") -> str:
    """The one command that helps most now."""
    reasons = done.report.proof.reasons
    if not reasons:
        return f"{command()} show --open {shlex.quote(evidence)}"
    first = reasons[0]
    if first.severity == "missing":
        adding = ("--evidence", evidence, "--add") if _can_be_added(done, evidence) else ()
        return f"{command()} {shlex.join(('lab', 'run', *of_nodes, *adding, '--report'))}"
    return f"{command()} explain {first.check or first.id}"


def _can_be_added(done: "Reported", evidence: str) -> bool:
    """Whether something was measured, and of the slices that are missing nothing: else it takes a new run."""
    missing = [result.source.kind for result in done.report.slices if result.status == "MISSING"]
    some = len(missing) < len(done.report.slices) or bool(done.report.proof.beyond)
    return (
        some
        and bool(missing)
        and not any(os.path.lexists(os.path.join(evidence, kind.folder)) for kind in missing)
    )


def command() -> str:
    """How a person in this folder calls the program that runs: as it was called, if `haproof` is another."""
    called = sys.argv[0] if sys.argv else ""
    if os.path.basename(called) != "haproof":
        return f"{interpreter()} -m haproof"
    on_path = which("haproof")
    if on_path and os.path.exists(called) and os.path.samefile(on_path, called):
        return "haproof"
    return shlex.quote(from_here(os.path.abspath(called)))
