"""What `report` and `show` share: which evidence, as of when, and what exit status 0 asks for."""

import argparse
import os
from datetime import UTC, datetime

from haproof.cli.output import warn
from haproof.cli.parser import one_of
from haproof.core.assess import assess
from haproof.core.instant import parse_instant
from haproof.core.model import Report
from haproof.errors import UsageError
from haproof.evidence import read_evidence
from haproof.places import around, newest_run, require_run
from haproof.render import FORMATS

REQUIRED = {
    "design-partner": ("design_partner",),
    "ga": ("design_partner", "ga"),
    "public": ("design_partner", "ga", "public_production"),
}
"""What --require may ask for, and the levels that this takes, lowest first."""

SHOWN = [form for form in ("text", "json", "markdown") if form in FORMATS]
"""Formats that stdout may carry."""


def configure_judging(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that say what is judged, and how."""
    parser.add_argument(
        "evidence_dir",
        nargs="?",
        metavar="EVIDENCE_DIR",
        help="directory of one lab run (default: the newest evidence/cli-audit-lab-YYYY-MM-DD)",
    )
    parser.add_argument(
        "--format",
        type=one_of(SHOWN),
        default="text",
        metavar="FORMAT",
        help=f"what stdout carries: {', '.join(SHOWN)} (default: text)",
    )
    parser.add_argument(
        "--require",
        type=one_of(REQUIRED),
        default="design-partner",
        metavar="LEVEL",
        help=f"the readiness level that exit status 0 asks for: {', '.join(REQUIRED)} (default: %(default)s)",
    )
    parser.add_argument(
        "--generated-at",
        metavar="RFC3339",
        help="generation time (default: SOURCE_DATE_EPOCH, else the clock)",
    )


def directory_of(args: argparse.Namespace) -> str:
    """The directory named, else the newest run."""
    return newest_run() if args.evidence_dir is None else str(args.evidence_dir)


def judged(directory: str, generated_at: datetime | None = None) -> Report:
    """Read and judge one run. Raises UsageError where that is no run, but runs lie below it."""
    require_run(directory)
    return assess(read_evidence(directory), generated_at or generation_time(None))


def warn_of_nothing(report: Report) -> None:
    """Five slices MISSING can be the wrong directory as well."""
    if not report.proof.evidence.files:
        directory = report.proof.evidence_dir
        run = around(directory)
        hint = f"; did you mean {run!r}?" if run else ""
        warn(f"{directory!r} holds no slice report at all: it may be the wrong directory{hint}")


def exit_status(report: Report, required: str) -> int:
    """0 where the level is reached, 1 where anything found says no, 3 where evidence for it is not there.

    An incoherent window says nothing either way; above design partner a requirement that is not met says no.
    """
    levels = [getattr(report.proof.readiness, name) for name in REQUIRED[required]]
    if all(level.ready for level in levels):
        return 0
    beyond = [requirement for level in levels[1:] for requirement in level.requirements]
    unmet = [requirement.id for requirement in beyond if requirement.state != "MET"]
    if report.ready:
        warn(f"--require {required} is not reached: {', '.join(unmet)} not met or without evidence")
    return 1 if report.says_no or any(one.state == "NOT MET" for one in beyond) else 3


def generation_time(given: str | None) -> datetime:
    """--generated-at, else SOURCE_DATE_EPOCH, else the clock."""
    if given is not None:
        try:
            return parse_instant(given)
        except ValueError as fault:
            raise UsageError(f"--generated-at {given!r} is {fault}") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch:
        try:
            return datetime.fromtimestamp(_seconds(epoch), UTC)
        except (ValueError, OverflowError, OSError):
            raise UsageError(f"SOURCE_DATE_EPOCH {epoch!r} is not a number of seconds since 1970") from None
    return datetime.now(UTC).replace(microsecond=0)


def _seconds(text: str) -> int:
    """A whole number in ASCII digits and nothing else (`int` alone takes underscores and spaces, too)."""
    if not (text.isascii() and text.removeprefix("-").isdecimal()):
        raise ValueError(text)
    return int(text)
