"""Say what is still missing for a readiness level, as commands to run, in order, with the time each takes.

Judges the evidence directory as haproof show does and writes nothing. Without --level the plan leads to the
next level that is not reached. Exit status 0: the plan was made, whatever it says; 2: there is none.
"""

import argparse

from haproof.cli.judging import (
    LEVELS,
    configure_as_of,
    configure_directory,
    directory_of,
    generation_time,
    judged,
    options_of,
    warn_of_nothing,
)
from haproof.cli.output import show
from haproof.cli.parser import columns, one_of
from haproof.cli.trust import trusted_of
from haproof.core.plan.planning import plan, wanted_level
from haproof.render.plan import FORMATS, render


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    configure_directory(parser)
    parser.add_argument(
        "--level",
        type=one_of(LEVELS),
        metavar="LEVEL",
        help=f"plan as far as this level: {', '.join(LEVELS)} (default: the next one)",
    )
    parser.add_argument(
        "--format",
        type=one_of(FORMATS),
        default="text",
        metavar="FORMAT",
        help=f"{', '.join(FORMATS)} (default: text)",
    )
    configure_as_of(parser)


def run(args: argparse.Namespace) -> int:
    """The verb."""
    trusted = trusted_of(args)
    report = judged(
        directory_of(args), generation_time(args.generated_at), options_of(args, trusted), trusted
    )
    warn_of_nothing(report)
    made = plan(report, wanted_level(report, args.level))
    show(render(made, args.format, columns()), plain=args.format != "text")
    return 0
