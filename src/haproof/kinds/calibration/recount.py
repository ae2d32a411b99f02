"""What the samples of CALIBRATION yield: its figures, derived again."""

from collections.abc import Iterable
from typing import Any

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.calibration.record import CalibrationMetrics, CalibrationRecord


def from_samples(lines: Iterable[bytes], _record: CalibrationRecord) -> dict[str, Any]:
    """What `samples.jsonl` yields: every figure."""
    from haproof.core.histories import calibration

    return calibration.derive_figures(lines)


RECOUNTS = (Recount(raw_names.SAMPLES, CalibrationMetrics.__struct_fields__, from_samples),)
