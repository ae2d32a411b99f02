"""Where an artifact is not one of the version that this program writes: path and fault.

In that version every list, every id and every state is fixed; what an artifact of any version must hold is in
`core.soundness`. The published schema says the same, as far as a schema can.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from haproof.core.agreement import agreement
from haproof.core.conclusions import conclusions
from haproof.core.figures import cut, shown
from haproof.core.foreign import foreign_kinds
from haproof.core.house import House
from haproof.core.instant import format_instant, parse_instant
from haproof.core.kind import Kind
from haproof.core.model import GENERATOR, TITLE, Beyond, Metric, Proof, SliceRow
from haproof.core.shape import (
    SHA256,
    FigureShape,
    figures,
    report_path,
)
from haproof.core.soundness import Faults, counts_agree, exactly
from haproof.core.targets import WINDOW_SECONDS
from haproof.core.thresholds import Thresholds, derived
from haproof.core.type_words import mismatch
from haproof.core.window import seconds


def strict(proof: Proof, house: House) -> Faults:
    """What is wrong with an artifact of this version, beyond that."""
    if (proof.title, proof.generator.name) != (TITLE, GENERATOR):
        yield "$.title", f"expected '{TITLE}' by {GENERATOR}"
    if not proof.generator.version:
        yield "$.generator.version", "is empty"
    yield from exactly("$.checks", [row.id for row in proof.checks], [check.id for check in house.matrix])
    yield from exactly("$.slices", [row.id for row in proof.slices], [kind.id for kind in house.window])
    yield from _options(proof)
    yield from _window(proof)
    yield from _keys("$.metrics", proof.metrics, [kind.stem for kind in house.window])
    yield from _keys("$.readiness", proof.readiness, [level.key for level in house.levels])
    yield from _files(proof, house)
    yield from _slices(proof, house)
    yield from _beyond(proof, house)
    for kind in house.window:
        group = proof.metrics[kind.stem]
        if group is not None:
            yield from _figures(kind, group)
    yield from _thresholds(proof, house)
    if not proof.evidence_dir:
        yield "$.evidence_dir", "expected the path of the evidence directory"
    for name in proof.topology.__struct_fields__:
        if not getattr(proof.topology, name):
            yield f"$.topology.{name}", "is empty"
    yield from conclusions(proof, house)
    yield from agreement(proof, house)


def _keys(path: str, given: Mapping[str, object], known: Sequence[str]) -> Faults:
    for key in given.keys() - set(known):
        yield f"{path}.{cut(key)}", "no key of this version"


def _options(proof: Proof) -> Faults:
    age, keys = proof.options.max_age_seconds, proof.options.trusted_keys
    if age is not None and age < 1:
        yield "$.options.max_age_seconds", "expected 1 or more"
    if len(set(keys)) != len(keys) or not all(re.match(SHA256, key) for key in keys):
        yield "$.options.trusted_keys", "expected ids of keys (SHA-256 in hex), each once"


def _window(proof: Proof) -> Faults:
    """The window against the timestamps of the slices found, and against itself."""
    window = proof.evidence.window
    times = [row.generated_at for row in proof.slices if row.status != "MISSING"]
    known = [time for time in times if time is not None]
    path = "$.evidence.window"
    if not window.detail:
        yield f"{path}.detail", "is empty"
    if window.limit_seconds != WINDOW_SECONDS:
        yield f"{path}.limit_seconds", f"expected {WINDOW_SECONDS}"
    if len(known) != len(times):
        yield "$.slices", "a slice that was found has no generated_at"
    elif not known:
        if (window.earliest, window.latest, window.span_seconds, window.coherent) != (
            None,
            None,
            None,
            False,
        ):
            yield path, "no slice was found, so there is nothing to look at"
    else:
        instants = [parse_instant(time) for time in known]
        ends = min(instants), max(instants)
        span = seconds(ends[1] - ends[0])
        wanted = (format_instant(ends[0]), format_instant(ends[1]), span)
        if (window.earliest, window.latest, window.span_seconds) != wanted:
            yield path, "earliest, latest and span are not those of the slices found"
        if window.coherent and span > WINDOW_SECONDS:
            yield f"{path}.coherent", "is true, but the span exceeds the limit"


def _files(proof: Proof, house: House) -> Faults:
    """Report files: of a kind, in its folder, each kind's once or, where it has several, together; digests
    that are digests."""
    files = proof.evidence.files
    several = {kind.id for kind in house.kinds if kind.ending}
    ids = [
        file.slice
        for index, file in enumerate(files)
        if file.slice not in several or index == 0 or files[index - 1].slice != file.slice
    ]
    if [kind.id for kind in house.kinds if kind.id in ids] != [name for name in ids if house.kind(name)]:
        yield "$.evidence.files", "expected each slice once, in order"
    for index, file in enumerate(files):
        path = f"$.evidence.files[{index}]"
        kind = house.kind(file.slice)
        if kind is None and file.slice not in foreign_kinds(proof, house):
            yield f"{path}.slice", f"{cut(file.slice)!r} is no slice"
        elif kind is not None and not re.match(report_path(kind), file.path):
            yield f"{path}.path", f"{cut(file.path)!r} is not in the folder of {file.slice}"
        if not re.match(SHA256, file.sha256):
            yield f"{path}.sha256", "expected 64 hex digits"
        if file.bytes < 0:
            yield f"{path}.bytes", "expected 0 or more"


def _slices(proof: Proof, house: House) -> Faults:
    """Names, re-judged checks and paths of the coverage."""
    for row in proof.slices:
        kind = house.kind(row.id)
        if kind is not None:
            yield from _row(f"$.slices[{row.id}]", row, kind)
            missing = row.status == "MISSING"
            rejudged = -1 if row.rejudged is None else row.rejudged
            if missing != (row.rejudged is None) or not (missing or 0 <= rejudged <= (row.total or 0)):
                yield (
                    f"$.slices[{row.id}].rejudged",
                    "expected a number of checks, null exactly where MISSING",
                )


def _row(path: str, row: SliceRow | Beyond, kind: Kind) -> Faults:
    """What a row says of its kind."""
    if row.name != kind.name:
        yield f"{path}.name", f"expected '{kind.name}'"
    if row.path is not None and not re.match(report_path(kind), row.path):
        yield f"{path}.path", f"{cut(row.path)!r} is not in the folder of {row.id}"
    if row.status == "MISSING" and not row.detail:
        yield f"{path}.detail", "does not say why it is MISSING"


def _beyond(proof: Proof, house: House) -> Faults:
    """Optional kinds, each once and in order, with counts that add up; a kind that is not known here is taken
    at its word."""
    ids = [row.id for row in proof.beyond]
    known = [kind.id for kind in house.beyond if kind.id in ids]
    if len(set(ids)) != len(ids) or [name for name in ids if name in known] != known:
        yield "$.beyond", "expected each kind once and in order"
        return
    for row in proof.beyond:
        kind, path = house.kind(row.id), f"$.beyond[{row.id}]"
        if kind is not None:
            yield from _row(path, row, kind)
            disputed = any(entry.slice == row.id and entry.check is None for entry in proof.contradictions)
            if not counts_agree(row, len(kind.checks), disputed):
                yield path, f"{row.id} is {row.status}, its counts say otherwise"


def _figures(kind: Kind, given: Mapping[str, Metric]) -> Faults:
    """The figures of a slice: those that it has, each with its unit and its tie."""
    known = figures(kind)
    path = f"$.metrics.{kind.stem}"
    for name, shape in known.items():
        if shape.required and name not in given:
            yield f"{path}.{name}", "left out"
    for name, metric in given.items():
        if name not in known:
            yield f"{path}.{cut(name)}", f"no figure of {kind.id}"
        else:
            yield from _figure(f"{path}.{name}", known[name], metric)


def _figure(path: str, shape: FigureShape, metric: Metric) -> Faults:
    """One figure: its value, its unit, and what the rules say of it."""
    try:
        msgspec.convert(metric.value, shape.kind)
    except msgspec.ValidationError as fault:
        yield f"{path}.value", mismatch(fault)[1]
    if metric.unit != shape.unit:
        yield f"{path}.unit", f"expected {shape.unit or 'null'}"
    tied = metric.status is not None
    if tied != (shape.ties == "always") and shape.ties != "sometimes":
        yield f"{path}.status", "null exactly where no check ties the figure"
    wanted = shape.target if tied else None
    if (metric.target is None) != (wanted is None):
        yield f"{path}.target", "null exactly where the figure is informational, or only has to be measured"
    elif metric.target is not None and wanted is not None:
        held = wanted.value is None or metric.target.value == wanted.value
        if (
            metric.target.op != wanted.op
            or not held
            or isinstance(metric.target.value, bool) != isinstance(wanted.value, bool)
        ):
            yield f"{path}.target", f"expected {wanted.op} {shown(wanted.value)}"


def _as_read(thresholds: Thresholds | None) -> Thresholds | None:
    """With the decimals that a reader makes of whole numbers: those past 2^53 are no longer the same."""
    return None if thresholds is None else msgspec.convert(msgspec.to_builtins(thresholds), Thresholds)


def _thresholds(proof: Proof, house: House) -> Faults:
    """The derived thresholds are those of the figures that they are derived from."""
    for kind in house.window:
        if kind.alerts_by:
            given = proof.metrics[kind.stem] or {}
            values: list[Any] = [given[name].value if name in given else None for name in kind.alerts_by]
            if proof.thresholds != _as_read(derived(*values)):
                yield "$.thresholds", f"are not those that follow from {' and '.join(kind.alerts_by)}"
