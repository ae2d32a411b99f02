"""Figures against the raw files that yield them: each that differs is found, and nothing else is."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from attested import key_pair
from builders import NOON, seed
from examples import FOLDERS
from haproof.api import assess, read_evidence
from haproof.attest.sign import sign
from haproof.attest.verify import verify
from haproof.cli import main
from haproof.core.artifact import parse_artifact
from haproof.core.histories.codec import encode
from haproof.core.model import Options
from haproof.core.recount import not_recounted, same, summary
from haproof.errors import IntegrityError
from haproof.evidence import replace_proof
from haproof.kinds import HOUSE
from haproof.render import ALWAYS, FORMATS, render
from haproof.schema import schema
from recounted import consistent, found, judged, put, val13_history

RAW = {(kind.id, raw.file): raw for kind in HOUSE.window for raw in kind.recounts}


def test_raw_files_that_say_the_same_contradict_nothing(tmp_path: Path) -> None:
    report = judged(put(tmp_path, *consistent()))
    assert found(report) == []
    assert [row.status for row in report.proof.slices] == ["FAIL", "PASS", "PASS", "PASS", "PASS"]
    sources = [result.source for result in report.slices]
    assert all(not_recounted(source) == () for source in sources)
    wanted = {(kind.id, name) for kind in HOUSE.window for raw in kind.recounts for name in raw.figures}
    assert summary(sources) == (
        f"{len(wanted)} figures from val13/writes.jsonl, val14/lag-samples.jsonl, val14/journal.jsonl, "
        "val15/audit.jsonl, val15/journal.jsonl, val16/audit.jsonl, val16/journal.jsonl, "
        "val17/writes.jsonl, val17/audit.jsonl"
    )


FIGURES = [
    (kind.id, name)
    for kind in HOUSE.window
    for name in dict.fromkeys(n for raw in kind.recounts for n in raw.figures)
]


def other(value: Any) -> Any:
    """Another value of the same kind, which breaks no rule that the first one keeps."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [*value[:-1], other(value[-1])]
    if isinstance(value, str):
        return "possible" if value == "none" else "none"
    return value + 1 if isinstance(value, int) else value + 0.002


@pytest.mark.parametrize(("slice_id", "name"), FIGURES)
def test_each_figure_that_differs_is_a_contradiction(tmp_path: Path, slice_id: str, name: str) -> None:
    reports, raw = consistent()
    group = "metrics" if name in reports[slice_id]["metrics"] else "observations"
    stated = other(reports[slice_id][group][name])
    reports[slice_id][group][name] = stated
    report = judged(put(tmp_path, reports, raw))
    entries = [entry for entry in report.proof.contradictions if entry.slice == slice_id]
    mine = [entry for entry in entries if f"recounted from {slice_id.lower()}/" in entry.detail]
    assert mine
    assert all(name in entry.detail for entry in mine)
    assert not report.ready
    assert report.says_no
    assert next(row for row in report.proof.slices if row.id == slice_id).status == "FAIL"
    jsonschema.Draft202012Validator(schema("proof", HOUSE)).validate(json.loads(render(report, "json")))
    assert parse_artifact(render(report, "json"), HOUSE).proof == report.proof
    shown = report.proof.metrics[next(kind.stem for kind in HOUSE.window if kind.id == slice_id)] or {}
    for form in FORMATS:
        if form != "pdf" and (form != "openmetrics" or name in shown):
            assert name in render(report, form).decode()


def test_a_figure_that_a_check_ties_contradicts_that_check(tmp_path: Path) -> None:
    reports, raw = consistent()
    reports["VAL13"]["metrics"]["rows_acknowledged"] = 10_000_000
    report = judged(put(tmp_path, reports, raw))
    (entry,) = report.proof.contradictions
    assert (entry.slice, entry.check, entry.metric, entry.value) == (
        *("VAL13", "VAL13-04", "rows_acknowledged"),
        10_000_000,
    )
    assert entry.rule == "rows_acknowledged = 10 (recounted from val13/writes.jsonl)"
    assert entry.detail == (
        "Number of rows acknowledged: 10,000,000 reported, 10 recounted from val13/writes.jsonl "
        "(rows_acknowledged)"
    )
    metric = (report.proof.metrics["failover"] or {})["rows_acknowledged"]
    assert (metric.status, metric.target.value if metric.target else None) == ("FAIL", 1)
    reason = report.proof.reasons[0]
    assert (reason.id, reason.severity, reason.pointer) == (
        *("VAL13-04", "contradiction"),
        "/metrics/rows_acknowledged",
    )
    assert "VAL26-07" in report.proof.verdict


