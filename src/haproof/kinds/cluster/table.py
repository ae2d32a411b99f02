"""The matrix of faults as rows: what was expected and what happened, one row for each fault, worst trial."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from haproof.core.figures import longest
from haproof.kinds.cluster.faults import FAULTS
from haproof.kinds.cluster.record import ClusterMetrics
from haproof.kinds.cluster.trial import Trial


class FaultRow(Struct, frozen=True, kw_only=True):
    """One fault: of several trials the worst of each figure. `reason` is why it was not tried.

    `outcomes` and `rejoins` are those that were seen, in the order of the trials, each once; gaps and
    `overlap_ms` in milliseconds, None where a trial could not measure it.
    """

    fault: str
    trials: int
    expected: str | None
    outcomes: tuple[str | None, ...]
    as_expected: bool
    write_gap_ms: float | None
    connect_gap_ms: float | None
    lost: int | None
    overlap_ms: float | None
    second_primary: bool
    rejoins: tuple[str, ...]
    reason: str | None = None


def fault_rows(metrics: ClusterMetrics) -> list[FaultRow]:
    """One row for each of the fifteen faults, in the order of the contract."""
    reasons = {entry.fault: entry.reason for entry in metrics.not_tried}
    rows = []
    for fault in FAULTS:
        tried = [trial for trial in metrics.trials if trial.fault == fault]
        rows.append(_row(fault, tried) if tried else _not_tried(fault, reasons.get(fault, "")))
    return rows


def _rejoin(trial: Trial) -> str:
    """How the old primary came back, if anybody took its place."""
    return trial.rejoin or ("not recorded" if trial.outcome == "fails over" else "did not leave")


def _row(fault: str, trials: Sequence[Trial]) -> FaultRow:
    outcomes = tuple(dict.fromkeys(trial.outcome for trial in trials))
    return FaultRow(
        fault=fault,
        trials=len(trials),
        expected=trials[0].expected,
        outcomes=outcomes,
        as_expected=all(trial.outcome is not None and trial.outcome == trial.expected for trial in trials),
        write_gap_ms=_worst(trial.write_gap_ms for trial in trials),
        connect_gap_ms=_worst(trial.connect_gap_ms for trial in trials),
        lost=_worst(trial.lost for trial in trials),
        overlap_ms=_worst(trial.overlap_ms for trial in trials),
        second_primary=any((trial.read_write_members_at_end or 0) > 1 for trial in trials),
        rejoins=tuple(dict.fromkeys(map(_rejoin, trials))),
    )


def _not_tried(fault: str, reason: str) -> FaultRow:
    return FaultRow(
        fault=fault, trials=0, expected=None, outcomes=(), as_expected=False, write_gap_ms=None,
        connect_gap_ms=None, lost=None, overlap_ms=None, second_primary=False, rejoins=(), reason=reason,
    )  # fmt: skip


def _worst(values: Iterable[Any]) -> Any:
    """The largest; None where one of them is not known."""
    known = list(values)
    return None if any(value is None for value in known) else max(known)


COLUMNS = (
    "Fault", "Expected", "Happened", "Gap (open connections)", "Gap (new connections)", "Rows lost",
    "Two primaries", "Old primary",
)  # fmt: skip


def cells(row: FaultRow) -> tuple[str, ...]:
    """A row in words, one for each column."""
    if not row.trials:
        return (row.fault, "", f"not tried: {row.reason}", "", "", "", "", "")
    name = row.fault if row.trials == 1 else f"{row.fault} ({row.trials} trials)"
    happened = " or ".join(outcome or "nobody served" for outcome in row.outcomes)
    return (
        name,
        row.expected or "not declared",
        happened if row.as_expected else f"{happened} (not as expected)",
        gap(row.write_gap_ms),
        gap(row.connect_gap_ms),
        "unknown" if row.lost is None else f"{row.lost:,}",
        two_primaries(row),
        " or ".join(row.rejoins),
    )


def gap(value: float | None) -> str:
    """`52 ms`, `20.3 s`: the longest of several, for people."""
    return "not measured" if value is None else longest(value)


def two_primaries(row: FaultRow) -> str:
    """How long two servers acknowledged writes, and whether two take writes at the end."""
    if row.overlap_ms is None:
        shown = "not measured"
    else:
        shown = gap(row.overlap_ms) if row.overlap_ms > 0 else "never"
    return f"{shown}; two at the end" if row.second_primary else shown


def explaining(settings: Any) -> list[tuple[str, str]]:
    """The settings that explain the outcomes: the manager's, then PostgreSQL's, as they were read back."""
    found: list[tuple[str, str]] = []
    for group in ("manager", "server"):
        named = settings.get(group) if isinstance(settings, dict) else None
        if isinstance(named, dict):
            found += [(str(name), _word(value)) for name, value in named.items()]
    return found


def _word(value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if value != "" else "empty"
