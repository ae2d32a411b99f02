"""What CLUSTER measures of the gaps that stand open without it, and what it lost, in a sentence each."""

from collections.abc import Sequence

from haproof.core.figures import grouped
from haproof.kinds.cluster.record import ClusterRecord
from haproof.kinds.cluster.trial import Trial


def promotion(record: ClusterRecord) -> str | None:
    """GAP-2: how long promotions took, and what they lost."""
    promoted = [trial for trial in record.metrics.trials if trial.promotion_ms is not None]
    if not promoted:
        return None
    longest = max(trial.promotion_ms or 0 for trial in promoted)
    mode = {"sync": "synchronous", "async": "asynchronous"}[record.metrics.mode]
    return (
        f"a standby was promoted in {_trials(promoted)} ({mode}), after at most {grouped(longest)} ms; "
        f"{_lost(promoted)}"
    )


def partitions(record: ClusterRecord) -> str | None:
    """GAP-3: cuts, and on how many sides of them there were writers."""
    cut = [trial for trial in record.metrics.trials if (trial.fault or "").startswith("cut-")]
    if not cut:
        return None
    sides = "on both sides" if record.metrics.local_writers else "on one side alone"
    return f"network cuts in {_trials(cut)} with writers {sides}; {_two_primaries(cut)}, {_lost(cut)}"


def _two_primaries(trials: Sequence[Trial]) -> str:
    """For how long at most, and in how many trials nobody can say."""
    known = [trial.overlap_ms for trial in trials if trial.overlap_ms is not None]
    unknown = len(trials) - len(known)
    if not known:
        return "two primaries not excluded"
    longest = f"two primaries for at most {grouped(max(known))} ms"
    return f"{longest}, and not excluded in {_trials(trials[:unknown])}" if unknown else longest


def concurrent_writes(record: ClusterRecord) -> str | None:
    """GAP-4: many writers through each kill."""
    killed = [trial for trial in record.metrics.trials if (trial.fault or "").endswith("-kill")]
    metrics = record.metrics
    writers = (metrics.writers or 0) + (metrics.connect_writers or 0) + (metrics.local_writers or 0)
    if not killed or not writers:
        return None
    known = [trial.unknown for trial in killed if trial.unknown is not None]
    unknown = f"{grouped(sum(known))} without an answer"
    if len(known) < len(killed):
        unknown = "how many were without an answer is not known in every trial"
    return f"{writers} concurrent writers through {_trials(killed)} of a kill; {_lost(killed)}, {unknown}"


def tolerated_loss(record: ClusterRecord) -> str | None:
    """What an asynchronous cluster lost, which its checks only ask to be known."""
    losing = [trial for trial in record.metrics.trials if trial.lost]
    if record.metrics.mode == "sync" or not losing:
        return None
    return f"{_lost(losing)} in {len(losing)} of {_trials(record.metrics.trials)} of an asynchronous cluster"


def _trials(trials: Sequence[Trial]) -> str:
    return "1 trial" if len(trials) == 1 else f"{len(trials)} trials"


def _lost(trials: Sequence[Trial]) -> str:
    """How many acknowledged rows all of them lost."""
    if any(trial.lost is None for trial in trials):
        return "loss not known in every trial"
    return f"{grouped(sum(trial.lost or 0 for trial in trials))} acknowledged rows lost"
