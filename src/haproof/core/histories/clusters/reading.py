"""The lines of one trial, put together: what was sent, how it ended, what was there at the end."""

from array import array
from collections.abc import Iterable, Iterator
from math import inf

from msgspec import Struct, field

from haproof.core.histories.clusters.lines import Line, ids, read
from haproof.core.histories.codec import Malformed
from haproof.core.histories.transactions.recorder import Transactions
from haproof.core.histories.transactions.transaction import Transaction, steps
from haproof.core.histories.writes import WriteClass

CONTROL = "control"
"""The trial without a fault."""

CANCELLED_WAIT = ("01000", "57P01")
"""SQLSTATEs of the warnings with which PostgreSQL acknowledges a commit although its wait for a standby was
cancelled (syncrep.c: the first on a cancel, the second when the session is ended)."""

RETRY = "40"
"""Class of SQLSTATEs by which a server asks to repeat a transaction: no refusal."""


class Row(Struct, gc=False, kw_only=True):
    """One row that was sent, and its end; times are milliseconds of the history's clock, `done_ms` infinite
    where no answer came."""

    client: str
    id: str
    sent_ms: float
    via: str | None = None
    outcome: WriteClass = "unknown"
    done_ms: float = inf
    member: str | None = None
    timeline: int | None = None


class Read(Struct, gc=False):
    """One answered read: the rows that it returned, by their place in `Trial.rows`."""

    sent_ms: float
    done_ms: float
    rows: "array[int]"


Write = Row | Transaction
"""What a server may acknowledge: a row, or a transaction that appends."""


class Trial(Struct, kw_only=True):
    """All lines of one trial. `strange` are ids that a read returned and nobody sent; `retried` counts
    transactions that the server asked to repeat."""

    name: str
    fault: Line | None = None
    heal: Line | None = None
    end: Line | None = None
    rows: list[Row] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)
    transactions: Transactions = field(default_factory=Transactions)
    finals: list[Line] = field(default_factory=list)
    strange: set[str] = field(default_factory=set)
    retried: int = 0
    last_ms: float = 0.0

    @property
    def series(self) -> str:
        """The fault's name, without the number of the trial."""
        return self.name.rpartition("-")[0] or self.name

    @property
    def end_ms(self) -> float:
        """The end; the last line's time where none is marked."""
        return self.last_ms if self.end is None else self.end.t_ms

    def writes(self) -> Iterator[Write]:
        """Every row and every transaction that appends."""
        yield from self.rows
        yield from (one for one in self.transactions.all if one.appends)


def trials(lines: Iterable[bytes]) -> Iterator[Trial]:
    """One trial after the other; only one is held at a time. Raises Malformed."""
    reader: _Reader | None = None
    ended: set[str] = set()
    for number, line in read(lines):
        if reader is None or line.trial != reader.trial.name:
            if reader is not None:
                ended.add(reader.trial.name)
                yield reader.trial
            if line.trial in ended:
                raise Malformed(number, f"trial {line.trial!r} goes on after another has begun")
            reader = _Reader(Trial(name=line.trial))
        try:
            reader.take(line)
        except ValueError as fault:
            raise Malformed(number, str(fault)) from None
    if reader is not None:
        yield reader.trial


class _Reader:
    """Takes the lines of one trial. Every method raises ValueError for a line that cannot be there."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self._open: dict[tuple[str | None, str | None, str | None], tuple[int, float]] = {}

    def take(self, line: Line) -> None:
        """One more line."""
        trial, kind = self.trial, line.kind
        if line.t_ms > trial.last_ms:
            trial.last_ms = line.t_ms
        if kind == "invoke":
            self._begin(line)
        elif kind == "final":
            if any(one.member == line.member for one in trial.finals):
                raise ValueError(f"the table of {line.member!r} is there twice")
            trial.finals.append(line)
        elif kind in ("fault", "heal", "end"):
            self._mark(line)
        else:
            self._end(line)

    def _mark(self, line: Line) -> None:
        trial = self.trial
        if getattr(trial, line.kind) is not None:
            raise ValueError(f"{line.kind} is there twice in trial {trial.name!r}")
        before = [mark.t_ms for mark in (trial.fault, trial.heal) if mark is not None]
        if line.kind == "heal" and trial.fault is None:
            raise ValueError("heal without a fault")
        if before and line.t_ms < max(before):
            raise ValueError(f"{line.kind} is earlier than the mark before it")
        setattr(trial, line.kind, line)

    def _begin(self, line: Line) -> None:
        trial = self.trial
        client, id_ = line.client or "", line.id or ""
        key = (line.op, client, id_)
        if key in self._open:
            raise ValueError(f"begins {id_!r} again, which has not ended")
        number = 0
        if line.op == "insert":
            number = len(trial.rows)
            if trial.places.setdefault(id_, number) != number:
                raise ValueError(f"row {id_!r} is sent twice")
            trial.rows.append(Row(client=client, id=id_, sent_ms=line.t_ms, via=line.via))
        elif line.op == "txn":
            number = trial.transactions.begin(steps(line.value), client, id_, line.t_ms, line.via)
        self._open[key] = (number, line.t_ms)

    def _end(self, line: Line) -> None:
        trial = self.trial
        begun = self._open.pop((line.op, line.client, line.id), None)
        if begun is None:
            raise ValueError(f"ends {line.id!r}, which was never begun")
        number, sent_ms = begun
        if line.t_ms < sent_ms:
            raise ValueError(f"ends {line.id!r} before it was sent")
        if line.op == "read":
            if line.kind == "ok":
                trial.reads.append(Read(sent_ms, line.t_ms, self._rows(line)))
            return
        if line.kind == "unknown":
            return
        outcome = _outcome(line)
        if line.op == "insert":
            row = trial.rows[number]
            row.outcome, row.done_ms = outcome, line.t_ms
            row.member, row.timeline = line.member, line.timeline
            return
        if line.kind == "ok":
            trial.transactions.answered(number, steps(line.value))
        elif (line.sqlstate or "").startswith(RETRY):
            trial.retried += bool(trial.transactions.all[number].appends)
        trial.transactions.end(number, outcome, line.t_ms, line.member, line.timeline)

    def _rows(self, line: Line) -> "array[int]":
        """What a read returned, as places of rows."""
        found, places = array("I"), self.trial.places
        for id_ in ids(line.value):
            place = places.get(id_)
            if place is None:
                self.trial.strange.add(id_)
            else:
                found.append(place)
        return found


def _outcome(line: Line) -> WriteClass:
    """What the answer promises. A commit that no standby confirmed since its wait was cancelled: nothing."""
    if line.kind == "fail":
        return "refused"
    if line.warnings and any(warning.startswith(CANCELLED_WAIT) for warning in line.warnings):
        return "local"
    return "acknowledged"
