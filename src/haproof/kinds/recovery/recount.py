"""What the raw history of RECOVERY yields: every trial's figures, derived again."""

from collections.abc import Iterable
from typing import Any

from msgspec import convert, to_builtins

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.recovery.record import RecoveryRecord, Trial, names


def from_writes(lines: Iterable[bytes], record: RecoveryRecord) -> dict[str, Any]:
    """What `writes.jsonl` yields: the trials as reported, with the figures of their histories put in. Raises
    ValueError where a trial of the report is not in it, or one of its trials not in the report."""
    from haproof.core.histories import recovery
    from haproof.core.histories.codec import decode
    from haproof.core.histories.operation import Operation

    found = {trial.name: trial for trial in recovery.trials(decode(lines))}
    unsaid = found.keys() - {*names(record.metrics)}
    if unsaid:
        raise ValueError(f"trial {min(unsaid)!r} is in it and not in the report")
    earlier: list[Operation] = []
    again = []
    for name, stated in zip(names(record.metrics), record.metrics.trials, strict=True):
        if name not in found:
            raise ValueError(f"trial {name!r} is not in it")
        figures = recovery.figures(found[name], record.metrics.lock_bound_ms, earlier)
        earlier += found[name].lines
        values: dict[str, Any] = to_builtins(stated)
        again.append(convert(values | figures, Trial))
    return {"trials": again}


RECOUNTS = (Recount(raw_names.WRITES, ("trials",), from_writes),)
