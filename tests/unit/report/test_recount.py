"""Figures against the raw files that yield them: each that differs is found, and nothing else is."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from attested import key_pair
from builders import NOON, EvidenceSet, fail, full, seed, write
from examples import FOLDERS
from haproof.api import assess, read_evidence
from haproof.attest.sign import sign
from haproof.attest.verify import verify
from haproof.cli import main
from haproof.core.artifact import parse_proof
from haproof.core.histories.codec import encode
from haproof.core.model import Options
from haproof.core.recount import not_recounted, same, summary
from haproof.core.report import Report
from haproof.errors import IntegrityError
from haproof.evidence import replace_proof
from haproof.kinds import HOUSE
from haproof.raw_files import recount
from haproof.render import ALWAYS, FORMATS, render
from haproof.schema import schema
from histories import Story

RECOUNT = Options(recount=True)
RAW = {(kind.id, raw.file): raw for kind in HOUSE.window for raw in kind.recounts}


SERIES = (
    *("sigterm-1", "sigterm-2", "sigkill-1", "sigkill-2", "rapid-1", "rapid-2", "rapid-3", "hang-1"),
    "silent-1",
)


def clock(ms: float) -> str:
    """The wall clock of a history that begins at noon."""
    return f"2026-11-28T12:00:{ms / 1000:09.6f}Z"


def val13_history() -> Story:
    """A trial of each kind, the leader alternating; a table, and a little of everything that is counted."""
    story = Story().mark(0, "heal", "start-1").mark(1, "end", "start-1")
    story.status(2, "node1", "node1", 1, role="leader").ack(10, "a").read(15, "a", "a")
    story.refuse(20, "b").lose_sight(30, "c").lose_sight(40, "d", invalid="epoch is absent")
    nodes = ("node1", "node2")
    for number, trial in enumerate(SERIES):
        at, old, new = 100 * number + 100, nodes[number % 2], nodes[1 - number % 2]
        story.mark(at, "fault", trial, old, at=clock(at))
        led = clock(at + 10 + number)
        story.status(at + 20 + number, new, new, number + 2, role="leader", acquired_at=led)
        story.ack(at + 30 + number, f"t{number}", node=new, epoch=number + 2).mark(at + 60, "end", trial)
    story.mark(830, "gone", "hang-1", "node2").epochs(890, "silent-1", "9").epochs(915, "silent-1", "10")
    for epoch in range(1, 11):
        story.event(1050, epoch, nodes[1 - epoch % 2])
    story.status(1060, "node2", "node2", 10, role="leader").status(
        1080, "node2", "node2", 10, role="follower"
    )
    story.mark(1100, "fault", "raised-epoch-1", epoch=10, at=clock(1100))
    rows = ("a", *(f"t{number}" for number in range(len(SERIES))))
    story.stored(1101, "raised-epoch-1", *((row, row.upper(), 1) for row in rows)).refuse(1102, "stale-epoch")
    return story.status(1110, "node1", "node1", 11, role="leader").final(2000, *rows)


VAL13_METRICS: dict[str, Any] = {
    "rows_acknowledged": 10,
    "rows_refused": 2,
    "rows_unknown": 2,
    "data_loss_rows": 0,
    "rows_acknowledged_early": 0,
    "rows_refused_stored": 0,
    "rows_duplicated": 0,
    "rows_unexpected": 0,
    "answers_invalid": 1,
    "sigterm_failover_ms": 21,
    "sigterm_trials_ms": [20, 21],
    "sigterm_accepting_trials_ms": [34, 35],
    "sigkill_failover_ms": 23,
    "sigkill_trials_ms": [22, 23],
    "sigkill_accepting_trials_ms": [36, 37],
    "sigterm_takeover_ms": 11,
    "sigterm_takeover_trials_ms": [10, 11],
    "sigkill_takeover_ms": 13,
    "sigkill_takeover_trials_ms": [12, 13],
    "rapid_cycle_ms": [24, 25, 26],
    "write_gap_ms": 120,
    "hung_leader_failover_ms": 17,
    "unobserved_takeover_ms": 18,
    "stale_write_refused": True,
    "non_holder_accepted": 0,
    "epochs_shown_twice": 0,
}
VAL13_OBSERVATIONS: dict[str, Any] = {
    "epochs": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    "events_match": True,
    "unprovoked_changes": 0,
}

LOST: dict[str, Any] = {
    "quorum_health": "lost",
    "write_block_active": True,
    "can_accept_protected_writes": False,
}


def val17_history() -> Story:
    """Two losses that both nodes report, one that nobody watches, and the table."""
    story = Story().ack(0, "a")
    for number, (at, held) in enumerate([(100, 100.5), (1000, 400)], 1):
        name = f"loss-{number}"
        story.mark(at, "fault", name).mark(at + 10, "gone", name)
        for node, after in (("node1", 20), ("node2", 30.25)):
            story.status(at + after, node, None, None, **LOST)
        story.refuse(at + 40, f"during-loss-{number}").mark(at + 10 + held, "heal", name)
        for node, after in (("node1", 50), ("node2", 45)):
            health = LOST | {"quorum_health": "healthy", "write_block_active": False}
            story.status(at + 10 + held + after, node, None, None, **health)
        story.mark(at + 10 + held + 100, "end", name)
    story.mark(2000, "fault", "silent-1").mark(2010, "gone", "silent-1").mark(2500, "heal", "silent-1")
    return story.mark(2600, "end", "silent-1").final(3000, "a")


VAL17_METRICS: dict[str, Any] = {
    "loss_detection_ms": 30.25,
    "loss_detection_trials_ms": [30.25, 30.25],
    "recovery_ms": 50,
    "recovery_trials_ms": [50, 50],
    "loss_held_ms": 400,
    "block_held": True,
    "protected_write_refused": True,
    "writes_acknowledged_during_loss": 0,
    "rows_lost": 0,
}

SAMPLES: list[dict[str, Any]] = [
    *(
        {"phase": "idle", "write_lag_ms": None, "reading": n}
        if n
        else {"phase": "idle", "write_lag_ms": None}
        for n in range(11)
    ),
    {"phase": "idle", "write_lag_ms": 0.25, "reading": 11},
    *(
        {"phase": "light", "write_lag_ms": lag, "flush_lag_ms": lag, "replay_lag_ms": 1.5}
        for lag in (9, 0.1, None, 0.1, 0.3)
    ),
    *(
        {"phase": "heavy", "write_lag_ms": lag, "flush_lag_ms": 2, "replay_lag_ms": lag}
        for lag in (None, 0.7, 0.7, 1.25)
    ),
]
JOURNAL: list[dict[str, Any]] = [
    {"what": "step", "text": "light load"},
    {"what": "sampled", "phase": "idle", "readings": 11, "nulls": 10},
    {"what": "sampled", "phase": "light", "drains_ms": [80, 87, 12.5]},
    {"what": "sampled", "phase": "heavy", "drains_ms": [412]},
    {"what": "visible", "times_ms": [7.3, 1, 2]},
]
VAL14_METRICS: dict[str, Any] = {
    "idle_p95_ms": 0.25,
    "idle_samples_ms": [0.25],
    "idle_n": 11,
    "idle_null_samples": 10,
    "light_p95_ms": 0.3,
    "light_samples_ms": [0.1, 0.1, 0.3],
    "light_n": 3,
    "heavy_p99_ms": 1.25,
    "heavy_samples_ms": [0.7, 1.25],
    "heavy_n": 2,
    "flush_p95_ms": 0.3,
    "replay_p95_ms": 1.25,
    "light_drain_ms": 87,
    "heavy_drain_ms": 412,
    "visible_p95_ms": 7.3,
}


def trail(event: str) -> bytes:
    """A deed, and the event that follows it."""
    told: list[dict[str, Any]] = [
        {"kind": "reading", "node": "node1", "taken_s": 1.0, "events": []},
        {
            "kind": "deed",
            "event": event,
            "began_s": 2.0,
            "ended_s": 3.0,
            "began_at": "2026-03-23T10:00:02Z",
            "ended_at": "2026-03-23T10:00:03Z",
        },
        {
            "kind": "reading",
            "node": "node1",
            "taken_s": 4.0,
            "events": [{"name": event, "at": "2026-03-23T10:00:02Z"}],
        },
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in told)


def lines(rows: list[dict[str, Any]]) -> bytes:
    keys = {"ms": 1, "flush_lag_ms": None, "replay_lag_ms": None, "gap_bytes": 0}
    return b"".join(json.dumps(keys | row if "write_lag_ms" in row else row).encode() + b"\n" for row in rows)


TABLES = {"app.a": [1990, "aa"], "app.b": [10, "bb"]}
RESTORES: list[dict[str, Any]] = [
    {"what": "machine", "refused": {"processes": 0}},
    *(
        {"what": what, "tables": TABLES}
        for what in ("before the backup", "in the archive alone", "after the restore")
    ),
    *(
        {"what": "restore that must not happen", "of": kind, "refused": True, "unchanged": True}
        for kind in ("outside maintenance", "beside a leader", "unconfirmed", "damaged")
    ),
]
RISKS: list[dict[str, Any]] = [
    {"what": "risk asked", "phase": phase, "leads": True, "risk": risk, "after_ms": after_ms, "epochs": [9]}
    for phase, risk, after_ms in (
        ("baseline", "none", None),
        ("divergence", "detected", 212.5),
        *(("repeated", "detected", None),) * 3,
        ("recovery", "none", 35),
        ("ghosts", "possible", 4),
        ("ghosts cleared", "none", 5),
        ("final", "none", None),
    )
] + [{"what": "epochs after the recovery", "epochs": [10, 11]}]


def journal(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps({"kind": "saw", **row}).encode() + b"\n" for row in rows)


def consistent() -> tuple[EvidenceSet, dict[str, bytes]]:
    """A full set and its raw files, which say the same."""
    reports = full()
    reports["VAL13"]["metrics"] |= VAL13_METRICS | {"rows_unknown": 2}
    reports["VAL13"]["observations"] |= VAL13_OBSERVATIONS
    reports["VAL13"]["environment"]["settings"] = {"failover_deadline_s": 7}
    reports["VAL14"]["metrics"] |= VAL14_METRICS
    reports["VAL17"]["metrics"] |= VAL17_METRICS
    for slice_id in ("VAL15", "VAL16", "VAL17"):
        reports[slice_id]["observations"]["audit_follows_deeds"] = True
    raw = {
        "val13/writes.jsonl": b"".join(map(encode, val13_history().lines)),
        "val14/lag-samples.jsonl": lines(SAMPLES),
        "val14/journal.jsonl": lines(JOURNAL),
        "val15/audit.jsonl": trail("ha.backup.created"),
        "val15/journal.jsonl": journal(RESTORES),
        "val16/audit.jsonl": trail("ha.split_brain.detected"),
        "val16/journal.jsonl": journal(RISKS),
        "val17/writes.jsonl": b"".join(map(encode, val17_history().lines)),
        "val17/audit.jsonl": trail("ha.quorum.lost"),
    }
    reports["VAL13"]["metrics"]["answers_invalid"] = 1
    fail(reports["VAL13"], "VAL13-02", "an answer of success was invalid")
    reports["VAL14"]["metrics"] = {
        name: value
        for name, value in reports["VAL14"]["metrics"].items()
        if name not in ("healthy_ms", "degraded_ms", "alert_ms")
    }
    return reports, raw


def put(folder: Path, reports: EvidenceSet, raw: dict[str, bytes]) -> Path:
    write(folder, reports)
    for name, content in raw.items():
        (folder / name).write_bytes(content)
    return folder


def judged(folder: Path, options: Options = RECOUNT) -> Report:
    evidence = read_evidence(str(folder))
    return assess(recount(evidence), NOON, options)


def found(report: Report) -> list[tuple[str, str | None, str]]:
    return [(entry.slice, entry.check, entry.metric) for entry in report.proof.contradictions]


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
    assert parse_proof(render(report, "json"), HOUSE) == report.proof
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


Break = Callable[[Path], object]


@pytest.mark.parametrize(
    ("name", "bad", "fault"),
    [
        ("val13/writes.jsonl", b'{"t_ms": 1}\n', "line 1: $: key 'kind' is missing"),
        ("val13/writes.jsonl", b"\xff\n", "line 1: not JSON"),
        ("val13/writes.jsonl", b'{"outcome": 1}\n', "line 1: $.outcome: expected a text"),
        (
            "val14/lag-samples.jsonl",
            b'{"phase": 3}\n',
            "line 1: $.phase: expected a text, got a whole number",
        ),
        (
            "val14/journal.jsonl",
            b'{"what": "sampled", "drains_ms": [-1]}\n',
            "line 1: $.drains_ms[0]: expected a whole number >= 0",
        ),
        ("val17/writes.jsonl", b'{"t_ms": 1, "kind": "gone"}\n', "line 1: $.trial: missing in gone"),
    ],
)
def test_a_malformed_raw_file_contradicts_its_report(
    tmp_path: Path, name: str, bad: bytes, fault: str
) -> None:
    reports, raw = consistent()
    report = judged(put(tmp_path, reports, raw | {name: bad}))
    entry = next(entry for entry in report.proof.contradictions if entry.metric == name)
    assert (entry.slice, entry.check, entry.value) == (name[:5].upper(), None, None)
    assert entry.detail.startswith(f"{name} cannot be recounted: {fault}")
    assert not report.ready
    assert next(row for row in report.proof.slices if row.id == entry.slice).status == "FAIL"
    jsonschema.Draft202012Validator(schema("proof", HOUSE)).validate(json.loads(render(report, "json")))
    assert parse_proof(render(report, "json"), HOUSE) == report.proof


def fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def outside(path: Path) -> None:
    target = path.parents[2] / "elsewhere.jsonl"
    path.rename(target)
    path.symlink_to(target)


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (outside, "a link that leads outside the evidence directory"),
        (fifo, "not a regular file"),
        (lambda path: (path.unlink(), path.mkdir()), "not a regular file"),
        (lambda path: (path.unlink(), path.symlink_to(path)), "cannot be read (Too many levels"),
    ],
)
def test_raw_files_are_opened_by_the_rules_of_reports(tmp_path: Path, act: Break, fault: str) -> None:
    reports, raw = consistent()
    folder = put(tmp_path / "evidence", reports, raw)
    act(folder / "val17/writes.jsonl")
    (entry,) = judged(folder).proof.contradictions
    assert entry.detail.startswith(f"val17/writes.jsonl cannot be recounted: {fault}")


def test_a_raw_file_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put(tmp_path, *consistent())
    size = (folder / "val17/writes.jsonl").stat().st_size
    monkeypatch.setattr("haproof.raw_files.LARGEST_RAW_BYTES", size - 1)
    faults = [entry.detail for entry in judged(folder).proof.contradictions]
    assert f"val17/writes.jsonl cannot be recounted: larger than 1 GiB ({size} bytes)" in faults
    monkeypatch.undo()
    monkeypatch.setattr("haproof.raw_files.LONGEST_LINE_BYTES", 100)
    faults = [entry.detail for entry in judged(folder).proof.contradictions]
    assert "val17/writes.jsonl cannot be recounted: has a line longer than 64 MiB" in faults


def test_a_raw_file_that_changes_meanwhile_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put(tmp_path, *consistent())
    path = folder / "val17/writes.jsonl"
    from haproof.core.histories import recounting

    derive = recounting.of_quorum_loss

    def changing(content: Any) -> dict[str, Any]:
        values = derive(content)
        path.write_bytes(path.read_bytes() + b"\n")
        return values

    monkeypatch.setattr(recounting, "of_quorum_loss", changing)
    (entry,) = judged(folder).proof.contradictions
    assert entry.detail == "val17/writes.jsonl cannot be recounted: changed while it was read"


def test_what_is_not_there_is_not_recounted_and_named(tmp_path: Path) -> None:
    reports, _ = consistent()
    report = judged(write(tmp_path, reports))
    assert found(report) == []
    text = " ".join(render(report, "text").decode().split())
    assert "Recounted: nothing: no raw file yields a figure; not recounted: VAL13 rows_acknowledged, " in text
    missing = " ".join(
        render(judged(write(tmp_path / "seed", {"VAL15": seed()["VAL15"]})), "text").decode().split()
    )
    assert "not recounted: VAL15 row_counts_match, payload_match " in missing, "of slices that are there"


def test_every_format_for_people_says_what_was_recounted(tmp_path: Path) -> None:
    report = judged(put(tmp_path, *consistent()))
    for form in ("text", "markdown", "html"):
        shown = " ".join(render(report, form).decode().replace("\\", "").split())
        assert "Recounted: " in shown, form
        assert "figures from val13/writes.jsonl, val14/lag-samples.jsonl" in shown, form
        assert "Recounted: " not in render(judged(tmp_path, Options()), form).decode()


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


OLD: list[dict[str, Any]] = [
    {"id": "row-1", "outcome": "acknowledged", "status": 201},
    {"id": "row-2", "outcome": "refused", "status": 503},
    {"id": "row-2", "outcome": "unknown", "status": None},
    {"id": "row-2", "outcome": "acknowledged", "status": 200},
    {"id": "row-2", "outcome": "acknowledged", "status": 200},
]


def test_the_form_of_the_first_version_is_recognised(tmp_path: Path) -> None:
    keys = {"payload": "x", "node": None, "sent_s": 1.5, "done_s": 2}
    old = b"".join(json.dumps(keys | row).encode() + b"\n" for row in OLD)
    reports = seed()
    reports["VAL13"]["metrics"] |= {"rows_acknowledged": 2, "rows_refused": 1, "rows_unknown": 1}
    raw = {"val13/writes.jsonl": old, "val17/writes.jsonl": old}
    report = judged(put(tmp_path, reports, raw))
    assert found(report) == []
    assert report.ready
    for name in ("rows_acknowledged", "rows_refused", "rows_unknown"):
        edited = seed()
        edited["VAL13"]["metrics"] |= reports["VAL13"]["metrics"] | {name: 7}
        assert [entry[2] for entry in found(judged(put(tmp_path / name, edited, raw)))] == [name]


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


def test_ten_million_rows_beside_a_file_of_five_hundred(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(FOLDERS[0], run)
    path = run / "val13/val13-report.json"
    tree = json.loads(path.read_text())
    stated = tree["metrics"]["rows_acknowledged"]
    tree["metrics"]["rows_acknowledged"] = 10_000_000
    path.write_text(json.dumps(tree))
    when = ["--generated-at", "2026-11-28T01:55:47Z"]
    assert main(["report", *when, str(run)]) == 0
    step = verify(str(run), unsigned=True).steps[7]
    counted = f"10,000,000 reported, {stated} recounted from val13/writes.jsonl (rows_acknowledged)"
    wanted = f"Number of rows acknowledged: {counted}"
    assert (step.number, step.name, step.state, step.detail) == (8, "recount", "FAILED", wanted)
    capsys.readouterr()
    assert main(["report", "--recount", *when, str(run)]) == 1
    assert wanted in " ".join(capsys.readouterr().out.replace("… ", "").split())
    assert main(["show", "--recount", "--format", "brief", *when, str(run)]) == 1
    steps = {step.name: step.state for step in verify(str(run), unsigned=True).steps}
    assert (steps["judgement"], steps["report files"], steps["recount"]) == ("ok", "ok", "FAILED")


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
