"""What the raw history of CLUSTER yields: every trial's figures, derived again."""

from collections.abc import Iterable
from typing import Any

from msgspec import convert, to_builtins

from haproof.core import raw_names
from haproof.core.histories.clusters.reading import CONTROL, trials
from haproof.core.histories.clusters.reading import Trial as History
from haproof.core.kind import Recount
from haproof.kinds.cluster.record import ClusterMetrics, ClusterRecord, names
from haproof.kinds.cluster.trial import Trial


def from_operations(lines: Iterable[bytes], record: ClusterRecord) -> dict[str, Any]:
    """What `operations.jsonl` yields: the control and the trials as reported, with the figures of their
    histories put in. Raises ValueError where a trial of the report is not in it, or one of it not in the
    report: who leaves trials out shows what he likes."""
    metrics = record.metrics
    stated: dict[str, Trial | None] = {CONTROL: metrics.control}
    stated |= dict(zip(names(metrics), metrics.trials, strict=True))
    found: dict[str, Trial] = {}
    for history in trials(lines):
        if history.name not in stated:
            raise ValueError(f"trial {history.name!r} is in it and not in the report")
        known = stated[history.name]
        if known is not None:
            found[history.name] = _derived(metrics, known, history)
    missing = [name for name, trial in stated.items() if trial is not None and name not in found]
    if missing:
        raise ValueError(f"trial {missing[0]!r} is not in it")
    values: dict[str, Any] = {"trials": [found[name] for name in names(metrics)]}
    return values if metrics.control is None else values | {"control": found[CONTROL]}


def _derived(metrics: ClusterMetrics, known: Trial, history: History) -> Trial:
    """A trial with every figure that its history gives, of those that the report states."""
    from haproof.core.histories.clusters.figures import bound, figures

    writers = metrics.local_writers or 0
    again = figures(
        history, mode=metrics.mode, members=metrics.members or 0, local_writers=writers,
        clock_bound_ms=bound(known.clock_bound_ms),
    )  # fmt: skip
    stated: dict[str, Any] = to_builtins(known)
    return convert(
        stated | {name: value for name, value in to_builtins(again).items() if name in stated}, Trial
    )


RECOUNTS = (Recount(raw_names.OPERATIONS, ("control", "trials"), from_operations),)
