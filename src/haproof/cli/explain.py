"""Explain a check, a figure, a readiness level, a requirement, a gap or a term of the report.

Says what it means, why it matters, its criterion, how it is measured and what it does not prove. Without an
ID, lists everything that can be asked for.
"""

import argparse
import sys
from textwrap import wrap

from haproof.cli.parser import columns
from haproof.errors import UsageError
from haproof.explain import Explanation, catalogue, explain, near
from haproof.kinds import HOUSE

LABEL = 26


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "id",
        nargs="?",
        metavar="ID",
        help="such as VAL26-09, VAL15-06, sigterm_failover_ms, design-partner, DP-2, GAP-3, window",
    )


def run(args: argparse.Namespace) -> int:
    """Print the explanation, or the list. Raises UsageError, which names the nearest, for an unknown ID."""
    if args.id is None:
        sys.stdout.write(listing())
        return 0
    found = explain(args.id, HOUSE)
    if not found:
        nearest = " or ".join(repr(name) for name in near(args.id, HOUSE))
        hint = f"; did you mean {nearest}?" if nearest else ""
        raise UsageError(
            f"no check, figure or term named {args.id!r}{hint} ('haproof explain' lists everything)"
        )
    sys.stdout.write("\n".join(text(entry) for entry in found))
    return 0


def text(entry: Explanation) -> str:
    """One explanation, as wide as the terminal, at most 100 columns."""
    lines = wrap(f"{entry.id}  {entry.title}", columns(), subsequent_indent=" " * (len(entry.id) + 2))
    lines += _indented("", entry.meaning, 2)
    for label, words in (*entry.parts(), ("See also", ", ".join(entry.see))):
        if words:
            lines += ["", *_indented(label, words, LABEL)]
    return "\n".join(lines) + "\n"


def _indented(label: str, words: str, indent: int) -> list[str]:
    """A paragraph in a column of its own, its label before its first line."""
    first = f"  {label}".ljust(indent)
    return wrap(
        words, columns(), initial_indent=first, subsequent_indent=" " * indent, break_on_hyphens=False
    )


def listing() -> str:
    """Every id with its title, by group."""
    lines: list[str] = []
    group = ""
    for entry in catalogue(HOUSE):
        if entry.group != group:
            group = entry.group
            lines += ["", f"{group}:"]
        words = entry.meaning if entry.group.endswith("figures") else entry.title
        lines += wrap(
            words,
            columns(),
            initial_indent=f"  {entry.id:<33}",
            subsequent_indent=" " * 35,
            break_on_hyphens=False,
        )
    return "\n".join(lines[1:]) + "\n"
