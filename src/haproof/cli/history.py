"""Show many runs over time, and keep them in a plain JSON-lines file.

Each argument is an evidence directory, a folder of evidence directories, a JSON artifact
(val26-proof-report.json), or a history file (*.jsonl). A run is its evidence: the same one is shown, and
appended, once.

Exit status 0: shown; 2: an argument cannot be used, or the history file cannot be written.
"""

import argparse
import os
from datetime import datetime

from haproof.cli.judging import generation_time
from haproof.cli.output import show, warn
from haproof.cli.parser import one_of
from haproof.cli.runs import read_run, read_set
from haproof.core.diff import proof_of
from haproof.core.history import Entry, entry, history
from haproof.core.model import Proof, Report
from haproof.errors import UsageError
from haproof.history_file import ENDING, append_history, evidence_sets, read_history, run_id
from haproof.render.history import FORMATS, render


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="DIR",
        help="evidence directory, folder of them, JSON artifact or history file",
    )
    parser.add_argument(
        "--format",
        type=one_of(FORMATS),
        default="text",
        metavar="FORMAT",
        help=f"{', '.join(FORMATS)} (default: text)",
    )
    parser.add_argument(
        "--append",
        metavar="FILE",
        help="add the runs that FILE (JSON lines) does not hold yet, and show all that it then holds",
    )
    parser.add_argument(
        "--generated-at",
        metavar="RFC3339",
        help="time at which evidence is judged (default: SOURCE_DATE_EPOCH, else the clock)",
    )


def run(args: argparse.Namespace) -> int:
    """The verb."""
    now = generation_time(args.generated_at)
    entries = [one for source in args.sources for one in _entries(source, now)]
    if args.append is not None:
        entries += _append(args.append, entries)
    if not entries:
        raise UsageError("there is no run to show: name evidence directories, or a history file with entries")
    show(render(history(entries), args.format), plain=args.format != "text")
    return 0


def _entries(source: str, now: datetime) -> list[Entry]:
    """The runs that one argument stands for."""
    if os.path.isdir(source):
        sets = evidence_sets(source)
        if sets != [source]:  # a run of a series that came to nothing is shown as such
            return [_entry(read_set(path, now)) for path in sets]
    elif source.endswith(ENDING):
        return read_history(source)
    return [_entry(read_run(source, now))]


def _entry(run: Report | Proof) -> Entry:
    """One run, judged now or read from its artifact."""
    proof = proof_of(run)
    return entry(proof, run_id(proof))


def _append(path: str, entries: list[Entry]) -> list[Entry]:
    """Add what is new, in order of time; returns all that the file holds."""
    from haproof.render.history.lines import line

    lines = []
    for one in history(entries).entries:
        if all(row.path is None for row in one.slices):
            warn(f"{one.evidence_dir!r} holds no slice report that could be read: it is not appended")
        else:
            lines.append((one.run, line(one)))
    held, new = append_history(path, lines)
    warn(f"{path!r}: {new} added, {len(lines) - new} there already, {len(held)} in all")
    return held
