"""Compare two runs: what is better, what is worse, and what is inconclusive.

Each argument is an evidence directory (judged again, now) or a JSON artifact (val26-proof-report.json).

Exit status 0: no regression is shown; 1: a regression; 3: inconclusive, or the runs are not comparable
(topology, targets or schema differ); 2: an argument cannot be used.
"""

import argparse

from haproof.cli.judging import generation_time
from haproof.cli.output import show
from haproof.cli.parser import one_of
from haproof.cli.runs import read_run
from haproof.cli.trust import configure_trust, trusted_of
from haproof.core.comparison import Conclusion
from haproof.core.diff import compare
from haproof.core.drift import TOLERANCE_PERCENT
from haproof.errors import UsageError
from haproof.kinds import HOUSE
from haproof.render.diff import FORMATS, render

STATUS: dict[Conclusion, int] = {"no regression": 0, "regression": 1, "cannot tell": 3, "not comparable": 3}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "before", metavar="BEFORE", help="evidence directory or JSON artifact of the baseline"
    )
    parser.add_argument(
        "after", metavar="AFTER", help="evidence directory or JSON artifact to compare with it"
    )
    parser.add_argument(
        "--format",
        type=one_of(FORMATS),
        default="text",
        metavar="FORMAT",
        help=f"{', '.join(FORMATS)} (default: text)",
    )
    parser.add_argument(
        "--tolerance",
        metavar="PERCENT",
        default=str(TOLERANCE_PERCENT),
        help="smallest difference between the medians of two sets of trials that is called one, in percent "
        "of the smaller (default: %(default)s)",
    )
    configure_trust(parser)
    parser.add_argument(
        "--generated-at",
        metavar="RFC3339",
        help="time at which evidence is judged (default: SOURCE_DATE_EPOCH, else the clock)",
    )


def run(args: argparse.Namespace) -> int:
    """Compare two runs; the exit status is that of the outcome."""
    tolerance, now = _tolerance(args.tolerance), generation_time(args.generated_at)
    trusted = trusted_of(args)
    before, after = read_run(args.before, now, trusted), read_run(args.after, now, trusted)
    comparison = compare(before, after, HOUSE, tolerance)
    show(render(comparison, args.format), plain=args.format != "text")
    return STATUS[comparison.outcome]


def _tolerance(text: str) -> float:
    """A percentage of 0 or more."""
    try:
        percent = float(text)
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 1000:
        raise UsageError(f"--tolerance {text!r} is not a percentage from 0 to 1000")
    return percent
