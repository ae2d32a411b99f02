"""Where an artifact is not one of the version that this program writes: path and fault.

In that version every list, every id and every state is fixed; what an artifact of any version must hold is in
`core.soundness`. The published schema says the same, as far as a schema can.
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from haproof.core.agreement import agreement
from haproof.core.check import AnySlice
from haproof.core.checks import MATRIX
from haproof.core.figures import cut, shown
from haproof.core.instant import format_instant, parse_instant
from haproof.core.levels import REQUIREMENTS
from haproof.core.model import (
    GENERATOR,
    TITLE,
    Contradiction,
    EvidenceFile,
    Metric,
    Pointer,
    Proof,
    Reason,
)
from haproof.core.reasons import SEVERITIES, SEVERITIES_OF
from haproof.core.risks import GAPS
from haproof.core.shape import (
    CHECKS,
    POINTER,
    RUN_RISKS,
    SHA256,
    FigureShape,
    figures,
    report_path,
)
from haproof.core.slices import SLICES
from haproof.core.soundness import Faults
from haproof.core.targets import WINDOW_SECONDS
from haproof.core.thresholds import derive
from haproof.core.type_words import mismatch
from haproof.core.window import seconds


def strict(proof: Proof) -> Faults:
    """What is wrong with an artifact of this version, beyond that."""
    if (proof.title, proof.generator.name) != (TITLE, GENERATOR):
        yield "$.title", f"expected '{TITLE}' by {GENERATOR}"
    if not proof.generator.version:
        yield "$.generator.version", "is empty"
    yield from _exactly("$.checks", [row.id for row in proof.checks], [check.id for check in MATRIX])
    yield from _exactly("$.slices", [row.id for row in proof.slices], list(CHECKS))
    yield from _options(proof)
    yield from _window(proof)
    yield from _files(proof.evidence.files, {entry.id for entry in proof.beyond})
    yield from _slices(proof)
    for slice_ in SLICES:
        yield from _figures(slice_, getattr(proof.metrics, slice_.stem) or {})
    yield from _thresholds(proof)
    if not proof.evidence_dir:
        yield "$.evidence_dir", "expected the path of the evidence directory"
    for name in proof.topology.__struct_fields__:
        if not getattr(proof.topology, name):
            yield f"$.topology.{name}", "is empty"
    yield from _contradictions(proof)
    yield from _matrix(proof)
    yield from _risks(proof)
    yield from _requirements(proof)
    yield from _reasons(proof)
    yield from agreement(proof)


def _exactly(path: str, given: Sequence[str], expected: Sequence[str]) -> Faults:
    if list(given) != list(expected):
        yield path, f"expected {expected[0]} to {expected[-1]}, each once and in order, and nothing else"


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


def _files(files: Sequence[EvidenceFile], beyond: set[str]) -> Faults:
    """Report files: of a slice, in its folder, each slice's once, digests that are digests."""
    ids = [file.slice for file in files]
    if len(set(ids)) != len(ids) or [name for name in CHECKS if name in ids] != [
        n for n in ids if n in CHECKS
    ]:
        yield "$.evidence.files", "expected each slice once, in order"
    for index, file in enumerate(files):
        path = f"$.evidence.files[{index}]"
        if file.slice not in CHECKS and file.slice not in beyond:
            yield f"{path}.slice", f"{cut(file.slice)!r} is no slice"
        elif not re.match(report_path(file.slice), file.path):
            yield f"{path}.path", f"{cut(file.path)!r} is not in the folder of {file.slice}"
        if not re.match(SHA256, file.sha256):
            yield f"{path}.sha256", "expected 64 hex digits"
        if file.bytes < 0:
            yield f"{path}.bytes", "expected 0 or more"


def _slices(proof: Proof) -> Faults:
    """Names, re-judged checks and paths of the coverage."""
    names = {slice_.id: slice_.name for slice_ in SLICES}
    for row in proof.slices:
        path = f"$.slices[{row.id}]"
        missing = row.status == "MISSING"
        if row.name != names.get(row.id):
            yield f"{path}.name", f"expected '{names.get(row.id)}'"
        rejudged = -1 if row.rejudged is None else row.rejudged
        if missing != (row.rejudged is None) or not (missing or 0 <= rejudged <= (row.total or 0)):
            yield f"{path}.rejudged", "expected a number of checks, null exactly where MISSING"
        if row.path is not None and not re.match(report_path(row.id), row.path):
            yield f"{path}.path", f"{cut(row.path)!r} is not in the folder of {row.id}"
        if missing and not row.detail:
            yield f"{path}.detail", "does not say why it is MISSING"


def _figures(slice_: AnySlice, given: Mapping[str, Metric]) -> Faults:
    """The figures of a slice: those that it has, each with its unit and its tie."""
    known = figures(slice_)
    path = f"$.metrics.{slice_.stem}"
    if given:
        for name, shape in known.items():
            if shape.required and name not in given:
                yield f"{path}.{name}", "left out"
    for name, metric in given.items():
        if name not in known:
            yield f"{path}.{cut(name)}", f"no figure of {slice_.id}"
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


def _thresholds(proof: Proof) -> Faults:
    """The derived thresholds are those of the two percentiles."""
    lag = proof.metrics.replication_lag or {}
    idle, light = (lag[name].value if name in lag else None for name in ("idle_p95_ms", "light_p95_ms"))
    derived = derive(idle, light)  # type: ignore[arg-type]
    wanted = None if derived.observed_p95_ms is None else derived
    if proof.thresholds != wanted:
        yield "$.thresholds", "are not those that follow from idle and light p95"


