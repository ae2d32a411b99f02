"""What the report does not prove: the gaps of seed §1, and what this run adds.

An id means the same in every run, so that a ticket can cite it; what a run adds has ids of the form RUN-….
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from msgspec import UNSET, Struct

from haproof.core.figures import shown
from haproof.core.instant import format_instant
from haproof.core.model import Contradiction, Reason, Risk, SliceResult
from haproof.core.strength import TITLE, single_runs, strength, summary
from haproof.core.topology import differing


class Gap(Struct, frozen=True):
    """Something outside the scope of VAL13-VAL17. `slice` and `metric` name what may measure it anyway."""

    id: str
    title: str
    why: str
    closed_by: str
    slice: str = ""
    metric: str = ""


GAPS = (
    Gap(
        "GAP-1",
        "30-day HA durability soak",
        "Minutes of testing say nothing about leaks, drift and rare races that take days to show.",
        "VAL18: 30 days with >= 3 scheduled failovers, reported and judged",
    ),
    Gap(
        "GAP-2",
        "Streaming-replication promotion failover",
        "When PostgreSQL's primary is lost, a standby must become primary; these slices never do that.",
        "A slice that promotes a standby under a real PostgreSQL HA configuration",
    ),
    Gap(
        "GAP-3",
        "Real network partitions",
        "All faults here end or stop processes; a partition leaves both sides alive and apart.",
        "A slice that cuts links (network namespaces, iptables or tc) with writers on both sides",
    ),
    Gap(
        "GAP-4",
        "Concurrent-under-kill write requests",
        "Many clients writing at the moment of a kill may meet races that one writer does not.",
        "A slice with many concurrent writers through each kill, every outcome accounted for",
    ),
    Gap(
        "GAP-5",
        "apply_lag measurement",
        "write_lag says that the standby received the data, not that a reader there can see it.",
        "replay_lag measured beside write_lag (replay_p95_ms in VAL14)",
        "VAL14",
        "replay_p95_ms",
    ),
    Gap(
        "GAP-6",
        "PITR / WAL-based backup",
        "VAL15 restores a dump: everything written after it is gone.",
        "A slice that restores to a point in time from archived WAL",
    ),
    Gap(
        "GAP-7",
        "Multi-AZ or multi-region topology",
        "One machine or region fails as one; latencies between zones change every timing here.",
        "The same slices across zones, with their latencies recorded",
    ),
    Gap(
        "GAP-8",
        "Write-gate HTTP endpoint rejection test",
        "A status field that says writes are blocked is not a write that was refused.",
        "A protected write sent over HTTP during the loss (protected_write_refused in VAL17)",
        "VAL17",
        "protected_write_refused",
    ),
)
"""The eight out-of-scope items of seed §1, in its order."""

REPEATED = (
    ("VAL13", "sigterm_failover_ms", "sigterm_trials_ms"),
    ("VAL13", "sigkill_failover_ms", "sigkill_trials_ms"),
    ("VAL17", "loss_detection_ms", "loss_detection_trials_ms"),
    ("VAL17", "recovery_ms", "recovery_trials_ms"),
)
"""Slice, single figure, and the array of its trials."""


def figure(slices: Sequence[SliceResult], slice_id: str, name: str) -> Any:
    """A slice's metric; None where the slice is MISSING, the key absent, or the value null."""
    result = next(result for result in slices if result.id == slice_id)
    value = getattr(result.source.record.metrics, name) if result.found else None
    return None if value is UNSET else value


def all_risks(
    slices: Sequence[SliceResult],
    contradictions: Sequence[Contradiction],
    reasons: Sequence[Reason],
) -> tuple[Risk, ...]:
    """The standing gaps, then what this run adds; a contradiction in the words of the reason that it is."""
    return (
        *(_gap(slices, gap) for gap in GAPS),
        *_missing(slices),
        *_contradicted(contradictions, reasons),
        *_incoherent(reasons),
        *_environments(slices),
        *_runs(slices),
        *_clocks(slices),
        *_not_the_worst(slices),
        *_strength(slices),
        *_single(slices),
    )


def _gap(slices: Sequence[SliceResult], gap: Gap) -> Risk:
    """One standing gap; MEASURED where this evidence has its figure."""
    value = figure(slices, gap.slice, gap.metric) if gap.slice else None
    state: Literal["OPEN", "MEASURED"] = "OPEN" if value is None else "MEASURED"
    unit = " ms" if gap.metric.endswith("_ms") else ""
    measured = "" if value is None else f" Measured here: {gap.metric} = {shown(value)}{unit} ({gap.slice})."
    return Risk(id=gap.id, title=gap.title, state=state, detail=gap.why + measured, closed_by=gap.closed_by)