def test_a_figure_that_no_check_ties_fails_its_slice(tmp_path: Path) -> None:
    reports, raw = consistent()
    reports["VAL17"]["metrics"]["loss_held_ms"] = 400.002
    report = judged(put(tmp_path, reports, raw))
    assert found(report) == [("VAL17", None, "loss_held_ms")]
    row = report.proof.slices[4]
    assert (row.status, row.passed, row.failed) == ("FAIL", 10, 0)
    assert report.proof.checks[4].detail == (
        "10 of 10 checks passed (Longest outage: 400.002 ms reported, 400 ms recounted from "
        "val17/writes.jsonl (loss_held_ms))"
    )
    first = report.proof.reasons[0]
    assert (first.id, first.pointer) == ("RUN-CONTRADICTION-VAL17", "/metrics/loss_held_ms")
    assert "RUN-CONTRADICTION-VAL17" in [risk.id for risk in report.proof.risks]


def test_a_check_that_failed_anyway_is_contradicted_too(tmp_path: Path) -> None:
    reports, raw = consistent()
    reports["VAL13"]["metrics"]["answers_invalid"] = 3
    report = judged(put(tmp_path, reports, raw))
    (entry,) = report.proof.contradictions
    assert (entry.check, entry.metric) == ("VAL13-02", "answers_invalid")
    assert entry.detail == (
        "Number of answers of success that do not name the row they acknowledge: 3 reported, 1 recounted "
        "from val13/writes.jsonl (answers_invalid)"
    )
    assert (
        next(reason for reason in report.proof.reasons if reason.id == "VAL13-02").severity == "contradiction"
    )
    risk = next(risk for risk in report.proof.risks if risk.id == "RUN-CONTRADICTION-VAL13-02")
    assert risk.detail.startswith(
        "3 answers of success that do not name the row they acknowledge (limit 0); "
    )
    assert entry.detail[1:] in risk.detail
    assert "PASS" not in risk.detail


@pytest.mark.parametrize(
    ("edit", "detail"),
    [
        ([34, 35, 36], ": 3 trials reported, 2 trials recounted"),
        ([34, 36.5], ": 36.5 ms reported, 35 ms recounted"),
        ([34, None], ": reported as not measured, 35 ms recounted"),
    ],
)
def test_of_an_array_the_element_that_differs_is_named(tmp_path: Path, edit: list[Any], detail: str) -> None:
    reports, raw = consistent()
    reports["VAL13"]["metrics"]["sigterm_accepting_trials_ms"] = edit
    entries = judged(put(tmp_path, reports, raw)).proof.contradictions
    assert any(detail in entry.detail for entry in entries)


@pytest.mark.parametrize(
    ("name", "stated", "value", "equal"),
    [
        ("x_ms", 5, 5.001, True),
        ("x_ms", 5.001, 5, True),
        ("x_ms", 5, 5.0011, False),
        ("x_ms", 4.9989, 5, False),
        ("x_ms", 586.935, 586.936, True),
        ("x_ms", None, 5, False),
        ("x_ms", 5, None, False),
        ("x_ms", None, None, True),
        ("rows", 5, 5, True),
        ("rows", 5, 6, False),
        ("rows", 5, 5.001, False),
        ("flag", True, True, True),
        ("flag", True, 1, False),
        ("flag", 1, True, False),
        ("flag", True, False, False),
        ("x_ms", True, 1, False),
        ("x_ms", 1, True, False),
        ("x_ms", [1, 2], [1, 2.001], True),
        ("x_ms", [1, 2], (1, 2), True),
        ("x_ms", [1, 2], [1, 2.002], False),
        ("x_ms", [1, 2], [2, 1], False),
        ("x_ms", [1, 2], [1], False),
        ("x_ms", [], [], True),
        ("x_ms", [None], [None], True),
        ("x_ms", [None], [1], False),
        ("epochs", [1, 2], [1, 2], True),
        ("epochs", [1, 2], [1, 3], False),
        ("word", "a", "a", True),
        ("word", "a", "b", False),
    ],
)
def test_integers_agree_exactly_and_times_within_a_microsecond(
    name: str, stated: Any, value: Any, equal: bool
) -> None:
    assert same(name, stated, value) is equal


