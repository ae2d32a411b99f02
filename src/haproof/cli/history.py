"""Show many runs over time, and keep them in a plain JSON-lines file.

Each argument is an evidence directory, a folder of evidence directories, a JSON artifact
(val26-proof-report.json), or a history file (*.jsonl). A run is its evidence: the same one is shown, and
appended, once.

Exit status 0: shown; 2: an argument cannot be used, or the history file cannot be written.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from haproof.cli.judging import generation_time
from haproof.cli.output import show, warn
from haproof.cli.parser import WIDEST, columns, one_of
from haproof.cli.runs import read_run, read_set
from haproof.cli.trust import configure_trust, trusted_of
from haproof.core.diff import proof_of
from haproof.core.foreign import Artifact
from haproof.core.history import Collector, History
from haproof.core.history_line import Line, entry, read_line
from haproof.core.report import Report
from haproof.core.trust import Trusted
from haproof.errors import UsageError
from haproof.evidence import PROOF_FOLDER, PROOF_STEM
from haproof.history_file import ENDING, HistoryFile, append_history, evidence_sets, run_id
from haproof.kinds import HOUSE
from haproof.places import refuse_signed
from haproof.render.history import FORMATS, SHOWN_RUNS, View, lines, render

NOTHING, LINES = "none", "jsonl"

Lines = Iterator[tuple[bytes, Line]]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    forms = (*FORMATS, LINES, NOTHING)
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="DIR",
        help="evidence directory, folder of them, JSON artifact or history file",
    )
    parser.add_argument(
        "--format",
        type=one_of(forms),
        default="text",
        metavar="FORMAT",
        help=f"{', '.join(forms)} (default: text)",
    )
    parser.add_argument(
        "--append",
        metavar="FILE",
        help="add the runs that FILE (JSON lines) does not hold yet, and show all that it then holds; with "
        f"--format {NOTHING} they are only added: nothing is shown, and the rest of FILE is not checked",
    )
    configure_trust(parser)
    parser.add_argument(
        "--generated-at",
        metavar="RFC3339",
        help="time at which evidence is judged (default: SOURCE_DATE_EPOCH, else the clock)",
    )


def run(args: argparse.Namespace) -> int:
    """Gather the runs, add them to the file where that is asked for, and show them."""
    now, trusted = generation_time(args.generated_at), trusted_of(args)
    if args.append is not None:
        refuse_signed(os.path.dirname(args.append) or ".", "keep the history elsewhere")
    gathered = _Gathered()
    for source in args.sources:
        gathered.take(_lines(source, now, trusted), keep=args.append is not None or args.format == LINES)
    if args.append is not None:
        _append(args.append, gathered, args.format)
    if not len(gathered.collector):
        raise UsageError("there is no run to show: name evidence directories, or a history file with entries")
    if args.format == LINES:
        show(gathered.all_lines(), plain=True)
    elif args.format != NOTHING:
        history = gathered.collector.history()
        show(render(_view(history), args.format), plain=args.format != "text")
    return 0


class _Gathered:
    """The runs so far and, where they are asked for, their lines. `empty` are those without any report."""

    def __init__(self) -> None:
        self.collector = Collector(HOUSE)
        self.kept: dict[str, bytes] = {}
        self.empty: set[str] = set()

    def take(self, runs: Lines, *, keep: bool) -> int:
        """Add runs, each once; returns how many different ones there were."""
        seen = set()
        for content, line in runs:
            seen.add(line.run)
            if self.collector.add(line) and keep:
                self.kept[line.run] = content
                if not line.judged:
                    self.empty.add(line.run)
        return len(seen)

    def all_lines(self) -> bytes:
        """Every run, oldest first, one a line."""
        runs = self.collector.history().runs
        return b"".join(lines.shown(self.kept[one.run]) + b"\n" for one in runs)


def _lines(source: str, now: datetime, trusted: Trusted) -> Lines:
    """The runs that one argument stands for."""
    if os.path.isdir(source):
        sets = evidence_sets(source, HOUSE)
        if sets != [source]:  # a run of a series that came to nothing is shown as such
            for path in sets:
                yield _line(read_set(path, now, trusted))
            return
    elif source.endswith(ENDING):
        yield from _of_file(source)
        return
    yield _line(read_run(source, now, trusted))


def _of_file(path: str) -> Lines:
    """The runs of a history file."""
    file = HistoryFile(path, HOUSE)
    yield from file
    if file.cut_off:
        warn(f"{path!r} ends with an incomplete line (an append was cut off): it is left out")


def _line(run: Report | Artifact) -> tuple[bytes, Line]:
    """One run, judged now or read from its artifact."""
    proof = proof_of(run)
    content = lines.line(entry(proof, run_id(proof)))
    unread = run.unread if isinstance(run, Artifact) else ()
    if unread:
        warn(
            f"{proof.evidence_dir!r}: a newer haproof wrote its artifact; left out, of a form unknown here: "
            f"{', '.join(unread)}"
        )
    return content, replace(read_line(content, HOUSE), unread=unread)


def _append(path: str, gathered: _Gathered, form: str) -> None:
    """Add what is new, in order of time. What is shown is read first: a damaged file is not added to."""
    wanted = []
    for one in gathered.collector.history().runs:
        if one.run in gathered.empty:
            warn(f"{one.evidence_dir!r} holds no slice report that could be read: it is not appended")
        else:
            wanted.append((one.run, gathered.kept[one.run]))
    held: int | None = None
    if form != NOTHING:
        held = gathered.take(_of_file(path), keep=form == LINES) if os.path.exists(path) else 0
    added = append_history(path, wanted, HOUSE)
    if added.cut_off:
        warn(f"{path!r}: the incomplete last line was removed")
    total = "" if held is None else f", {held + added.new} in all"
    warn(f"{path!r}: {added.new} added, {len(wanted) - added.new} there already{total}")


def _view(history: History) -> View:
    """With the pages of the runs that are listed, as far as they are there, as wide as the terminal."""
    pages = {}
    for one in history.runs[-SHOWN_RUNS:]:
        page = os.path.join(one.evidence_dir, PROOF_FOLDER, f"{PROOF_STEM}.html")
        if "\0" not in page and os.path.isfile(page):
            pages[one.run] = _address(page)
    return View(history, pages, columns() if sys.stdout and sys.stdout.isatty() else WIDEST)


def _address(path: str) -> str:
    """The address of a file, from the folder that this command runs in."""
    from urllib.parse import quote_from_bytes

    address = quote_from_bytes(os.fsencode(path))
    return address if address.startswith("/") else f"./{address}"
