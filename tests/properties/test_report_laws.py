"""Laws of the judgement, for evidence that nobody thought of."""

import copy
import json
import tempfile
from pathlib import Path

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import EvidenceSet, Json, fail, full, judged, seed
from haproof.core.parse import Mismatch, parse_report
from haproof.core.report import Report
from haproof.core.thresholds import derived
from haproof.kinds import HOUSE
from haproof.render import render
from haproof.schema import schema
from strategies import evidence_sets, milliseconds, worsened

settings.register_profile("laws", settings.get_profile("haproof"), max_examples=40)
settings.load_profile("laws")

RANK = {"MET": 2, "NO EVIDENCE": 1, "NOT MET": 0}


def assessed(reports: EvidenceSet) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        return judged(Path(folder) / "run", reports)


def readiness(report: Report) -> tuple[bool, ...]:
    levels = report.proof.readiness
    return (levels["design_partner"].ready, levels["ga"].ready, levels["public_production"].ready)


@given(evidence_sets())
def test_same_evidence_same_bytes(reports: EvidenceSet) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, second = (judged(Path(folder), reports) for _ in range(2))
    for form in ("text", "json"):
        assert render(first, form) == render(second, form)


@given(evidence_sets())
def test_the_text_cannot_be_forged(reports: EvidenceSet) -> None:
    text = render(assessed(reports), "text").decode()
    assert all(character.isprintable() or character == "\n" or character >= "\xa0" for character in text)
    assert not any(character in text for character in "\x1b\x00\r\t\u202e\u2028\u2029\x7f\x85")
    assert sum(line.startswith("Verdict: ") for line in text.splitlines()) == 1
    *lines, verdict = text.splitlines()
    assert all(len(line) <= 100 for line in lines if not line.startswith("Evidence dir:"))
    assert verdict.startswith("Verdict: ")


@given(evidence_sets())
def test_the_artifact_matches_its_schema_and_agrees_with_itself(reports: EvidenceSet) -> None:
    report = assessed(reports)
    raw = render(report, "json").decode()
    assert all(character.isprintable() or character == "\n" or character >= "\xa0" for character in raw)
    artifact = json.loads(raw)
    jsonschema.Draft202012Validator(schema("proof", HOUSE)).validate(artifact)
    assert artifact["summary"]["pass"] + artifact["summary"]["fail"] == 10
    failed = [check["id"] for check in artifact["checks"] if check["status"] == "FAIL"]
    ready = artifact["readiness"]["design_partner"]["ready"]
    assert ready == (not failed)
    assert artifact["verdict"] == ("HA DESIGN PARTNER READY" if ready else f"NOT READY ({', '.join(failed)})")
    assert not artifact["readiness"]["ga"]["ready"]


@given(evidence_sets(), st.data())
def test_taking_evidence_away_never_improves_a_level(reports: EvidenceSet, data: st.DataObject) -> None:
    before = assessed(reports)
    less = copy.deepcopy(reports)
    if less:
        del less[data.draw(st.sampled_from(sorted(less)))]
    after = assessed(less)
    assert readiness(after) <= readiness(before)
    if not before.ready and after.says_no:
        assert before.says_no


TARGETS = [
    ("VAL13", "sigterm_failover_ms"),
    ("VAL13", "sigkill_failover_ms"),
    ("VAL14", "light_drain_ms"),
    ("VAL14", "heavy_drain_ms"),
    ("VAL15", "backup_ms"),
    ("VAL15", "restore_ms"),
    ("VAL17", "loss_detection_ms"),
    ("VAL17", "recovery_ms"),
]


@given(evidence_sets(), st.sampled_from(TARGETS), st.floats(0, 1e6))
def test_a_worse_figure_never_improves_anything(
    reports: EvidenceSet, target: tuple[str, str], by: float
) -> None:
    if target[0] not in reports:
        return
    worse = copy.deepcopy(reports)
    worsened(worse[target[0]], target[1], by)
    before, after = assessed(reports), assessed(worse)
    assert readiness(after) <= readiness(before)
    for old, new in zip(before.proof.checks, after.proof.checks, strict=True):
        assert (old.status, new.status) != ("FAIL", "PASS")


@given(evidence_sets(), st.data())
def test_a_failed_check_never_improves_anything(reports: EvidenceSet, data: st.DataObject) -> None:
    if not reports:
        return
    slice_id = data.draw(st.sampled_from(sorted(reports)))
    worse = copy.deepcopy(reports)
    fail(worse[slice_id], f"{slice_id}-{data.draw(st.integers(1, 10)):02}")
    before, after = assessed(reports), assessed(worse)
    assert readiness(after) <= readiness(before)
    pairs = zip(
        before.proof.readiness["design_partner"].requirements,
        after.proof.readiness["design_partner"].requirements,
        strict=True,
    )
    assert all(RANK[new.state] <= RANK[old.state] for old, new in pairs)


@given(milliseconds, milliseconds)
def test_thresholds_are_ordered_and_grow_with_lag(idle: float, light: float) -> None:
    found, more = derived(idle, light), derived(idle + 1, light + 1)
    assert found is not None
    assert more is not None
    assert 10 <= found.healthy_ms < found.degraded_ms < found.alert_ms
    assert more.healthy_ms >= found.healthy_ms


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(HOUSE.window), st.data())
def test_any_value_anywhere_is_judged_and_written_or_refused_with_a_place(
    kind: object, data: st.DataObject
) -> None:
    changed: Json = full()[kind.id]  # type: ignore[attr-defined]
    place: Json | list[Json] = changed
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]  # type: ignore[index,call-overload]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        place = inner
    place[key] = data.draw(json_values)  # type: ignore[index,call-overload]
    content = json.dumps(changed).encode("utf-8", "surrogatepass")
    try:
        parse_report(content, kind)  # type: ignore[arg-type]
    except Mismatch as fault:
        said = str(fault)
    else:
        report = assessed(full() | {kind.id: json.loads(content)})  # type: ignore[attr-defined]
        assert all(render(report, form) for form in ("text", "json", "markdown", "junit", "openmetrics"))
        return
    assert said.startswith("$")
    assert len(said) < 700


@given(st.binary(max_size=200), st.integers(0, 3000), st.integers(0, 255))
def test_no_bytes_make_the_reader_stumble(junk: bytes, position: int, byte: int) -> None:
    good = bytearray(json.dumps(seed()["VAL13"]).encode())
    good[position % len(good)] = byte
    for content in (junk, bytes(good), bytes(good[:position])):
        try:
            parse_report(content, HOUSE.window[0])
        except Mismatch:
            continue
