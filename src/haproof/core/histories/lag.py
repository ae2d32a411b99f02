"""Replication lag from its samples: which values count, their percentiles, and the drains of the loads.

`lag-samples.jsonl` holds, for each phase, what `pg_stat_replication` showed when it began, and then each
reading in which a lag was another one; of the idle phase every reading, numbered. `journal.jsonl` holds the
drain of every round and the commits until they were visible.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from haproof.core.histories.codec import Malformed
from haproof.core.histories.timing import worst
from haproof.core.record import Count, Number
from haproof.core.type_words import mismatch


class Sample(Struct, frozen=True):
    """One reading of the view; a lag is None while nothing is in flight. `reading` numbers those at idle."""

    phase: str
    ms: Number
    write_lag_ms: Number | None
    flush_lag_ms: Number | None
    replay_lag_ms: Number | None
    gap_bytes: Count | None = None
    reading: Count | None = None


class _Saw(Struct, frozen=True):
    """What the journal says of one observation; other lines have other keys."""

    what: str = ""
    phase: str = ""
    readings: Count | None = None
    nulls: Count | None = None
    drains_ms: list[Number | None] | None = None
    times_ms: list[Number | None] | None = None


_SAMPLES = msgspec.json.Decoder(Sample)
_JOURNAL = msgspec.json.Decoder(_Saw)

LOADS = (("light", 95, "light_p95_ms"), ("heavy", 99, "heavy_p99_ms"))
"""Phase, percentile, and the figure that it is."""


def nearest_rank(values: Iterable[float], percent: float) -> float | None:
    """The nearest-rank percentile: the smallest value with at least `percent` of all at or below it."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(math.ceil(percent / 100 * len(ordered)), 1) - 1]


def samples(lines: Iterable[bytes]) -> dict[str, list[Sample]]:
    """The samples of each phase, in order. Raises Malformed."""
    phases: dict[str, list[Sample]] = {}
    for sample in _decoded(_SAMPLES, lines):
        phases.setdefault(sample.phase, []).append(sample)
    return phases


def distinct(values: Sequence[float | None]) -> list[float]:
    """The measurements: each change to a value, and a value that comes back after None.

    The first is what the view showed when the phase began, which is an older measurement.
    """
    return [value for before, value in itertools.pairwise(values) if value is not None and value != before]


def figures_of_samples(lines: Iterable[bytes]) -> dict[str, Any]:
    """Every figure of VAL14 that its samples yield. Raises Malformed."""
    phases = samples(lines)
    figures: dict[str, Any] = {}
    for phase, percent, name in LOADS:
        if phase in phases:
            measured = distinct([sample.write_lag_ms for sample in phases[phase]])
            figures |= {
                f"{phase}_samples_ms": measured,
                f"{phase}_n": len(measured),
                name: nearest_rank(measured, percent),
            }
    if "light" in phases and "heavy" in phases:
        for kind in ("flush", "replay"):
            both = [
                value
                for phase, _, _ in LOADS
                for value in distinct([getattr(sample, f"{kind}_lag_ms") for sample in phases[phase]])
            ]
            figures[f"{kind}_p95_ms"] = nearest_rank(both, 95)
    return figures | _idle(phases.get("idle", []))


def _idle(phase: Sequence[Sample]) -> dict[str, Any]:
    """The figures at rest; nothing but the changes where the readings are not numbered."""
    if not phase:
        return {}
    figures: dict[str, Any] = {"idle_samples_ms": distinct([sample.write_lag_ms for sample in phase])}
    readings = [sample.write_lag_ms for sample in phase if sample.reading is not None]
    if readings:
        figures["idle_n"] = len(readings)
        figures["idle_null_samples"] = readings.count(None)
        figures["idle_p95_ms"] = nearest_rank((value or 0 for value in readings), 95)
    return figures


def figures_of_journal(lines: Iterable[bytes]) -> dict[str, Any]:
    """The drains, the readings at rest, and the time until a commit is visible, as the journal has them.

    Raises Malformed.
    """
    figures: dict[str, Any] = {}
    for saw in _decoded(_JOURNAL, lines):
        if saw.what == "sampled" and saw.drains_ms is not None:
            figures[f"{saw.phase}_drain_ms"] = worst(saw.drains_ms)
        elif saw.what == "sampled" and saw.phase == "idle":
            figures |= {"idle_n": saw.readings, "idle_null_samples": saw.nulls}
        elif saw.what == "visible" and saw.times_ms is not None:
            times = [time for time in saw.times_ms if time is not None]
            whole = len(times) == len(saw.times_ms)
            figures["visible_p95_ms"] = nearest_rank(times, 95) if whole else None
    return figures


def _decoded(decoder: msgspec.json.Decoder[Any], lines: Iterable[bytes]) -> Iterable[Any]:
    for number, line in enumerate(lines, 1):
        try:
            yield decoder.decode(line)
        except msgspec.ValidationError as fault:
            raise Malformed(number, ": ".join(mismatch(fault))) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Malformed(number, "not JSON") from None