def test_without_the_option_raw_files_change_nothing(tmp_path: Path) -> None:
    reports, raw = consistent()
    reports["VAL13"]["metrics"]["rows_acknowledged"] = 10_000_000
    folder = put(tmp_path, reports, raw | {"val17/writes.jsonl": b"rubbish"})
    plain = assess(read_evidence(str(folder)), NOON)
    assert judged(folder, Options()).proof == plain.proof
    assert plain.proof.contradictions == ()
    assert "Recounted" not in render(plain, "text").decode()


def test_figures_that_the_report_does_not_state_or_could_not_measure_are_not_compared(tmp_path: Path) -> None:
    reports, raw = consistent()
    del reports["VAL13"]["metrics"]["rows_refused"]
    reports["VAL13"]["metrics"]["rows_unknown"] = None
    assert found(judged(put(tmp_path, reports, raw))) == []


def test_a_table_that_was_not_read_yields_no_loss(tmp_path: Path) -> None:
    reports, raw = consistent()
    kept = [line for line in val13_history().lines if line.kind != "final"]
    report = judged(put(tmp_path, reports, raw | {"val13/writes.jsonl": b"".join(map(encode, kept))}))
    assert found(report) == []
    assert not_recounted(report.slices[0].source) == (
        *("data_loss_rows", "rows_refused_stored", "rows_duplicated", "rows_unexpected"),
        "stale_write_refused",
    )


def test_changes_are_counted_only_where_the_settings_say_how_long_a_fault_lasts(tmp_path: Path) -> None:
    reports, raw = consistent()
    reports["VAL13"]["observations"]["unprovoked_changes"] = 0
    for settings in (None, {}, {"failover_deadline_s": "7"}):
        reports["VAL13"]["environment"]["settings"] = settings
        report = judged(put(tmp_path, reports, raw))
        assert found(report) == []
        assert not_recounted(report.slices[0].source) == ("unprovoked_changes",)
    reports["VAL13"]["environment"]["settings"] = {"failover_deadline_s": 0.01}
    assert ("VAL13", "VAL13-10", "unprovoked_changes") in found(judged(put(tmp_path, reports, raw)))


def test_a_stale_write_that_is_stored_was_not_refused(tmp_path: Path) -> None:
    reports, raw = consistent()
    story = val13_history()
    (final,) = [line for line in story.lines if line.kind == "final"]
    story.lines.remove(final)
    story.refuse(990, "stale-epoch")
    stored = story.final(
        2000, *(row[0] for row in final.rows or () if not isinstance(row, str)), "stale-epoch"
    )
    reports["VAL13"]["metrics"] |= {"rows_refused": 2, "rows_refused_stored": 1}
    raw["val13/writes.jsonl"] = b"".join(map(encode, stored.lines))
    entries = found(judged(put(tmp_path, reports, raw)))
    assert ("VAL13", "VAL13-09", "stale_write_refused") in entries


def test_trials_that_the_history_does_not_have_are_not_recounted(tmp_path: Path) -> None:
    reports, raw = consistent()
    kept = [line for line in val13_history().lines if line.kind not in ("fault", "end")]
    report = judged(put(tmp_path, reports, raw | {"val13/writes.jsonl": b"".join(map(encode, kept))}))
    missing = not_recounted(report.slices[0].source)
    assert [name for name in missing if name != "unprovoked_changes"] == [
        *("sigterm_failover_ms", "sigterm_trials_ms", "sigterm_accepting_trials_ms"),
        *("sigkill_failover_ms", "sigkill_trials_ms", "sigkill_accepting_trials_ms"),
        *("sigterm_takeover_ms", "sigterm_takeover_trials_ms"),
        *("sigkill_takeover_ms", "sigkill_takeover_trials_ms"),
        *("rapid_cycle_ms", "write_gap_ms", "hung_leader_failover_ms", "unobserved_takeover_ms"),
        "stale_write_refused",
    ]


