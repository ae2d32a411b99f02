"""Bad clusters, control planes and restore procedures, as the raw files that they leave: each fails
the check that it breaks, by figures that nobody typed."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec import to_builtins

from bad_systems import breaks
from cluster_history import Written
from cluster_report import metrics, trial
from haproof.core.histories.point_in_time_lines import Archived, Inspected, Opened
from haproof.core.kind import Kind
from haproof.core.parse import parse_report
from haproof.kinds import cluster, pitr, recovery
from haproof.kinds.recovery.record import FAULTS
from pitr_history import FAULTS as PLANTED
from pitr_history import healthy
from recovery_history import Run, promoted
from unit.clusters.test_figures import failed_over, stayed


def failed(kind: Kind, figures: dict[str, Any], observations: dict[str, Any] | None = None) -> set[str]:
    """The checks that these figures fail, in a report that says PASS of all."""
    entries = [{"id": check.id, "description": check.title, "status": "PASS"} for check in kind.checks]
    report = {
        "schema_version": "1",
        "slice": kind.id,
        "name": kind.name,
        "generated_at": "2026-11-28T12:00:00Z",
        "metrics": figures,
        "checks": entries,
        "summary": {"total": len(entries), "passed": len(entries), "failed": 0},
    }
    if observations is not None:
        report["observations"] = observations
    record = parse_report(msgspec.json.encode(report), kind)
    return {check.id for check in kind.checks if not all(one.holds for one in check.judge(record))}


# A cluster ---------------------------------------------------------------------------------------------


def ended(history: Written, fault: str | None, **said: Any) -> dict[str, Any]:
    """A trial with the figures of its history, where both members hold every row at the end."""
    rows = [f"r{n}" for n in range(1, history.count + 1)]
    if b'"final"' not in b"".join(history.lines):
        history.final("pg1", rows, 2)
        history.final("pg2", rows, 2, writes=True)
    usual = trial(fault)
    figures = to_builtins(history.figures())
    return usual | {name: value for name, value in figures.items() if name in usual} | said


def of_cluster(history: Written, fault: str, **said: Any) -> set[str]:
    """What fails where one trial of the matrix is as its history."""
    found = metrics()
    found["trials"] = [
        ended(history, fault, **said) if one["fault"] == fault else one for one in found["trials"]
    ]
    return failed(cluster.KIND, found)


def test_a_cluster_that_fails_over_in_time_passes() -> None:
    assert of_cluster(failed_over(), "host-kill") == set()


@breaks("CLUSTER-01")
def test_a_cluster_that_nobody_wrote_to_before_the_fault(broken: set[str]) -> None:
    history = failed_over()
    history.lines = [one for one in history.lines if b'"pg1"' not in one or b'"fault"' in one]
    assert of_cluster(history, "host-kill", write_gap_ms=20_000, connect_gap_ms=20_000) == broken


@breaks("CLUSTER-02")
def test_a_cluster_that_loses_rows_without_a_fault(broken: set[str]) -> None:
    history = Written("control")
    for via in ("pooled", "connect"):
        history.inserts(range(1_000, 61_000, 1_000), via=via)
    history.put("end", 61_000)
    kept = [f"r{n}" for n in range(2, history.count + 1)]
    history.final("pg1", kept, writes=True)
    history.final("pg2", kept)
    control = ended(history, None)
    assert control["lost"] == 1
    assert failed(cluster.KIND, metrics(control=control | {"acknowledged": 4_000})) == broken


@breaks("CLUSTER-03")
def test_a_switchover_that_takes_twenty_seconds(broken: set[str]) -> None:
    assert of_cluster(failed_over(), "switchover") == broken


@breaks("CLUSTER-04")
def test_a_cluster_that_nobody_takes_over(broken: set[str]) -> None:
    history = stayed(pooled=False, connect=False, after=True)
    assert of_cluster(history, "host-kill") == broken


@breaks("CLUSTER-05")
def test_a_hung_primary_that_nobody_replaces(broken: set[str]) -> None:
    history = stayed(pooled=False, connect=False, after=True)
    assert of_cluster(history, "host-hang") == broken


@breaks("CLUSTER-06")
def test_a_cut_off_primary_that_nobody_replaces(broken: set[str]) -> None:
    history = stayed(pooled=False, connect=False, after=True)
    assert of_cluster(history, "cut-full") == broken


@breaks("CLUSTER-07")
def test_two_primaries(broken: set[str]) -> None:
    history = failed_over()
    history.insert(31_500, "pg1", 1, via="local:pg1")
    assert of_cluster(history, "host-kill") == broken


@breaks("CLUSTER-08")
def test_a_cluster_that_loses_an_acknowledged_row(broken: set[str]) -> None:
    history = failed_over()
    kept = [f"r{n}" for n in range(2, history.count + 1)]
    history.final("pg1", kept, 2)
    history.final("pg2", kept, 2, writes=True)
    assert of_cluster(history, "host-kill") == broken


@breaks("CLUSTER-09")
def test_a_cluster_that_stores_a_row_twice(broken: set[str]) -> None:
    history = failed_over()
    rows = [*(f"r{n}" for n in range(1, history.count + 1)), "r1"]
    history.final("pg1", rows, 2)
    history.final("pg2", rows, 2, writes=True)
    assert of_cluster(history, "host-kill") == broken


@breaks("CLUSTER-10")
def test_a_cluster_that_lets_a_transaction_read_what_was_rolled_back(broken: set[str]) -> None:
    history = failed_over()
    rows = [f"r{n}" for n in range(1, history.count + 1)]
    history.txn(1_000, 1_010, [["append", 7, 1]], kind="fail", sqlstate="40001")
    history.txn(2_000, 2_010, [["r", 7, [1]]])
    history.final("pg1", rows, 2, lists={"7": []})
    history.final("pg2", rows, 2, writes=True, lists={"7": []})
    assert of_cluster(history, "host-kill") == broken


@breaks("CLUSTER-12")
def test_members_that_end_with_different_rows(broken: set[str]) -> None:
    history = failed_over()
    rows = [f"r{n}" for n in range(1, history.count + 1)]
    history.final("pg1", rows[1:], 2)
    history.final("pg2", rows, 2, writes=True)
    assert of_cluster(history, "host-kill") == broken


# A control plane on a cluster --------------------------------------------------------------------------

SEEN: dict[str, Any] = {"healthy_before": True, "nodes_rejoined": 2, "healthy_at_end": True}
"""What the lab reads of each trial by itself, and no history gives."""


BOUND_MS = 2_500


def of_recovery(fault: str, plant: Callable[[Run], Any]) -> set[str]:
    """What fails where one trial is as planted and the others are clean."""
    found = []
    for name in FAULTS:
        run = promoted(f"{name}-1")
        if name == fault:
            plant(run)
        if not any(line.kind == "final" for line in run.lines):
            run.rows()
        found.append({"fault": name} | SEEN | run.judged(BOUND_MS))
    figures = {"mode": "sync", "cluster": "Patroni", "lock_bound_ms": BOUND_MS, "trials": found}
    return failed(recovery.KIND, figures)


def late(run: Run) -> None:
    """Nobody accepts anything until 40 s after the promotion."""
    run.lines = [
        line for line in run.lines if line.kind != "end" and (line.t_ms < 5_000 or line.op == "event")
    ]
    run.shows(45_000, "node2", 4, "node2").writes(range(45_100, 45_901, 100), "node2", 4).line(46_000, "end")


def without_events(run: Run) -> None:
    run.lines = [line for line in run.lines if line.op != "event"]
    run.told("ha.leader.elected", "node2")


def test_a_control_plane_that_recovers_passes() -> None:
    assert of_recovery("host-kill", lambda run: None) == set()


@pytest.mark.parametrize(
    ("fault", "plant"),
    [
        pytest.param(
            "host-kill",
            lambda run: run.shows(1_500, "node2", 3, "node2"),
            marks=breaks("RECOVERY-01", "RECOVERY-05"),
            id="two leaders from the start",
        ),
        pytest.param("host-kill", late, marks=breaks("RECOVERY-02"), id="accepts nothing for 40 s"),
        pytest.param(
            "node-cut",
            lambda run: run.writes(range(4_600, 4_901, 100), "node1", 3),
            marks=breaks("RECOVERY-03"),
            id="a cut-off node that accepts",
        ),
        pytest.param(
            "host-kill",
            lambda run: run.rows(without=("row-node1-1000",)),
            marks=breaks("RECOVERY-04"),
            id="loses a row",
        ),
        pytest.param(
            "host-kill",
            lambda run: run.shows(5_500, "node1", 4, "node1"),
            marks=breaks("RECOVERY-05"),
            id="an epoch with two holders",
        ),
        pytest.param(
            "host-kill",
            lambda run: run.writes(range(5_450, 5_851, 100), "node1", 3),
            marks=breaks("RECOVERY-05", "RECOVERY-06"),
            id="two nodes that accept",
        ),
        pytest.param(
            "host-kill",
            lambda run: run.rows(more=(("row-node1-1000", "ROW-NODE1-1000", 1),)),
            marks=breaks("RECOVERY-07"),
            id="stores a row twice",
        ),
        pytest.param(
            "node-kill",
            lambda run: run.writes(range(3_000, 3_001), "node1", 3),
            marks=breaks("RECOVERY-08"),
            id="accepts between two leaders",
        ),
        pytest.param("host-kill", without_events, marks=breaks("RECOVERY-09"), id="loses audit events"),
    ],
)
def test_a_control_plane_that_recovers_badly(
    broken: set[str], fault: str, plant: Callable[[Run], Any]
) -> None:
    assert of_recovery(fault, plant) == broken


# A restore procedure -----------------------------------------------------------------------------------


def of_restores(plant: Callable[[Any], Any]) -> set[str]:
    """What fails where one thing of a healthy run is otherwise."""
    run = healthy()
    plant(run)
    stated = dict(run.figures) | {"postgres_version": "18.1", "verify_method": "by hand"}
    parts = msgspec.structs.fields(pitr.KIND.record)
    known = {field.name: field.type for field in parts if field.name in ("metrics", "observations")}
    metric_names = known["metrics"].__struct_fields__
    metrics_ = {name: stated.pop(name) for name in metric_names if name in stated}
    return failed(pitr.KIND, metrics_, stated or None)


BAD_PROCEDURES = {
    "PITR-02": "a backup's file cut off",
    "PITR-03": "restored, and sent after T",
    "PITR-04": "the end lacks the last row",
    "PITR-05": "damage, and PostgreSQL opened",
    "PITR-06": "a gap, and PostgreSQL opened",
    "PITR-07": "a target beyond the end, and PostgreSQL opened",
    "PITR-09": "a damaged base backup that was started",
    "PITR-10": "a copy that archives",
}


def test_a_restore_procedure_that_is_careful_passes() -> None:
    assert of_restores(lambda run: None) == set()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=breaks(check), id=name) for check, name in BAD_PROCEDURES.items()]
)
def test_a_restore_procedure_that_is_careless(broken: set[str], name: str) -> None:
    assert of_restores(PLANTED[name][1]) == broken


@breaks("PITR-01")
def test_an_archive_that_nothing_reaches(broken: set[str]) -> None:
    assert of_restores(lambda run: run.drop(Archived, lambda line: True)) == broken


@breaks("PITR-08")
def test_a_restore_procedure_that_looks_at_nothing(broken: set[str]) -> None:
    def plant(run: Any) -> None:
        run.change(Inspected, lambda line: line.archive != "kept", missing=[], unreadable=None)
        run.change(Opened, lambda line: line.restore in ("damaged-end", "missing-end"), end=None)

    assert of_restores(plant) == broken
