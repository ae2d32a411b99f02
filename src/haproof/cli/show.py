"""Judge an evidence directory and print the report. Writes nothing: the way to look at any evidence.

With --open the HTML page is opened as well, as one private temporary file outside the evidence directory.

Exit status: that of haproof report. 0: HA DESIGN PARTNER READY, or what --require asks for; 1: not ready;
3: inconclusive; 2: no report; 5: ready, but the page could not be made.
"""

import argparse
import os

from haproof.cli.judging import (
    configure_judging,
    directory_of,
    exit_status,
    generation_time,
    judged,
    made_of,
    options_of,
    print_report,
    warn_of_nothing,
)
from haproof.cli.output import warn
from haproof.cli.trust import trusted_of
from haproof.core.report import Report
from haproof.errors import OutputError
from haproof.evidence import PROOF_STEM


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    configure_judging(parser)
    parser.add_argument("--open", action="store_true", help="open the HTML page in the browser, too")


def run(args: argparse.Namespace) -> int:
    """Judge, print, and open the page where that is asked for."""
    directory, trusted = directory_of(args), trusted_of(args)
    options = options_of(args, trusted)
    report = judged(directory, generation_time(args.generated_at), options, trusted)
    warn_of_nothing(report)
    page = _temporary_page(report, directory) if args.open else None
    printed = print_report(report, args.format)
    if page:
        _open(page)
    status = exit_status(report, args.require)
    return 5 if status == 0 and not (printed and (page or not args.open)) else status


def _temporary_page(report: Report, directory: str) -> str | None:
    """The HTML page in a folder that only its owner can enter; None where it cannot be made.

    Raises OutputError where there is no place for it outside the evidence directory.
    """
    import tempfile

    page = made_of(report, "html")
    if page is None:
        return None
    try:
        place, root = os.path.realpath(tempfile.gettempdir()), os.path.realpath(directory)
        if os.path.commonpath([place, root]) == root:
            raise OutputError(
                f"the temporary folder {place!r} lies in the evidence directory: set TMPDIR elsewhere"
            )
        path = os.path.join(tempfile.mkdtemp(prefix="haproof-"), f"{PROOF_STEM}.html")
        with open(path, "xb") as stream:
            stream.write(page)
    except OSError as fault:
        raise OutputError(
            f"no temporary page could be written ({fault.strerror}): set TMPDIR elsewhere"
        ) from None
    return path


def _open(path: str) -> None:
    """Hand the page to a browser, and say where it is in any case."""
    import webbrowser
    from pathlib import Path

    try:
        opened = webbrowser.open(Path(path).as_uri())
    except (webbrowser.Error, OSError):
        opened = False
    warn(f"temporary page: {path}" + ("" if opened else " (no browser could be started: open it yourself)"))
