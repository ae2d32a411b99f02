"""RECOVERY's view: one table of its faults, in every format."""

from collections.abc import Iterator, Sequence
from typing import Any

from haproof.core.figures import longest
from haproof.core.model import SliceResult
from haproof.core.phrases import phrases
from haproof.core.report import Report
from haproof.kinds.recovery.record import FAULTS, RecoveryMetrics, RecoveryRecord, Trial
from haproof.render.document.blocks import Column, Row, Table
from haproof.render.document.plain.figures import Metrics
from haproof.render.document.plain.lines import Line, Lines
from haproof.render.views import View

COLUMNS = (
    "Fault", "Accepting again after", "Database promoted after", "Synchronous replica after", "Rows lost",
    "Epoch", "Two nodes accepting", "Nodes back",
)  # fmt: skip


def rows(metrics: RecoveryMetrics) -> Iterator[tuple[str, ...]]:
    """One row for each fault that was tried, in the order of the contract: of several trials the worst."""
    for fault in FAULTS:
        tried = [trial for trial in metrics.trials if trial.fault == fault]
        if tried:
            yield _row(fault, tried)


def _row(fault: str, tried: Sequence[Trial]) -> tuple[str, ...]:
    return (
        fault if len(tried) == 1 else f"{fault} ({len(tried)} trials)",
        _worst(tried, "accepting_ms", "not measured"),
        _worst(tried, "promotion_ms", ""),
        _worst(tried, "sync_ready_ms", ""),
        _count(tried, "lost"),
        ", ".join(f"{_known(one.epoch_before)} to {_known(one.epoch_after)}" for one in tried),
        "never"
        if all(one.two_accepting_ms == 0 for one in tried)
        else _worst(tried, "two_accepting_ms", "unknown"),
        _least(tried),
    )


def _worst(tried: Sequence[Trial], name: str, without: str) -> str:
    """The longest; `without` where one of them is not known."""
    values: list[Any] = [getattr(trial, name) for trial in tried]
    if any(value is None for value in values):
        return without
    return longest(max(values))


def _count(tried: Sequence[Trial], name: str) -> str:
    values: list[Any] = [getattr(trial, name) for trial in tried]
    return "unknown" if any(value is None for value in values) else f"{max(values):,}"


def _least(tried: Sequence[Trial]) -> str:
    values = [trial.nodes_rejoined for trial in tried]
    return _known(None if None in values else min(value for value in values if value is not None))


def _known(value: int | None) -> str:
    return "unknown" if value is None else str(value)


def tables(report: Report, result: SliceResult) -> Iterator[Table]:
    """The faults, one row each."""
    record = result.source.record
    if isinstance(record, RecoveryRecord):
        metrics = record.metrics
        bound = "" if metrics.lock_bound_ms is None else f", lock bound {metrics.lock_bound_ms:g} ms"
        yield Table(
            key="recovery-faults",
            caption=f"How the control plane came back ({metrics.mode}{bound}; of several trials the worst)",
            columns=tuple(Column(title) for title in COLUMNS),
            rows=tuple(Row(row) for row in rows(metrics)),
            heads="names",
            stacked=True,
        )


def lines(report: Report, result: SliceResult, metrics: Metrics) -> Lines:
    """The text report: a line for each fault, then each check that fails and why."""
    for table in tables(report, result):
        yield Line(f"{table.caption}:", 1)
        titles = [column.title.lower() for column in table.columns]
        for row in table.rows:
            fault, *cells = (str(cell) for cell in row.cells)
            pairs = zip(titles[1:], cells, strict=True)
            said = "; ".join(f"{title} {cell}" for title, cell in pairs if cell)
            yield Line(f"{fault}: {said}", 2)
    for check in result.checks:
        if not check.passed:
            yield Line(f"{check.check.id} FAIL {check.check.title}", 1)
            yield from (Line(words, 2) for words in phrases(check.broken))


VIEW = View(
    title="Control plane on a PostgreSQL HA cluster",
    proves="The control plane comes back after its database is promoted, and loses nothing meanwhile",
    tables=tables,
    lines=lines,
)