def _added(subject: str, title: str, detail: str, closed_by: str) -> Risk:
    """A risk of this run."""
    return Risk(id=f"RUN-{subject}", title=title, state="OPEN", detail=detail, closed_by=closed_by)


def _missing(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    for result in slices:
        if not result.found:
            yield _added(
                f"MISSING-{result.id}",
                f"{result.id} {result.source.slice.name} has no evidence",
                f"Nothing can be said about it. {result.source.path}: {result.source.fault}",
                f"A valid {result.source.path} of the same run",
            )


def _contradicted(contradictions: Sequence[Contradiction], reasons: Sequence[Reason]) -> Iterator[Risk]:
    """One for each subject, however many figures contradict it."""
    details: dict[str, list[str]] = {}
    owners = {entry.subject: entry.slice for entry in contradictions}
    for entry in contradictions:
        details.setdefault(entry.subject, []).append(entry.said(reasons))
    for subject, said in details.items():
        yield _added(
            f"CONTRADICTION-{subject}",
            f"{subject} is contradicted by its own figures",
            f"{'; '.join(said)}. Treat this producer's other results with caution.",
            f"Fix the {owners[subject]} producer and run again",
        )


def _incoherent(reasons: Sequence[Reason]) -> Iterator[Risk]:
    """One, however many faults of the window there are, in the words of the reasons."""
    found = [reason for reason in reasons if reason.severity == "incoherent"]
    if found:
        said = "; ".join(reason.sentence for reason in found)
        yield _added(
            "WINDOW",
            "The evidence window is not coherent",
            f"Results that were not taken together, or long ago, do not add up to one claim. {said}.",
            "; ".join(reason.next for reason in found),
        )


def _environments(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    labels = differing(slices)
    if labels:
        yield _added(
            "ENVIRONMENT",
            "The slices describe different environments",
            f"They disagree on: {', '.join(labels)}. A claim applies only to what was tested.",
            "All five slices run against one system in one environment",
        )


def _runs(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    """Reports that name different runs, within the window or not."""
    named = [(result.id, result.source.record.run_id) for result in slices if result.found]
    runs = list(dict.fromkeys(run for _, run in named if run is not None))
    if len(runs) > 1:
        said = [f"{', '.join(owner for owner, name in named if name == run)}: {shown(run)}" for run in runs]
        yield _added(
            "RUNS",
            "The reports name different runs",
            f"They may be of different builds or states of the system. {'; '.join(said)}.",
            "Five reports of one lab run (the same run_id)",
        )


def _clocks(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    """Reports that began after they were written: the clock was set back between the two."""
    said = []
    for result in slices:
        record = result.source.record
        if record is not None and record.started_at and record.started_at > record.generated_at:
            times = format_instant(record.started_at), format_instant(record.generated_at)
            said.append(f"{result.id} started at {times[0]}, after it was generated at {times[1]}")
    if said:
        yield _added(
            "CLOCK",
            "A clock was set back while the evidence was made",
            f"Its timestamps, and durations taken from them, are in doubt: {'; '.join(said)}.",
            "A run on a machine whose clock is not changed",
        )


def _not_the_worst(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    said = []
    for slice_id, single, trials in REPEATED:
        value, series = figure(slices, slice_id, single), figure(slices, slice_id, trials)
        if not series:
            continue
        worst = None if None in series else max(series)
        if worst != value:
            limit = _limit(slices, slice_id, single)
            words = f"{single} is {shown(value, limit)}, the worst of {trials} is {shown(worst, limit)}"
            said.append(words)
    if said:
        yield _added(
            "WORST",
            "A single figure is not the worst of its trials",
            f"Each is judged by its own limit, but they should agree: {'; '.join(said)}.",
            "A producer that reports the worst trial as the single figure",
        )


def _limit(slices: Sequence[SliceResult], slice_id: str, name: str) -> object:
    """What a figure is held against, so that it is not rounded across it."""
    result = next(result for result in slices if result.id == slice_id)
    found = (finding for check in result.checks for finding in check.findings if finding.name == name)
    return next((finding.limit for finding in found), None)


def _strength(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    said = summary(strength(slices))
    if said:
        yield _added(
            "STRENGTH",
            TITLE,
            said,
            "59 passing trials of one kind bound a failure probability below 5 %, 299 below 1 % "
            "(haproof lab run --trials N)",
        )


def _single(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    """One list of everything that was tried once."""
    said = single_runs(strength(slices))
    if said:
        yield _added(
            "SINGLE",
            "Claims based on a single run",
            said,
            "More trials of the same kind (haproof lab run --trials N for failovers)",
        )
