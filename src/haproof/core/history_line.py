"""One line of a history file: a run in one JSON object, flat enough for any query engine.

`entry` makes it from a judgement, `read_line` reads what any version of this program wrote: keys that it does
not know are ignored, further slices and groups of figures are kept.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from haproof.core.figure_fault import TOO_LARGE, figure_fault, raw_faults, too_large
from haproof.core.figures import cut
from haproof.core.foreign import newer, without_unknown
from haproof.core.house import House
from haproof.core.instant import parse_instant
from haproof.core.model import Beyond, GeneratorName, Metrics, Proof, SliceRow, Tally, Topology
from haproof.core.parse import Mismatch
from haproof.core.record import LARGEST
from haproof.core.type_words import mismatch
from haproof.core.window import evidence_of


class Entry(Struct, frozen=True, kw_only=True):
    """One run, as it is written. `run` is the SHA-256 that identifies its evidence; `evidence_of` the latest
    timestamp of its slices, or of the kinds beyond them where no slice was found."""

    schema_version: str
    run: str
    evidence_of: str | None
    evidence_dir: str
    generator: GeneratorName
    verdict: str
    ready: dict[str, bool]
    summary: Tally
    slices: tuple[SliceRow, ...]
    beyond: tuple[Beyond, ...]
    topology: Topology
    metrics: Metrics


def entry(proof: Proof, run: str) -> Entry:
    """A run's line. `run` identifies its evidence."""
    return Entry(
        schema_version=proof.schema_version,
        run=run,
        evidence_of=evidence_of(proof),
        evidence_dir=proof.evidence_dir,
        generator=proof.generator,
        verdict=proof.verdict,
        ready={key: level.ready for key, level in proof.readiness.items()},
        summary=proof.summary,
        slices=proof.slices,
        beyond=proof.beyond,
        topology=proof.topology,
        metrics=proof.metrics,
    )


class LineTarget(Struct, frozen=True, gc=False):
    """What a figure is held against."""

    op: str
    value: int | float | str | bool | None


class LineMetric(Struct, frozen=True, gc=False):
    """One figure."""

    value: Any
    unit: str | None = None
    target: LineTarget | None = None
    status: str | None = None


class LineRow(Struct, frozen=True, gc=False):
    """A kind of evidence."""

    id: str
    status: str
    path: str | None = None


class LineKind(LineRow, frozen=True, gc=False):
    """A kind of evidence beyond the required ones, with its figures as the evidence has them."""

    metrics: dict[str, Any] | None = None


class Line(Struct, frozen=True, kw_only=True):
    """One run, as it is read."""

    schema_version: str
    run: str
    evidence_of: str | None
    evidence_dir: str
    generator: GeneratorName
    verdict: str
    ready: dict[str, bool]
    summary: Tally
    slices: tuple[LineRow, ...]
    beyond: tuple[LineKind, ...] = ()
    topology: Topology
    metrics: dict[str, dict[str, LineMetric] | None]
    unread: tuple[str, ...] = ()
    """JSON paths of what is of a form that only a newer version knows: not in the line, and no key of it."""

    @property
    def judged(self) -> bool:
        """Whether any report was read at all."""
        return any(row.path is not None for row in (*self.slices, *self.beyond))


class NotJson(Mismatch):
    """No JSON text, as a line is that was cut off."""


_DECODER = msgspec.json.Decoder(Line)

LISTS = {"slices": LineRow, "beyond": LineKind}
"""Lists of a line in which a newer version may have entries of another form."""


@cache
def _required(house: House) -> frozenset[str]:
    """The kinds that every line must have."""
    return frozenset(kind.id for kind in house.window)


def read_line(content: bytes, house: House) -> Line:
    """A line of a history file. Raises Mismatch, with the JSON path, for anything else."""
    try:
        line = _decoded(content, house)
    except msgspec.ValidationError as fault:
        raise Mismatch(*mismatch(fault)) from None
    except (msgspec.DecodeError, RecursionError) as fault:
        raise NotJson("$", f"not JSON ({cut(str(fault))})") from None
    for path, said in _faults(line, house):
        raise Mismatch(path, said)
    return line


def _decoded(content: bytes, house: House) -> Line:
    """A line; of a newer version without what is of an unknown form."""
    try:
        line = _DECODER.decode(content)
        return replace(line, unread=()) if line.unread else line
    except msgspec.ValidationError:
        tree = msgspec.json.decode(content)
        if not newer(tree):
            raise
    stems = {kind.stem for kind in house.window}
    known, unread = without_unknown(tree, LISTS, {"metrics": (stems, dict[str, LineMetric] | None)})
    return replace(msgspec.convert(known, Line), unread=unread)


def _faults(line: Line, house: House) -> Iterator[tuple[str, str]]:
    """A time that cannot be put in order, slices left out, figures that are none: path and fault."""
    if line.evidence_of is not None:
        try:
            parse_instant(line.evidence_of)
        except ValueError as fault:
            yield "$.evidence_of", str(fault)
    ids = [row.id for row in line.slices]
    if len(set(ids)) < len(ids) or not set(ids) >= _required(house):
        yield "$.slices", f"expected {house.window[0].id} to {house.window[-1].id}, each once"
    if house.levels[0].key not in line.ready:
        yield f"$.ready.{house.levels[0].key}", "left out"
    for stem, group in line.metrics.items():
        for name, metric in (group or {}).items():
            found = None if _plainly_sound(metric) else figure_fault(metric)
            if found:
                yield f"$.metrics.{cut(stem)}.{cut(name)}.{found[0]}", found[1]
    yield from raw_faults(line.beyond)
    if too_large([line.summary.passed, line.summary.failed]):
        yield "$.summary", TOO_LARGE


_NUMBERS = frozenset((int, float))


def _plainly_sound(metric: LineMetric) -> bool:
    """Whether the figure is one of the many that need no closer look: numbers within a numeric limit."""
    value, target = metric.value, metric.target
    kind = type(value)
    if kind is int or kind is float:
        low = high = value
    elif kind is list and value and _NUMBERS.issuperset(map(type, value)):
        low, high = min(value), max(value)
    else:
        return metric.unit is None and target is None and metric.status != "PASS"
    if low < 0 or high > LARGEST:
        return False
    if target is None:
        return True
    limit: Any = target.value
    if metric.status is None or type(limit) not in _NUMBERS or not 0 <= limit <= LARGEST:
        return False
    return bool(
        high <= limit if target.op == "<=" else low >= limit if target.op == ">=" else low == high == limit
    )
