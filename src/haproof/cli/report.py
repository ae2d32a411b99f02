"""Judge an evidence directory: read VAL13-VAL17, recompute every verdict, write the proof report.

Exit status 0: HA DESIGN PARTNER READY, or the level asked for with --require; 1: the evidence says no;
3: it cannot tell; 2: no report; 5: ready, but a format could not be made; 70: a fault of haproof itself.
"""

import argparse
import os
import sys
from datetime import UTC, datetime

from haproof.cli.parser import one_of, some_of
from haproof.core.assess import assess
from haproof.core.instant import parse_instant
from haproof.core.model import Report
from haproof.errors import FormatError, UsageError
from haproof.evidence import newest_run, read_evidence, replace_proof
from haproof.render import ALWAYS, FORMATS, render


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
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
        "--write",
        action="extend",
        type=some_of(FORMATS),
        default=[],
        metavar="FORMAT[,FORMAT]",
        help="write further formats beside the text and JSON files; may be repeated: "
        + ", ".join(sorted(set(FORMATS) - set(ALWAYS))),
    )
    parser.add_argument("--output-dir", metavar="DIR", help="write there instead of EVIDENCE_DIR/val26")
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


REQUIRED = {
    "design-partner": ("design_partner",),
    "ga": ("design_partner", "ga"),
    "public": ("design_partner", "ga", "public_production"),
}
"""What --require may ask for, and the levels that this takes, lowest first."""

SHOWN = [form for form in ("text", "json", "markdown") if form in FORMATS]


def run(args: argparse.Namespace) -> int:
    """The verb: everything that can go wrong before the judgement is status 2."""
    directory = newest_run() if args.evidence_dir is None else args.evidence_dir
    return run_report(
        directory,
        form=args.format,
        write=args.write,
        output_dir=args.output_dir,
        generated_at=generation_time(args.generated_at),
        required=args.require,
    )


def run_report(
    evidence_dir: str,
    *,
    form: str = "text",
    write: list[str] | None = None,
    output_dir: str | None = None,
    generated_at: datetime | None = None,
    required: str = "design-partner",
) -> int:
    """Read, judge, write the files, then print. Returns the exit status of the proof contract."""
    evidence = read_evidence(evidence_dir)
    report = assess(evidence, generated_at or generation_time(None))
    wanted = list(dict.fromkeys((*ALWAYS, *(write or ()))))
    made = {name: content for name in wanted if (content := _made(report, name)) is not None}
    replace_proof(
        evidence_dir,
        output_dir,
        {FORMATS[name][1]: content for name, content in made.items()},
        [ending for _, ending in FORMATS.values()],
    )
    if not any(result.source.sha256 for result in report.slices):
        warn(f"{evidence_dir!r} holds no slice report at all: it may be the wrong directory")
    shown = made[form] if form in made else render(report, form)
    show(shown, plain=form != "text", kept="the report's files are complete")
    status = exit_status(report, required)
    return 5 if status == 0 and len(made) < len(wanted) else status


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


def _made(report: Report, name: str) -> bytes | None:
    """One format; a format that cannot be made never stops the others (text and JSON always can)."""
    try:
        return render(report, name)
    except FormatError as fault:
        warn(str(fault))
        return None


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


def warn(sentence: str) -> None:
    """One line on stderr."""
    from haproof.cli import complain

    complain(sentence)


def _takes_colour() -> bool:
    """Whether stdout is a terminal that says it can do more than text, and nobody asked for none."""
    capable = os.environ.get("TERM", "") not in ("", "dumb")
    return capable and "NO_COLOR" not in os.environ and sys.stdout.isatty()


def show(content: bytes, plain: bool, kept: str = "the exit status holds all the same") -> None:
    """Print to stdout; in colour only for a person at a terminal. A closed or full stdout changes nothing.

    `kept` says what a person has who cannot read what was printed.
    """
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        return
    if not plain and _takes_colour():
        from haproof.render.colour import coloured

        content = coloured(content.decode("utf-8")).encode("utf-8")
    try:
        stream.write(content)
        stream.flush()
    except OSError as fault:
        if not isinstance(fault, BrokenPipeError):
            warn(f"stdout cannot be written ({fault.strerror}); {kept}")
        from haproof.cli import forget_stdout

        forget_stdout()
