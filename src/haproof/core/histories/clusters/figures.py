"""The figures of one trial, from its lines alone."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from haproof.core.histories.clusters import stored
from haproof.core.histories.clusters.lines import Line
from haproof.core.histories.clusters.reading import Read, Trial, Write
from haproof.core.histories.clusters.service import Served, Service, TrialOutcome, overlap_ms, served
from haproof.core.histories.timing import rounded
from haproof.core.histories.transactions.check import Isolation, check

CUT = "cut-"
"""How the names of faults begin that leave the old primary running where nobody may hear of it."""


class Figures(Struct, frozen=True, kw_only=True):
    """Keys as in a trial of CLUSTER; None: tried and not seen. `examples` explains anomalies, and is no
    figure."""

    outcome: TrialOutcome | None
    hold_ms: float | None
    promotion_ms: float | None
    write_gap_ms: float | None
    connect_gap_ms: float | None
    acknowledged: int
    acknowledged_before_fault: int
    acknowledged_local: int
    refused: int
    unknown: int
    unknown_present: int | None
    lost: int | None
    lost_by_member: dict[str, int] | None
    duplicated: int | None
    phantom: int | None
    reads_back: int
    overlap_ms: float | None
    isolated_acknowledged: int | None
    demotion_ms: float | None
    old_primary: str | None
    new_primary: str | None
    timeline_before: int | None
    timeline_after: int | None
    read_write_members_at_end: int
    members_equal: bool
    served: list[Served]
    anomalies: dict[str, int]
    examples: dict[str, tuple[str, ...]]


def figures(
    trial: Trial, *, mode: str, members: int, local_writers: int, clock_bound_ms: float | None = 0.0
) -> Figures:
    """What a trial shows.

    A write is a row, or a transaction that appends. In mode `async` what is lost is counted as lost, and not
    once more as a read that goes back or an anomaly. Without a writer on every member's host nobody knows
    whether two servers acknowledged writes at once; nor where writers' clocks are not known (`clock_bound_ms`
    None). An overlap that is not longer than they are known to is none. Raises ValueError for a list that
    cannot be one.
    """
    service, final = Service.of(trial), stored.authority(trial.finals)
    isolation = check(
        trial.transactions,
        None if final is None else stored.lists(final),
        forgive=mode == "async",
        timeline=None if final is None else final.timeline,
    )
    lost = None if final is None else _lost(trial, isolation, stored.compare(trial, final))
    return Figures(
        **_of_service(trial, service),
        **_of_classes(trial, service),
        **_of_the_end(trial, isolation, final, mode),
        served=served(service.acknowledged, service.begin_ms or 0, lost),
        overlap_ms=_overlap(service, clock_bound_ms if local_writers >= members else None),
        timeline_after=None if final is None else final.timeline,
        read_write_members_at_end=sum(line.read_write is True for line in trial.finals),
        members_equal=stored.equal(trial.finals, members),
        anomalies=isolation.anomalies,
        examples=isolation.examples,
    )


def bound(recorded: float | UnsetType | None) -> float | None:
    """A trial's `clock_bound_ms` as `figures` takes it: where none is recorded all clients had one clock."""
    return 0.0 if recorded is UNSET else recorded


def _overlap(service: Service, clock_bound_ms: float | None) -> float | None:
    if clock_bound_ms is None:
        return None
    found = overlap_ms(service.acknowledged)
    return found if found > clock_bound_ms else 0.0


def _of_service(trial: Trial, service: Service) -> dict[str, Any]:
    """Who served when."""
    tried, promoted = trial.fault is not None, service.promoted()
    isolated = service.on_isolated() if trial.series.startswith(CUT) else None
    demoted = bool(isolated) and promoted is not None
    held = tried and trial.heal is not None
    return {
        "outcome": service.outcome() if tried else None,
        "hold_ms": rounded(service.heal_ms - (service.begin_ms or 0)) if held else None,
        "promotion_ms": service.promotion_ms() if tried else None,
        "write_gap_ms": service.gap_ms("pooled"),
        "connect_gap_ms": service.gap_ms("connect"),
        "isolated_acknowledged": None if isolated is None else len(isolated),
        "demotion_ms": rounded(isolated[-1].done_ms - (service.begin_ms or 0))
        if demoted and isolated
        else None,
        "old_primary": service.old_primary,
        "new_primary": promoted.member if tried and promoted is not None else None,
        "timeline_before": service.timeline,
    }


def _of_classes(trial: Trial, service: Service) -> dict[str, Any]:
    """How many writes ended how. A transaction that the server asked to repeat was not refused."""
    ends = Counter(write.outcome for write in trial.writes())
    return {
        "acknowledged": ends["acknowledged"],
        "acknowledged_before_fault": service.before_fault(),
        "acknowledged_local": ends["local"],
        "refused": ends["refused"] - trial.retried,
        "unknown": ends["unknown"],
    }


def _of_the_end(trial: Trial, isolation: Isolation, final: Line | None, mode: str) -> dict[str, Any]:
    """What is there of all that; only reads are judged where no server takes writes at the end."""
    promised = {place for place, row in enumerate(trial.rows) if row.outcome == "acknowledged"}
    if final is None:
        keys = ("lost", "lost_by_member", "unknown_present", "duplicated", "phantom")
        return dict.fromkeys(keys) | {"reads_back": _going_back(trial.reads, promised)}
    rows = stored.compare(trial, final)
    lost = _lost(trial, isolation, rows)
    if mode == "async":
        promised -= {trial.places[row.id] for row in rows.lost}
    return {
        "lost": len(lost),
        "lost_by_member": stored.by_member(lost),
        "unknown_present": rows.unknown_present + isolation.kept_unknown,
        "duplicated": rows.duplicated + isolation.duplicated,
        "phantom": rows.phantom + isolation.phantom,
        "reads_back": _going_back(trial.reads, promised),
    }


def _lost(trial: Trial, isolation: Isolation, rows: stored.Stored) -> list[Write]:
    """Every acknowledged row and transaction that is not there at the end."""
    return [*rows.lost, *(trial.transactions.all[number] for number in isolation.lost)]


def _going_back(reads: Sequence[Read], promised: Collection[int]) -> int:
    """How many reads miss a row that is promised and that a read which had ended before returned.

    `promised` are places of acknowledged rows. Two reads that overlap in time are in no order.
    """
    ended = sorted(reads, key=lambda read: read.done_ms)
    known: set[int] = set()
    place = found = 0
    kept = set(promised)
    for read in sorted(reads, key=lambda read: read.sent_ms):
        while place < len(ended) and ended[place].done_ms < read.sent_ms:
            known.update(row for row in ended[place].rows if row in kept)
            place += 1
        found += not known.issubset(read.rows)
    return found
