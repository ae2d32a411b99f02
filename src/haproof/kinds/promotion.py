"""GA-2: a standby is promoted and the control plane recovers, as CLUSTER and RECOVERY show it together."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from haproof.core.bounds import failure_bound
from haproof.core.figures import cut
from haproof.core.judged import Judged
from haproof.core.level import Held, Requirement, aged, met_until, not_current
from haproof.core.model import SliceResult
from haproof.core.strength import percent

if TYPE_CHECKING:
    from haproof.kinds.cluster.record import ClusterMetrics

REPEATED = ("host-kill", "cut-full", "manager-kill")
FEWEST = 5
"""Trials of each of these, at least (evidence contract, GA-2)."""

BEYOND = "not among the evidence of VAL13-VAL17"
"""Where nothing of it is there."""

CLUSTER, RECOVERY, FAILOVER = "CLUSTER", "RECOVERY", "VAL13"
BOTH = (CLUSTER, RECOVERY)


def promotion_is_proved(requirement_id: str, text: str) -> Requirement:
    """CLUSTER and RECOVERY pass, synchronous, of one cluster and one control plane, with enough trials."""

    def judge(judged: Judged) -> Held:
        found = {name: judged.kind(name) for name in BOTH}
        if not any(found.values()):
            return Held("NO EVIDENCE", BEYOND, BOTH, BOTH)
        each = {name: list(_against(name, result, judged)) for name, result in found.items()}
        others = list(_of_others(found[CLUSTER], found[RECOVERY], judged))
        bad = {name for name, result in found.items() if each[name] or _not_there(result)}
        unknown = _not_there(found[CLUSTER]) or _system(found[CLUSTER]) is None
        bad |= {RECOVERY} if others or unknown else set()
        bad |= {*_nameless(found[CLUSTER], found[RECOVERY], judged)}
        again = tuple(name for name in (*BOTH, FAILOVER) if name in bad)
        against = [why for said in each.values() for why in said]
        if not against:
            against = others
        if against:
            return Held("NOT MET", "; ".join(against), BOTH, again)
        missing = [
            f"{name} not found" if result is None else f"{name} MISSING ({result.why_missing})"
            for name, result in found.items()
            if result is None or result.status == "MISSING"
        ]
        missing = missing or list(_unnamed(found[CLUSTER], found[RECOVERY], judged))
        if missing:
            return Held("NO EVIDENCE", "; ".join(missing), BOTH, again)
        results = [result for result in found.values() if result is not None]
        ends = [until for result in results if (until := met_until(result)) is not None]
        detail = _bounds(found[CLUSTER], aged(judged, *results))
        return Held("MET", detail, BOTH, until=min(ends, default=None))

    return Requirement(id=requirement_id, text=text, judge=judge)


def _not_there(result: SliceResult | None) -> bool:
    return result is None or result.status == "MISSING"


def _against(name: str, result: SliceResult | None, judged: Judged) -> Iterator[str]:
    """What one of the two says against it; nothing where it is not there."""
    if result is None or result.status == "MISSING":
        return
    record: Any = result.source.record
    if result.status == "FAIL":
        failed = ", ".join(check.check.id for check in result.checks if not check.passed)
        yield f"{name} FAIL ({failed})" if failed else f"{name} FAIL"
    if record.metrics.mode != "sync":
        yield f"{name} was measured asynchronous"
    stale = not_current(result, judged.generated_at)
    if stale is not None:
        yield stale.detail
    if name == CLUSTER:
        yield from _too_few(record.metrics)


def _too_few(metrics: "ClusterMetrics") -> Iterator[str]:
    """Too few trials of the faults that count, or some in which two primaries are not excluded."""
    counted: Counter[str | None] = Counter(trial.fault for trial in metrics.trials)
    few = [f"{fault} {counted[fault]} of {FEWEST}" for fault in REPEATED if counted[fault] < FEWEST]
    if few:
        yield f"too few trials: {', '.join(few)}"
    if any(trial.overlap_ms is None for trial in metrics.trials if trial.fault in REPEATED):
        yield "two primaries are not excluded: overlap_ms was not measured"


def _of_others(cluster: SliceResult | None, recovery: SliceResult | None, judged: Judged) -> Iterator[str]:
    """Whether the two are of one cluster, and RECOVERY of the control plane that VAL13 measured."""
    if cluster is None or recovery is None or recovery.status == "MISSING" or cluster.status == "MISSING":
        return
    record: Any = recovery.source.record
    for of, names in (
        (CLUSTER, (record.metrics.cluster, _system(cluster))),
        (FAILOVER, (_system(recovery), _system(judged.required(FAILOVER)))),
    ):
        if None not in names and names[0] != names[1]:
            yield f"RECOVERY is of {cut(names[0] or '')}, {of} of {cut(names[1] or '')}"


def _unnamed(cluster: SliceResult | None, recovery: SliceResult | None, judged: Judged) -> Iterator[str]:
    """Systems that nobody named: two that are not recorded are not the same one."""
    if cluster is None or recovery is None:
        return
    record: Any = recovery.source.record
    failover = judged.required(FAILOVER)
    if not failover.found:
        yield f"{FAILOVER} MISSING, so it is not known whether RECOVERY is of the same control plane"
    named = {CLUSTER: _system(cluster), RECOVERY: _system(recovery), FAILOVER: _system(failover)}
    unnamed = [
        name for name, system in named.items() if system is None and (name != FAILOVER or failover.found)
    ]
    unnamed += ["RECOVERY's cluster"] if record.metrics.cluster is None else []
    if unnamed:
        yield f"the system is not recorded: {', '.join(unnamed)}"


def _nameless(cluster: SliceResult | None, recovery: SliceResult | None, judged: Judged) -> tuple[str, ...]:
    """The kinds that do not name what they are of, because they are not there or because they do not say."""
    results = {CLUSTER: cluster, RECOVERY: recovery, FAILOVER: judged.required(FAILOVER)}
    found = [name for name, result in results.items() if _system(result) is None]
    record: Any = recovery.source.record if recovery is not None else None
    return (*found, RECOVERY) if record is not None and record.metrics.cluster is None else tuple(found)


def _system(result: SliceResult | None) -> str | None:
    """The system that a report names."""
    environment = getattr(result.source.record, "environment", None) if result else None
    system = getattr(environment, "system", None)
    return getattr(system, "name", None)


def _bounds(cluster: SliceResult | None, age: str) -> str:
    """How old both are, and what so many passing trials bound."""
    record: Any = cluster.source.record if cluster is not None else None
    counted = Counter(trial.fault for trial in record.metrics.trials)
    return f"CLUSTER and RECOVERY PASS{age and f', {age}'}; " + ", ".join(
        f"{counted[fault]} passing trials of {fault} bound its failure rate below "
        f"{percent(failure_bound(counted[fault], 0))} (95 % confidence)"
        for fault in REPEATED
    )
