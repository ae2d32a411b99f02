"""What `report` and `show` share: which evidence, as of when, and what exit status 0 asks for."""

import argparse
import os
from collections.abc import Mapping
from datetime import UTC, datetime

from haproof.cli.output import KEPT, show, warn
from haproof.cli.parser import one_of, some_of
from haproof.cli.trust import configure_trust
from haproof.core.assess import assess
from haproof.core.instant import parse_instant
from haproof.core.model import NO_OPTIONS, Options, RequirementRow
from haproof.core.report import Report
from haproof.core.trust import NOBODY, Trusted
from haproof.errors import FormatError, UsageError
from haproof.evidence import read_evidence
from haproof.given import meant
from haproof.kinds import HOUSE
from haproof.places import around, newest_run, require_run
from haproof.render import ALWAYS, FORMATS, SHOWN, render

LEVELS = tuple(level.word for level in HOUSE.levels)
"""The readiness levels that --require may ask for, lowest first."""


def configure_judging(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that say what is judged, and how."""
    configure_directory(parser)
    parser.add_argument(
        "--format",
        type=one_of(SHOWN),
        default="text",
        metavar="FORMAT",
        help=f"what stdout carries: {', '.join(SHOWN)} (default: text)",
    )
    configure_require(parser)
    configure_as_of(parser)


def configure_directory(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names the evidence."""
    parser.add_argument(
        "evidence_dir",
        nargs="?",
        metavar="EVIDENCE_DIR",
        help="directory of one lab run (default: the newest evidence/cli-audit-lab-YYYY-MM-DD)",
    )


def configure_as_of(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that the judgement depends on."""
    parser.add_argument(
        "--max-age",
        type=duration,
        metavar="N(s|m|h|d)",
        help="evidence older than that, such as 36h or 7d, is not coherent (default: any age)",
    )
    parser.add_argument(
        "--recount",
        action="store_true",
        help="derive the figures that the raw files yield again; one that differs is a contradiction",
    )
    configure_trust(parser)
    parser.add_argument(
        "--generated-at",
        metavar="RFC3339",
        help="generation time (default: SOURCE_DATE_EPOCH, else the clock)",
    )


def configure_write(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names further formats."""
    parser.add_argument(
        "--write",
        action="extend",
        type=some_of(FORMATS),
        default=[],
        metavar="FORMAT[,FORMAT]",
        help="write further formats beside the text and JSON files; may be repeated: "
        + ", ".join(sorted(set(FORMATS) - set(ALWAYS))),
    )


def configure_require(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that says what the exit status asks for."""
    parser.add_argument(
        "--require",
        type=asked_for,
        default=LEVELS[0],
        metavar="LEVEL|ID[,ID]",
        help="what exit status 0 asks for: a readiness level "
        f"({', '.join(LEVELS)}; default: %(default)s) or requirements such as DP-3,DP-5",
    )


def directory_of(args: argparse.Namespace) -> str:
    """The directory named, else the newest run."""
    return newest_run() if args.evidence_dir is None else str(args.evidence_dir)


def judged(
    directory: str,
    generated_at: datetime | None = None,
    options: Options = NO_OPTIONS,
    trusted: Trusted = NOBODY,
) -> Report:
    """Read and judge one run. Raises UsageError where that is no run, but runs lie below it."""
    require_run(directory, HOUSE)
    evidence = read_evidence(directory, HOUSE, trusted)
    if options.recount:
        from haproof.raw_files import recount

        evidence = recount(evidence)
    return assess(evidence, HOUSE, generated_at or generation_time(None), options)


def options_of(args: argparse.Namespace, trusted: Trusted) -> Options:
    """What the judgement depends on besides evidence, path and time."""
    return Options(max_age_seconds=args.max_age, recount=args.recount, trusted_keys=trusted.ids)


SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LONGEST_SECONDS = 100 * 365 * 86_400


def duration(text: str) -> int:
    """A type of argument: a whole number above 0 with its unit, in seconds."""
    number, unit = text.strip()[:-1], text.strip()[-1:].lower()
    digits = number.isascii() and number.isdecimal() and len(number) < 12
    seconds = int(number) * SECONDS.get(unit, 0) if digits else 0
    if not 0 < seconds <= LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration such as 90m, 36h or 7d")
    return seconds


def warn_of_nothing(report: Report) -> None:
    """Five slices MISSING can be the wrong directory as well."""
    if not report.proof.evidence.files:
        directory = report.proof.evidence_dir
        run = around(directory, HOUSE)
        hint = f"; did you mean {run!r}?" if run else ""
        warn(f"{directory!r} holds no slice report at all: it may be the wrong directory{hint}")


def made_of(report: Report, form: str) -> bytes | None:
    """The report in one format; None where it cannot be made, and why on stderr: the others go on."""
    try:
        return render(report, form)
    except FormatError as fault:
        warn(str(fault))
        return None


def print_report(
    report: Report, form: str, made: Mapping[str, bytes] | None = None, kept: str = KEPT
) -> bool:
    """Print the report, from what was `made` already where it was; False where it cannot be made."""
    content = (made or {}).get(form) or made_of(report, form)
    if content is not None:
        undecided = not (report.ready or report.says_no)
        show(content, plain=form != "text", kept=kept, undecided=undecided)
    return content is not None


def exit_status(report: Report, required: str = "design-partner") -> int:
    """0 where everything asked for is reached, 1 where anything found says no, 3 where evidence is not there.

    `required` is a level, or ids of requirements, separated by commas; 1 wins over 3.
    """
    statuses = {_status_of(report, word) for word in _words(required)}
    return 1 if 1 in statuses else max(statuses)


def _words(required: str) -> list[str]:
    return [word.strip().lower() for word in required.split(",")]


def _status_of(report: Report, word: str) -> int:
    """The status that one level or one requirement asks for."""
    return _status_of_level(report, word) if word in LEVELS else _status_of_requirement(report, word)


def _status_of_level(report: Report, word: str) -> int:
    """An incoherent window says nothing either way; above the lowest a requirement not met says no."""
    levels = [found for _, found in report.levels[: LEVELS.index(word) + 1]]
    if all(level.ready for level in levels):
        return 0
    beyond = [requirement for level in levels[1:] for requirement in level.requirements]
    unmet = [requirement.id for requirement in beyond if requirement.state != "MET"]
    if report.ready:
        warn(f"--require {word} is not reached: {', '.join(unmet)} not met or without evidence")
    return 1 if report.says_no or any(one.state == "NOT MET" for one in beyond) else 3


def _status_of_requirement(report: Report, word: str) -> int:
    """One requirement, whatever the rest of the report says; the window says nothing either way."""
    rows: dict[str, RequirementRow] = {
        row.id.lower(): row for _, found in report.levels for row in found.requirements
    }
    found = rows[word]
    if found.state == "MET":
        return 0
    warn(f"--require {found.id} is not reached: {found.state.lower()} ({found.detail})")
    known = {one.id: one for level in HOUSE.levels for one in level.requirements}
    return 1 if found.state == "NOT MET" and known[found.id].based_on != "window" else 3


def asked_for(text: str) -> str:
    """A type of argument: levels and ids of requirements, separated by commas, each of them known."""
    known = [*LEVELS, *(one.id for level in HOUSE.levels for one in level.requirements)]
    for word in (given.strip() for given in text.split(",")):
        if word.lower() not in (name.lower() for name in known):
            raise argparse.ArgumentTypeError(
                f"{word!r} is neither a level ({', '.join(LEVELS)}) nor a requirement{meant(word, known)}"
            )
    return text


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
