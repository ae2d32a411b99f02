"""What a soak is told at setup: which system, and how long and how often."""

import argparse
import math


def configure_target(setup: argparse.ArgumentParser) -> None:
    """Declare how the system is reached."""
    setup.add_argument(
        "--dsn",
        required=True,
        help="connection string over all members of the database (of a control plane: its own)",
    )
    setup.add_argument(
        "--target",
        metavar="NAME|FILE",
        help="a control plane: 'reference', or the target file of another one",
    )
    setup.add_argument(
        "--node", action="append", default=[], metavar="URL", help="URL of a node; once for each"
    )
    setup.add_argument("--token-file", default="", metavar="FILE", help="the nodes' token")
    setup.add_argument(
        "--failover-command",
        default="",
        metavar="COMMAND",
        help="makes a planned failover, such as 'patronictl switchover --force'. Without it a control "
        "plane's leader is asked to resign; of a database nobody can be asked, so setup refuses unless "
        "--scheduled-failovers is 0, and then the three failovers of Gate D do not happen",
    )
    setup.add_argument(
        "--anchor-command",
        default="",
        metavar="COMMAND",
        help="puts a day's digest somewhere with its own clock; {day}, {digest} and {file} are filled in",
    )
    setup.add_argument("--anchored-to", default="", metavar="TEXT", help="what that is, for the report")


def configure_plan(setup: argparse.ArgumentParser) -> None:
    """Declare how long and how often."""
    add = setup.add_argument
    add("--goal-days", type=_above_zero, default=30.0, metavar="N", help="days to observe (default: 30)")
    add("--interval-hours", type=_above_zero, default=2.0, metavar="H", help="between rounds (default: 2)")
    add(
        "--probe-interval",
        type=_above_zero,
        default=10.0,
        metavar="S",
        help="seconds between probes (default: 10)",
    )
    add(
        "--scheduled-failovers",
        type=_count,
        default=3,
        metavar="N",
        help="planned failovers, spread over the days (default: 3, as many as Gate D asks for)",
    )
    add(
        "--compress",
        type=_compression,
        default=1.0,
        metavar="FACTOR",
        help="a rehearsal: one second stands for FACTOR; labelled everywhere, never meets GA-1",
    )


def _above_zero(text: str) -> float:
    value = _number(text)
    if not value > 0:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def _compression(text: str) -> float:
    value = _number(text)
    if not 1 <= value <= 100_000:
        raise argparse.ArgumentTypeError("must be a number from 1 (a real soak) to 100,000")
    return value


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not math.isfinite(value) or value > 1_000_000:
        raise argparse.ArgumentTypeError("must be at most 1,000,000")
    return value


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 1_000:
        raise argparse.ArgumentTypeError("must be a whole number from 0 to 1,000")
    return int(text)
