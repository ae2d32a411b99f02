"""A full set of evidence and raw files that say the same, for whoever looks for a difference."""

import json
from pathlib import Path
from typing import Any

from builders import NOON, EvidenceSet, fail, full, write
from haproof.api import assess, read_evidence
from haproof.core.histories.codec import encode
from haproof.core.model import Options
from haproof.core.report import Report
from haproof.raw_files import recount
from histories import Story

RECOUNT = Options(recount=True)


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