@pytest.mark.parametrize(
    ("edit", "load"),
    [
        (lambda content: b"", "light"),
        (lambda content: content.replace(b'"light"', b'"zzz"'), "light"),
        (lambda content: content.replace(b'"heavy"', b'"zzz"'), "heavy"),
    ],
)
def test_samples_without_readings_do_not_pass_for_none(
    tmp_path: Path, edit: Callable[[bytes], bytes], load: str
) -> None:
    reports, raw = consistent()
    name = "val14/lag-samples.jsonl"
    report = judged(put(tmp_path, reports, raw | {name: edit(raw[name])}))
    told = [entry.detail for entry in report.proof.contradictions if entry.slice == "VAL14"]
    assert told == [f"{name} cannot be recounted: no reading under the {load} load is in it"]
    assert next(row for row in report.proof.slices if row.id == "VAL14").status == "FAIL"


def test_an_empty_history_says_that_nothing_was_promised(tmp_path: Path) -> None:
    report = judged(put(tmp_path, seed(), {"val13/writes.jsonl": b"", "val17/writes.jsonl": b""}))
    assert found(report) == [("VAL13", "VAL13-04", "rows_acknowledged")]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_examples_are_what_their_raw_files_yield(folder: Path, tmp_path: Path) -> None:
    run = tmp_path / folder.name
    shutil.copytree(folder, run)
    assert main(["report", "--recount", "--generated-at", "2026-11-28T01:55:47Z", str(run)]) == 0
    steps = {step.name: step for step in verify(str(run), unsigned=True).steps}
    assert {step.state for step in steps.values()} == {"ok", "NOT CHECKED"}
    assert steps["recount"].state == "ok"
    assert "20 figures from val13/writes.jsonl, val14/lag-samples.jsonl, val14/journal.jsonl, val15/" in (
        steps["recount"].detail
    )
    options = json.loads((run / "val26/val26-proof-report.json").read_text())["options"]
    assert options["recount"] is True


def test_a_judgement_with_a_recount_is_repeated_with_one(tmp_path: Path) -> None:
    reports, raw = consistent()
    reports["VAL17"]["metrics"]["loss_held_ms"] = 401
    folder = put(tmp_path, reports, raw)
    made = {FORMATS[form][1]: render(judged(folder), form) for form in ("text", "json")}
    replace_proof(str(folder), None, made, [])
    steps = {step.name: step.state for step in verify(str(folder)).steps}
    assert (steps["judgement"], steps["report files"], steps["recount"]) == ("ok", "ok", "FAILED")


def test_figures_that_raw_files_contradict_are_not_signed(tmp_path: Path) -> None:
    reports, raw = consistent()
    reports["VAL17"]["metrics"]["loss_held_ms"] = 401
    folder = put(tmp_path / "run", reports, raw)
    report = assess(read_evidence(str(folder)), NOON)
    replace_proof(str(folder), None, {FORMATS[form][1]: render(report, form) for form in ALWAYS}, [])
    key = key_pair(tmp_path).removesuffix(".pub")
    with pytest.raises(IntegrityError, match="not signed, recount: Longest outage: 401 ms reported, 400 ms"):
        sign(str(folder), key)


def test_every_name_that_a_raw_file_may_yield_is_a_figure_of_its_slice_once() -> None:
    for kind in HOUSE.window:
        groups = [kind.record.__annotations__[name] for name in ("metrics", "observations")]
        kinds = [kind for group in groups for kind in getattr(group, "__args__", (group,))]
        names = [name for kind in kinds for name in getattr(kind, "__struct_fields__", ())]
        assert len(names) == len(set(names))
        for raw in kind.recounts:
            assert set(raw.figures) <= set(names)
            assert len(raw.figures) == len(set(raw.figures))


def test_the_document_lists_what_each_file_yields() -> None:
    page = (Path(__file__).parents[3] / "docs" / "histories.md").read_text(encoding="utf-8")
    rows = page.partition("\n## What is derived again\n")[2].partition("\n## ")[0]
    listed = {
        cells[1].strip(" `"): [name.strip(" `") for name in cells[2].split(",")]
        for line in rows.splitlines()
        if line.startswith("| `val") and (cells := line.split("|"))
    }
    assert listed == {
        f"{slice_id.lower()}/{name}": list(raw.figures) for (slice_id, name), raw in RAW.items()
    }
