"""Many runs in order of time: one entry a run, and the course of each figure over them. Pure.

An entry is one line of a history file: flat enough for any query engine, with the metrics in the shape of the
JSON artifact.
"""

import itertools
from collections.abc import Iterable, Sequence

from msgspec import Struct

from haproof.core.artifact import converted, metric_faults
from haproof.core.comparable import obstacles
from haproof.core.comparison import Difference
from haproof.core.drift import TRIALS, lower_is_better, margin_percent
from haproof.core.instant import parse_instant
from haproof.core.model import GeneratorName, Metric, Metrics, Proof, SliceRow, Tally, Target, Topology
from haproof.core.parse import Mismatch, parse_json
from haproof.core.slices import SLICES


class Ready(Struct, frozen=True, kw_only=True):
    """The three readiness levels."""

    design_partner: bool
    ga: bool
    public_production: bool


class Entry(Struct, frozen=True, kw_only=True):
    """One run. `run` is the SHA-256 that identifies its evidence; `evidence_of` its latest timestamp."""

    schema_version: str
    run: str
    evidence_of: str | None
    evidence_dir: str
    generator: GeneratorName
    verdict: str
    ready: Ready
    summary: Tally
    slices: tuple[SliceRow, ...]
    topology: Topology
    metrics: Metrics


class Point(Struct, frozen=True):
    """A figure in one run: its value (of an array the worst element), and its status.

    `given` is False where the run does not have the figure at all; a None that was given was not measured.
    """

    given: bool
    value: float | None
    status: str | None
    margin_percent: float | None


class Series(Struct, frozen=True, kw_only=True):
    """One figure over all runs, a point for each. `target` is that of the latest run that has one."""

    slice: str
    name: str
    unit: str | None
    target: Target | None
    points: tuple[Point, ...]


class History(Struct, frozen=True):
    """Runs, oldest first, each once. `breaks[n]` says why run n cannot be compared with the one before it."""

    entries: tuple[Entry, ...]
    breaks: tuple[tuple[Difference, ...], ...]
    series: tuple[Series, ...]


def entry(proof: Proof, run: str) -> Entry:
    """A run's line. `run` identifies its evidence."""
    levels = proof.readiness
    return Entry(
        schema_version=proof.schema_version,
        run=run,
        evidence_of=proof.evidence.window.latest,
        evidence_dir=proof.evidence_dir,
        generator=proof.generator,
        verdict=proof.verdict,
        ready=Ready(
            design_partner=levels.design_partner.ready,
            ga=levels.ga.ready,
            public_production=levels.public_production.ready,
        ),
        summary=proof.summary,
        slices=proof.slices,
        topology=proof.topology,
        metrics=proof.metrics,
    )


def parse_entry(line: bytes) -> Entry:
    """A line of a history file. Raises Mismatch for anything else."""
    return _sound(converted(parse_json(line), Entry))


def _sound(parsed: Entry) -> Entry:
    """The entry, its time one that can be put in order, its slices the five, its figures figures."""
    if parsed.evidence_of is not None:
        try:
            parse_instant(parsed.evidence_of)
        except ValueError as fault:
            raise Mismatch("$.evidence_of", str(fault)) from None
    if [row.id for row in parsed.slices] != [slice_.id for slice_ in SLICES]:
        raise Mismatch("$.slices", f"expected {SLICES[0].id} to {SLICES[-1].id}, each once and in order")
    for path, said in metric_faults(parsed.metrics):
        raise Mismatch(path, said)
    return parsed


def history(entries: Iterable[Entry]) -> History:
    """Sorted by time, each run once (the first one given stays), with the course of every figure."""
    unique: dict[str, Entry] = {}
    for one in entries:
        unique.setdefault(one.run, one)
    ordered = sorted(unique.values(), key=_order)
    breaks = [()] + [obstacles(before, after) for before, after in itertools.pairwise(ordered)]
    return History(tuple(ordered), tuple(breaks[: len(ordered)]), tuple(_all_series(ordered)))


def _order(one: Entry) -> tuple[bool, str, str, str]:
    """By time; runs without one come first, and equal times in an order that never changes."""
    when = (
        "" if one.evidence_of is None else parse_instant(one.evidence_of).isoformat(timespec="microseconds")
    )
    return (one.evidence_of is not None, when, one.evidence_dir, one.run)


def _all_series(entries: Sequence[Entry]) -> Iterable[Series]:
    """Every figure of which less is better, in the order of the contract, where any run measured it."""
    for slice_ in SLICES:
        groups: list[dict[str, Metric]] = [getattr(one.metrics, slice_.stem) or {} for one in entries]
        names = dict.fromkeys(name for group in groups for name in group)
        for name in names:
            known = [group[name] for group in groups if name in group]
            if name in TRIALS.values() or not lower_is_better(name, known[-1]):
                continue
            points = tuple(_point(group.get(name)) for group in groups)
            if any(point.value is not None for point in points):
                target = next((metric.target for metric in reversed(known) if metric.target), None)
                yield Series(slice=slice_.id, name=name, unit=known[-1].unit, target=target, points=points)


def _point(metric: Metric | None) -> Point:
    """A figure in one run."""
    if metric is None:
        return Point(False, None, None, None)
    return Point(True, _worst(metric), metric.status, margin_percent(metric))


def _worst(metric: Metric) -> float | None:
    """A number, or the largest of an array; None where one was not measured."""
    value = metric.value
    elements = value if isinstance(value, list) else [value]
    measured = [one for one in elements if isinstance(one, int | float) and not isinstance(one, bool)]
    return max(measured) if measured and len(measured) == len(elements) else None
