"""What the report does not prove: the gaps of seed §1, and what this run adds."""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import UNSET, Struct

from haproof.core.figures import shown
from haproof.core.model import Contradiction, Risk, SliceResult, Window
from haproof.core.strength import TITLE, strength, summary
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
    slices: Sequence[SliceResult], window: Window, contradictions: Sequence[Contradiction]
) -> tuple[Risk, ...]:
    """The standing gaps, then what this run adds."""
    added = [*_missing(slices), *_contradicted(contradictions), *_incoherent(slices, window)]
    added += [*_environments(slices), *_not_the_worst(slices), *_single_trials(slices), *_strength(slices)]
    numbered = [
        Risk(id=f"RUN-{n}", title=title, state="OPEN", detail=detail, closed_by=closed_by)
        for n, (title, detail, closed_by) in enumerate(added, 1)
    ]
    return tuple([_gap(slices, gap) for gap in GAPS] + numbered)


def _gap(slices: Sequence[SliceResult], gap: Gap) -> Risk:
    """One standing gap; MEASURED where this evidence carries its figure."""
    value = figure(slices, gap.slice, gap.metric) if gap.slice else None
    state: Literal["OPEN", "MEASURED"] = "OPEN" if value is None else "MEASURED"
    unit = " ms" if gap.metric.endswith("_ms") else ""
    measured = "" if value is None else f" Measured here: {gap.metric} = {shown(value)}{unit} ({gap.slice})."
    return Risk(id=gap.id, title=gap.title, state=state, detail=gap.why + measured, closed_by=gap.closed_by)


Added = tuple[str, str, str]


def _missing(slices: Sequence[SliceResult]) -> list[Added]:
    return [
        (
            f"{result.id} {result.source.slice.name} has no evidence",
            f"Nothing can be said about it. {result.source.path}: {result.source.fault}",
            f"A valid {result.source.path} of the same run",
        )
        for result in slices
        if not result.found
    ]


def _contradicted(contradictions: Sequence[Contradiction]) -> list[Added]:
    return [
        (
            f"{entry.subject} is contradicted by its own figures",
            f"The producer reports PASS, but {entry.detail}. The producer's other words deserve doubt.",
            f"A producer of {entry.slice} whose checks agree with its figures",
        )
        for entry in contradictions
    ]


def _incoherent(slices: Sequence[SliceResult], window: Window) -> list[Added]:
    if window.coherent or not any(result.found for result in slices):
        return []
    return [
        (
            "The evidence is not of one coherent run",
            f"Reports of different runs do not add up to one claim: {window.detail}.",
            "Five reports of one lab run",
        )
    ]


def _environments(slices: Sequence[SliceResult]) -> list[Added]:
    labels = differing(slices)
    if not labels:
        return []
    return [
        (
            "The slices describe different environments",
            f"They disagree on: {', '.join(labels)}. A claim holds only for what was tested.",
            "All five slices run against one system in one environment",
        )
    ]


def _not_the_worst(slices: Sequence[SliceResult]) -> list[Added]:
    said = []
    for slice_id, single, trials in REPEATED:
        value, series = figure(slices, slice_id, single), figure(slices, slice_id, trials)
        if not series:
            continue
        worst = None if None in series else max(series)
        if worst != value:
            said.append(f"{single} is {shown(value)}, the worst of {trials} is {shown(worst)}")
    if not said:
        return []
    return [
        (
            "A single figure is not the worst of its trials",
            f"Each is judged by its own limit, but they should agree: {'; '.join(said)}.",
            "A producer that reports the worst trial as the single figure",
        )
    ]


def _single_trials(slices: Sequence[SliceResult]) -> list[Added]:
    single = [
        name
        for slice_id, name, trials in REPEATED
        if figure(slices, slice_id, name) is not None and len(figure(slices, slice_id, trials) or ()) < 2
    ]
    single += [name for name in ("backup_ms", "restore_ms") if figure(slices, "VAL15", name) is not None]
    if not single:
        return []
    return [
        (
            "Single trials",
            (
                f"Each of these rests on one trial: {', '.join(single)}. One clean trial bounds the failure "
                "probability only below 95 % (at 95 % confidence)."
            ),
            "More trials of the same kind (haproof lab run --trials N for failovers)",
        )
    ]


def _strength(slices: Sequence[SliceResult]) -> list[Added]:
    said = summary(strength(slices))
    if not said:
        return []
    return [
        (
            TITLE,
            said,
            (
                "59 clean trials of one kind bound a failure probability below 5 %, 299 below 1 % "
                "(haproof lab run --trials N)"
            ),
        )
    ]
