"""What CLUSTER and RECOVERY say of what they measured: gaps of the contract, the table's cells, and units."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from cluster_report import metrics, record, tree, trial
from haproof.core.parse import parse_report
from haproof.kinds.cluster import gaps
from haproof.kinds.cluster.faults import FAULTS
from haproof.kinds.cluster.record import ClusterRecord
from haproof.kinds.cluster.sides import cell
from haproof.kinds.cluster.table import FaultRow, cells, explaining, fault_rows, gap
from haproof.kinds.recovery import KIND as RECOVERY
from haproof.kinds.recovery.checks import tolerated_loss
from haproof.kinds.recovery.view import rows
from recovery_report import tree as recovery


def of(*trials: dict[str, Any], **changed: Any) -> ClusterRecord:
    """A report of these trials alone."""
    tried = {one["fault"] for one in trials}
    left = [{"fault": fault, "reason": "no time"} for fault in FAULTS if fault not in tried]
    return record(tree(metrics(trials=list(trials), not_tried=left, **changed)))


# Gaps -------------------------------------------------------------------------------------------------------


def test_how_long_promotions_took() -> None:
    kill, term = trial("host-kill", promotion_ms=21_400.5), trial("manager-term", promotion_ms=0, lost=3)
    held = trial("disk-full")
    assert gaps.promotion(of(kill, held)) == (
        "a standby was promoted in 1 trial (synchronous), after at most 21,400.5 ms; 0 acknowledged rows lost"
    )
    assert gaps.promotion(of(term, kill, mode="async")) == (
        "a standby was promoted in 2 trials (asynchronous), after at most 21,400.5 ms; "
        "3 acknowledged rows lost"
    )
    assert gaps.promotion(of(kill | {"lost": None}, term)) == (
        "a standby was promoted in 2 trials (synchronous), after at most 21,400.5 ms; "
        "loss not known in every trial"
    )
    assert gaps.promotion(of(trial("manager-term", promotion_ms=0))) == (
        "a standby was promoted in 1 trial (synchronous), after at most 0 ms; 0 acknowledged rows lost"
    )
    assert gaps.promotion(of(held)) is None


def test_what_cuts_did() -> None:
    full, one_way = trial("cut-full", overlap_ms=1_500), trial("cut-in", overlap_ms=None, lost=54)
    two = "network cuts in 2 trials with writers on both sides; "
    assert gaps.partitions(of(full, one_way, trial("host-kill", overlap_ms=9_000))) == (
        f"{two}two primaries for at most 1,500 ms, and not excluded in 1 trial, 54 acknowledged rows lost"
    )
    assert gaps.partitions(of(full, one_way | {"overlap_ms": 1_600})) == (
        f"{two}two primaries for at most 1,600 ms, 54 acknowledged rows lost"
    )
    assert gaps.partitions(of(trial("cut-dcs", overlap_ms=None))) == (
        "network cuts in 1 trial with writers on both sides; two primaries not excluded, "
        "0 acknowledged rows lost"
    )
    assert gaps.partitions(of(trial("cut-dcs", overlap_ms=None), local_writers=0)) == (
        "network cuts in 1 trial with writers on one side alone; two primaries not excluded, "
        "0 acknowledged rows lost"
    )
    assert gaps.partitions(of(trial("host-kill"))) is None


def test_how_many_wrote_through_a_kill() -> None:
    kills = trial("host-kill", unknown=1_200), trial("postmaster-kill", unknown=None, lost=1)
    assert gaps.concurrent_writes(of(*kills, trial("host-hang", unknown=7))) == (
        "8 concurrent writers through 2 trials of a kill; 1 acknowledged rows lost, "
        "how many were without an answer is not known in every trial"
    )
    one = gaps.concurrent_writes(of(kills[0]))
    assert one is not None
    assert one.endswith(", 1,200 without an answer")
    none = {"writers": None, "connect_writers": None, "local_writers": None}
    for name in none:
        one = gaps.concurrent_writes(of(*kills, **(none | {name: 2})))
        assert one is not None
        assert one.startswith("2 concurrent writers ")
    assert gaps.concurrent_writes(of(*kills, **none)) is None
    assert gaps.concurrent_writes(of(trial("host-hang"))) is None


def test_what_an_asynchronous_cluster_lost() -> None:
    losing = trial("host-kill", lost=1_000), trial("cut-full", lost=0), trial("host-hang", lost=None)
    assert gaps.tolerated_loss(of(*losing, mode="async")) == (
        "1,000 acknowledged rows lost in 1 of 3 trials of an asynchronous cluster"
    )
    assert gaps.tolerated_loss(of(losing[0], mode="async")) == (
        "1,000 acknowledged rows lost in 1 of 1 trial of an asynchronous cluster"
    )
    assert gaps.tolerated_loss(of(*losing)) is None
    assert gaps.tolerated_loss(of(*losing[1:], mode="async")) is None


def of_recovery(*trials: dict[str, Any], mode: str = "sync") -> Any:
    """A report of RECOVERY with these trials, each as usual but for what is given."""
    usual = {one["fault"]: one for one in recovery()["metrics"]["trials"]}
    report = recovery(mode=mode, trials=[usual[one["fault"]] | one for one in trials])
    return parse_report(msgspec.json.encode(report), RECOVERY)


def test_what_promotions_of_an_asynchronous_cluster_lost() -> None:
    trials = ({"fault": "host-kill", "lost": 1_200}, {"fault": "cut-full", "lost": None})
    assert tolerated_loss(of_recovery(*trials, mode="async")) == (
        "1,200 acknowledged writes lost by the promotions of an asynchronous cluster"
    )
    assert tolerated_loss(of_recovery(*trials)) is None
    assert tolerated_loss(of_recovery(trials[1], mode="async")) is None


# The matrix -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "not measured"),
        (0, "0 ms"),
        (999, "999 ms"),
        (999.6, "1.0 s"),
        (1_000, "1.0 s"),
        (1_000.5, "1.0 s"),
        (20_349, "20.3 s"),
        (1_234_500, "1,234.5 s"),
        (60_000, "60.0 s"),
        (60_001, "60.1 s"),
        (59_999, "60.0 s"),
        (10_049, "10.1 s"),
    ],
)
def test_a_gap_in_words(value: float | None, said: str) -> None:
    assert gap(value) == said


ROW = FaultRow(
    fault="host-kill",
    trials=1,
    expected="fails over",
    outcomes=("fails over",),
    as_expected=True,
    write_gap_ms=52,
    connect_gap_ms=20_300,
    lost=0,
    overlap_ms=0,
    second_primary=False,
    rejoins=("automatic",),
)


@pytest.mark.parametrize(
    ("changed", "place", "said"),
    [
        ({}, 0, "host-kill"),
        ({"trials": 2}, 0, "host-kill (2 trials)"),
        ({"expected": None}, 1, "not declared"),
        ({"outcomes": (None,), "as_expected": False}, 2, "nobody served (not as expected)"),
        (
            {"outcomes": ("fails over", None), "as_expected": False},
            2,
            "fails over or nobody served (not as expected)",
        ),
        ({"write_gap_ms": None}, 3, "not measured"),
        ({"connect_gap_ms": None}, 4, "not measured"),
        ({"lost": 1_234}, 5, "1,234"),
        ({"lost": None}, 5, "unknown"),
        ({"overlap_ms": None}, 6, "not measured"),
        ({"overlap_ms": 0.3}, 6, "< 1 ms"),
        ({"overlap_ms": 0.6}, 6, "1 ms"),
        ({"overlap_ms": 1_500, "second_primary": True}, 6, "1.5 s; two at the end"),
        ({"second_primary": True}, 6, "never; two at the end"),
        ({"rejoins": ("automatic", "manual")}, 7, "automatic or manual"),
        ({"rejoins": ("did not leave",)}, 7, "did not leave"),
    ],
)
def test_one_cell_of_a_row(changed: dict[str, Any], place: int, said: str) -> None:
    usual = ("host-kill", "fails over", "fails over", "52 ms", "20.3 s", "0", "never", "automatic")
    assert cells(ROW) == usual
    assert cells(replace(ROW, **changed)) == (*usual[:place], said, *usual[place + 1 :])


def told(row: FaultRow) -> tuple[str, ...]:
    return tuple(said.words for said in cell(row))


def wrong(row: FaultRow) -> list[str]:
    return [said.words for said in cell(row) if said.wrong]


def test_a_fault_beside_others() -> None:
    assert told(ROW) == (
        "fails over",
        "gap 52 ms / 20.3 s",
        "0 lost",
        "two primaries: never",
        "old primary: automatic",
    )
    bad = replace(
        ROW, outcomes=(None, "stays and serves"), as_expected=False, lost=1_234, rejoins=("did not leave",)
    )
    assert told(bad) == (
        "nobody served or stays and serves (expected: fails over)",
        "gap 52 ms / 20.3 s",
        "1,234 lost",
        "two primaries: never",
        "old primary: did not leave",
    )
    assert told(replace(bad, lost=None, rejoins=("manual", "refused")))[2::2] == (
        "loss unknown",
        "old primary: manual or refused",
    )
    assert told(replace(bad, expected=None))[0] == "nobody served or stays and serves (no outcome declared)"
    assert told(replace(ROW, trials=0, reason="no time")) == ("not tried: no time",)
    assert cells(replace(ROW, trials=0, reason="x")) == ("host-kill", "", "not tried: x", *[""] * 5)


def test_what_must_not_be_is_marked_beside_others() -> None:
    assert wrong(ROW) == []
    assert wrong(replace(ROW, trials=0, reason="no time")) == []
    assert wrong(replace(ROW, lost=None, overlap_ms=None)) == []
    bad = replace(ROW, outcomes=("stays and serves",), as_expected=False, lost=2, overlap_ms=23_400)
    assert wrong(bad) == ["stays and serves (expected: fails over)", "2 lost", "two primaries: 23.4 s"]
    assert wrong(replace(ROW, second_primary=True)) == ["two primaries: never; two at the end"]


def test_a_row_is_the_worst_of_its_trials() -> None:
    first = trial("host-kill", write_gap_ms=10, connect_gap_ms=30, lost=0, overlap_ms=0)
    second = trial(
        "host-kill", write_gap_ms=20, connect_gap_ms=25, lost=2, overlap_ms=1, rejoin=None, outcome=None
    )
    rows = {row.fault: row for row in fault_rows(of(first, second, first).metrics)}
    assert rows["host-kill"] == replace(
        ROW,
        trials=3,
        outcomes=("fails over", None),
        as_expected=False,
        write_gap_ms=20,
        connect_gap_ms=30,
        lost=2,
        overlap_ms=1,
        rejoins=("automatic", "did not leave"),
    )
    untold = fault_rows(of(trial("host-kill", rejoin=None)).metrics)
    assert {row.fault: row for row in untold}["host-kill"].rejoins == ("not recorded",)
    unknown = trial("host-kill", write_gap_ms=None, lost=None, read_write_members_at_end=None)
    (row,) = [row for row in fault_rows(of(first, unknown).metrics) if row.trials]
    assert (row.write_gap_ms, row.lost, row.second_primary, row.as_expected) == (None, None, False, True)
    two = trial("host-kill", read_write_members_at_end=2)
    assert next(row for row in fault_rows(of(first, two).metrics) if row.trials).second_primary
    assert rows["cut-full"] == FaultRow(
        fault="cut-full",
        trials=0,
        expected=None,
        outcomes=(),
        as_expected=False,
        write_gap_ms=None,
        connect_gap_ms=None,
        lost=None,
        overlap_ms=None,
        second_primary=False,
        rejoins=(),
        reason="no time",
    )


def test_settings_explain_what_happened() -> None:
    server = {"wal_level": "replica", "fsync": True, "x": False, "y": None, "z": "", "n": 0}
    found = explaining({"server": server, "manager": {"ttl": 20}, "other": {"a": 1}})
    assert found == [
        ("ttl", "20"),
        ("wal_level", "replica"),
        ("fsync", "on"),
        ("x", "off"),
        ("y", "not set"),
        ("z", "empty"),
        ("n", "0"),
    ]
    nothing: Any
    for nothing in (None, [], {}, {"manager": "x", "server": None}):
        assert explaining(nothing) == []


# RECOVERY's table -------------------------------------------------------------------------------------------


def test_rows_of_a_recovery_are_the_worst_of_its_trials() -> None:
    one = {"fault": "host-kill", "accepting_ms": 999, "promotion_ms": 1_000, "sync_ready_ms": 1_234_500}
    assert list(rows(of_recovery(one).metrics)) == [
        ("host-kill", "999 ms", "1.0 s", "1,234.5 s", "0", "4 to 5", "never", "2")
    ]
    other = one | {
        "accepting_ms": 1_500,
        "promotion_ms": None,
        "lost": 1_234,
        "epoch_before": None,
        "two_accepting_ms": 3,
        "nodes_rejoined": 1,
    }
    (row,) = rows(of_recovery(one, other).metrics)
    assert row == (
        "host-kill (2 trials)", "1.5 s", "", "1,234.5 s", "1,234", "4 to 5, unknown to 5", "3 ms", "1",
    )  # fmt: skip
    unknown = dict.fromkeys(("accepting_ms", "lost", "two_accepting_ms", "nodes_rejoined", "epoch_after"))
    (row,) = rows(of_recovery(one, {"fault": "host-kill"} | unknown).metrics)
    assert row[1:2] + row[4:] == (
        "not measured",
        "unknown",
        "4 to 5, 4 to unknown",
        "unknown",
        "unknown",
    )


def test_rows_of_a_recovery_are_in_the_order_of_the_contract() -> None:
    trials = [{"fault": fault} for fault in ("node-kill", "host-kill", "node-cut")]
    assert [row[0] for row in rows(of_recovery(*trials).metrics)] == ["host-kill", "node-cut", "node-kill"]