def _contradictions(proof: Proof) -> Faults:
    """Each about a check of its slice, which then does not pass."""
    statuses = {row.id: row.status for row in proof.slices}
    for index, entry in enumerate(proof.contradictions):
        path = f"$.contradictions[{index}]"
        yield from _owned(path, entry)
        if not (entry.metric and entry.rule and entry.detail):
            yield path, "has no metric, no rule, or no detail"
        if statuses.get(entry.slice) != "FAIL":
            yield path, f"{cut(entry.slice)} is contradicted, and not FAIL"


def _owned(path: str, entry: Contradiction | Pointer | Reason) -> Faults:
    """A check belongs to its slice."""
    if entry.slice not in CHECKS and not (entry.slice is None and isinstance(entry, Reason)):
        yield f"{path}.slice", f"{cut(str(entry.slice))!r} is no slice"
    elif entry.check is not None and entry.check not in CHECKS.get(entry.slice or "", ()):
        yield f"{path}.check", f"{cut(entry.check)!r} is no check of {entry.slice}"


def _matrix(proof: Proof) -> Faults:
    """What each check is and when it is judged, and where it points."""
    known = {check.id: check for check in MATRIX}
    for row in proof.checks:
        path = f"$.checks[{row.id}]"
        for name in ("when", "description", "criterion") if row.id in known else ():
            if getattr(row, name) != getattr(known[row.id], name):
                yield f"{path}.{name}", f"expected '{getattr(known[row.id], name)}'"
        if not row.detail:
            yield f"{path}.detail", "is empty"
        if row.status == "PASS" and not row.evidence:
            yield f"{path}.evidence", "a check that passes points at nothing"
        for index, pointer in enumerate(row.evidence):
            place = f"{path}.evidence[{index}]"
            yield from _owned(place, pointer)
            if pointer.slice in CHECKS and not re.match(report_path(pointer.slice), pointer.path):
                yield f"{place}.path", f"{cut(pointer.path)!r} is not in the folder of {pointer.slice}"
            if not re.match(POINTER, pointer.pointer):
                yield f"{place}.pointer", f"{cut(pointer.pointer)!r} is no JSON Pointer"
    if all(row.status == "PASS" for row in proof.checks) != proof.readiness.design_partner.ready:
        yield "$.checks", "all pass exactly where the design partner level is ready"


def _risks(proof: Proof) -> Faults:
    """The standing gaps first, then what the run adds, each once."""
    ids, gaps = [risk.id for risk in proof.risks], [gap.id for gap in GAPS]
    if ids[: len(gaps)] != gaps or len(set(ids)) != len(ids):
        yield "$.risks", f"expected {gaps[0]} to {gaps[-1]} first, each risk once"
    for gap, risk in zip(GAPS, proof.risks, strict=False):
        if risk.title != gap.title:
            yield f"$.risks[{gap.id}].title", f"expected '{gap.title}'"
    for risk in proof.risks:
        if not (risk.title and risk.detail and risk.closed_by):
            yield f"$.risks[{cut(risk.id)}]", "has no title, no detail, or nothing that closes it"
    for risk in proof.risks[len(gaps) :]:
        if risk.id not in RUN_RISKS:
            yield "$.risks", f"{cut(risk.id)!r} is no risk of a run"
        elif risk.state != "OPEN":
            yield "$.risks", f"{risk.id} is {risk.state}; what a run adds is OPEN"


def _requirements(proof: Proof) -> Faults:
    """Each level's requirements, and the two that other parts of the artifact settle."""
    states: dict[str, str] = {}
    for name, wanted in REQUIREMENTS.items():
        level = getattr(proof.readiness, name)
        yield from _exactly(
            f"$.readiness.{name}.requirements", [entry.id for entry in level.requirements], list(wanted)
        )
        for entry in level.requirements:
            if entry.text != wanted.get(entry.id, entry.text) or not entry.detail:
                yield f"$.readiness.{name}.requirements[{entry.id}]", "has another text, or no detail"
        states |= {entry.id: entry.state for entry in level.requirements}
    whole = all(row.status == "PASS" for row in proof.slices)
    for requirement, held in (("DP-1", whole), ("DP-6", proof.evidence.window.coherent)):
        if requirement in states and (states[requirement] == "MET") != held:
            yield (
                "$.readiness.design_partner",
                f"{requirement} is {states[requirement]}, the evidence says otherwise",
            )


def _reasons(proof: Proof) -> Faults:
    """None exactly where ready; worst first; each about something that there is."""
    found = proof.reasons
    if bool(found) == proof.readiness.design_partner.ready:
        yield "$.reasons", "expected none exactly where the design partner level is ready"
    ranks = [SEVERITIES.index(reason.severity) for reason in found]
    if ranks != sorted(ranks):
        yield "$.reasons", "expected the worst first"
    known = {*RUN_RISKS, *(check for checks in CHECKS.values() for check in checks)}
    for index, reason in enumerate(found):
        path = f"$.reasons[{index}]"
        yield from _owned(path, reason)
        if reason.id not in known:
            yield f"{path}.id", f"{cut(reason.id)!r} is no check and no risk"
        severities = [given for form, given in SEVERITIES_OF.items() if re.match(form, reason.id)]
        if not all(reason.severity in given for given in severities):
            yield f"{path}.severity", f"{cut(reason.id)!r} is never of severity {reason.severity!r}"
        if not reason.sentence or not reason.next:
            yield path, "has no sentence, or no next step"
        if reason.pointer is not None and (reason.path is None or not re.match(POINTER, reason.pointer)):
            yield f"{path}.pointer", "expected a JSON Pointer into the file at path"
        if reason.path is not None and not re.match(report_path(reason.slice or ""), reason.path):
            yield f"{path}.path", f"{cut(reason.path)!r} is not in the folder of its slice"
