"""CLUSTER's twelve checks: each rule broken alone breaks its check and no other."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from cluster_history import Written
from cluster_report import broken, broken_in, metrics, record, tree, trial, with_trial
from haproof.core.judge import judge_slice
from haproof.core.model import SliceResult
from haproof.core.parse import Mismatch, parse_report
from haproof.core.recount import dispute
from haproof.core.source import Recounted, Source
from haproof.kinds.cluster import KIND
from haproof.kinds.cluster.faults import FAULTS
from haproof.kinds.cluster.record import incomplete, names
from haproof.kinds.cluster.table import cells, fault_rows

PLANNED = ("switchover", "manager-term")


def test_a_synchronous_cluster_that_loses_nothing_passes() -> None:
    assert broken(record(tree(metrics()))) == {}


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"members": 1}, "01"),
        ({"writers": 3}, "01"),
        ({"readers": 1}, "01"),
        ({"connect_writers": 0}, "01"),
        ({"members": None}, "01"),
        ({"control": trial(None, healthy_before=False)}, "01"),
        ({"control": trial(None, acknowledged=99)}, "01"),
        ({"control": trial(None, lost=1)}, "02"),
        ({"control": trial(None, duplicated=1)}, "02"),
        ({"control": trial(None, phantom=1)}, "02"),
        ({"control": trial(None, reads_back=1)}, "02"),
        ({"control": trial(None, overlap_ms=1)}, "02"),
    ],
)
def test_the_load_and_the_control(changed: dict[str, Any], check: str) -> None:
    assert broken_in(metrics(**changed)) == {check}


def test_no_control_is_no_evidence_of_a_clean_one() -> None:
    assert broken_in(metrics(control=None)) == {"01", "02"}


OWN: dict[str, str] = dict.fromkeys(map(str, FAULTS), "06")
OWN |= {"host-kill": "04", "postmaster-kill": "04"}
OWN |= {"host-hang": "05", "postmaster-hang": "05", "switchover": "03", "manager-term": "03"}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_outcome_that_is_not_as_expected_fails_its_check(fault: str) -> None:
    assert broken_in(with_trial(fault, outcome="stays and serves", new_primary=None)) == {OWN[fault]}
    assert broken_in(with_trial(fault, outcome=None)) == {OWN[fault]}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("gap", ["write_gap_ms", "connect_gap_ms"])
def test_whoever_waits_too_long_fails_where_the_cluster_serves(fault: str, gap: str) -> None:
    limit = 10_000 if fault in PLANNED else 60_000
    waits = trial(fault)["outcome"] == "fails over"
    assert broken_in(with_trial(fault, **{gap: limit})) == set()
    assert broken_in(with_trial(fault, **{gap: limit + 1})) == ({OWN[fault]} if waits else set())
    assert broken_in(with_trial(fault, **{gap: None})) == ({OWN[fault]} if waits else set())


def test_a_failover_to_the_same_server_is_none() -> None:
    assert broken_in(with_trial("host-kill", new_primary="pg1")) == {"04"}
    assert broken_in(with_trial("host-kill", new_primary=None)) == {"04"}


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"healthy_before": False}, "01"),
        ({"healthy_before": None}, "01"),
        ({"acknowledged_before_fault": 0}, "01"),
        ({"overlap_ms": 0.5}, "07"),
        ({"read_write_members_at_end": 2}, "07"),
        ({"read_write_members_at_end": 0}, "07"),
        ({"lost": 1}, "08"),
        ({"lost": None}, "08"),
        ({"sync_effective": False}, "08"),
        ({"sync_effective": None}, "08"),
        ({"duplicated": 1}, "09"),
        ({"phantom": 1}, "09"),
        ({"reads_back": 1}, "09"),
        ({"anomalies": {"G2-item": 1}}, "10"),
        ({"anomalies": {"G-single-realtime": 2}}, "10"),
        ({"anomalies": {"lost-append": 1}}, "10"),
        ({"anomalies": None}, "10"),
        ({"rejoin": "manual"}, "11"),
        ({"rejoin": "second primary"}, "11"),
        ({"rejoin": "refused"}, "11"),
        ({"members_equal": False}, "12"),
        ({"members_equal": None}, "12"),
    ],
)
@pytest.mark.parametrize("fault", FAULTS)
def test_safety_is_judged_in_every_trial(fault: str, changed: dict[str, Any], check: str) -> None:
    assert broken_in(with_trial(fault, **changed)) == {check}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_old_primary_that_somebody_replaced_left_whatever_is_said_of_its_return(fault: str) -> None:
    left = trial(fault)["outcome"] == "fails over"
    assert broken_in(with_trial(fault, rejoin=None)) == ({"11"} if left else set())


def test_two_primaries_are_not_excluded_where_no_writer_was_on_every_host() -> None:
    content = with_trial("host-kill", overlap_ms=None)
    assert broken_in(content) == set()


def test_asynchronous_losses_are_measured_and_no_failure() -> None:
    content = metrics(mode="async")
    for one in content["trials"]:
        one |= {"lost": 54, "sync_effective": False}
    assert broken_in(content) == set()
    content["trials"][0]["lost"] = None
    assert broken_in(content) == {"08"}


@pytest.mark.parametrize(
    ("level", "allowed", "forbidden"),
    [
        ("repeatable read", "G2-item", "G-single"),
        ("repeatable read", "G2-item-realtime", "G-nonadjacent"),
        ("read committed", "G-single-session", "G1c"),
        ("read committed", "internal", "lost-append"),
    ],
)
def test_an_anomaly_counts_where_its_level_forbids_it(level: str, allowed: str, forbidden: str) -> None:
    for anomaly, found in ((allowed, set()), (forbidden, {"10"})):
        content = with_trial("cut-full", anomalies={anomaly: 3}) | {"isolation_level": level}
        assert broken_in(content) == found


def test_an_anomaly_of_the_control_is_not_the_managers() -> None:
    content = with_trial("cut-full", anomalies={"G2-item": 3})
    content["control"] = trial(None, anomalies={"G2-item": 1})
    assert broken_in(content) == set()


def _mismatch(content: dict[str, Any]) -> str:
    with pytest.raises(Mismatch) as raised:
        parse_report(json.dumps(tree(content)).encode(), KIND)
    return str(raised.value)


def test_each_fault_is_tried_or_has_a_reason_not_to_be() -> None:
    content = metrics()
    gone = content["trials"].pop()
    assert _mismatch(content) == (
        f"$.metrics: the fault '{gone['fault']}' is neither among trials nor in not_tried"
    )
    content["not_tried"] = [{"fault": gone["fault"], "reason": "needs root"}]
    assert broken_in(content) == set()
    content["not_tried"] *= 2
    assert "given twice" in _mismatch(content)


def test_where_every_cluster_must_fail_over_nothing_else_can_be_declared() -> None:
    assert "must fail over" in _mismatch(with_trial("host-kill", expected="stays and serves"))


def test_a_trial_without_a_fault_is_the_control_alone() -> None:
    assert "only the control may have" in _mismatch(metrics(trials=[trial(None)]))
    assert "without a fault" in _mismatch(metrics(control=trial("host-kill")))


@pytest.mark.parametrize("missing", [("host-kill",), ("host-hang",), ("cut-full",), PLANNED])
def test_without_a_required_fault_there_is_no_verdict(missing: tuple[str, ...]) -> None:
    content = metrics(
        trials=[trial(fault) for fault in FAULTS if fault not in missing],
        not_tried=[{"fault": fault, "reason": "not asked for"} for fault in missing],
    )
    why = incomplete(record(tree(content)))
    assert why == f"{' or '.join(missing)} not tried (not asked for)"


def test_one_planned_fault_is_enough() -> None:
    content = metrics(
        trials=[trial(fault) for fault in FAULTS if fault != "switchover"],
        not_tried=[{"fault": "switchover", "reason": "needs ssh"}],
    )
    assert incomplete(record(tree(content))) is None
    assert broken_in(content) == set()


def test_trials_are_named_as_in_their_histories() -> None:
    content = metrics(trials=[trial(fault) for fault in (*FAULTS, "host-kill", "cut-full")])
    assert names(record(tree(content)).metrics)[-2:] == ["host-kill-2", "cut-full-2"]


def test_the_table_has_a_row_for_each_fault_with_the_worst_of_its_trials() -> None:
    content = metrics(mode="async")
    content["trials"] = [
        trial("host-kill"),
        trial("host-kill", lost=3, write_gap_ms=21_400.0, overlap_ms=1_500.0, read_write_members_at_end=2),
        trial("cut-full", outcome="stays and serves", rejoin=None),
        trial("manager-kill", lost=None),
    ]
    tried = {one["fault"] for one in content["trials"]}
    content["not_tried"] = [{"fault": one, "reason": "no time"} for one in FAULTS if one not in tried]
    rows = {row.fault: cells(row) for row in fault_rows(record(tree(content)).metrics)}
    assert list(rows) == list(FAULTS)
    assert rows["host-kill"] == (
        "host-kill (2 trials)", "fails over", "fails over", "21.4 s", "2.4 s", "3", "1.5 s; two at the end",
        "automatic",
    )  # fmt: skip
    assert rows["cut-full"][2] == "stays and serves (not as expected)"
    assert rows["cut-full"][-1] == "did not leave"
    assert rows["manager-kill"][5] == "unknown"
    assert rows["switchover"][2] == "not tried: no time"


def test_a_figure_that_its_history_contradicts_is_named_with_its_trial() -> None:
    written = Written()
    written.inserts(range(1_000, 10_001, 1_000), via="pooled")
    written.put("fault", 10_500, member="pg1", timeline=1)
    written.put("heal", 20_000)
    written.put("end", 30_000)
    written.final("pg1", [f"r{n}" for n in range(2, written.count + 1)], 1, writes=True)
    content = metrics(control=None, trials=[trial("host-kill")])
    content["not_tried"] = [{"fault": one, "reason": "no time"} for one in FAULTS if one != "host-kill"]
    report = record(tree(content))
    (again,) = KIND.recounts[0].derive(written.lines, report)["trials"]
    assert again.lost == 1
    (stated,) = report.metrics.trials
    source = Source(
        kind=KIND, path="cluster/cluster-report.json", record=report,
        recounted=(Recounted(path="cluster/operations.jsonl", values={"trials": [replace(stated, lost=1)]}),),
    )  # fmt: skip
    (finding,) = dispute(SliceResult(source=source)).untied
    assert finding.told == "trials[0].lost: 0 reported, 1 recounted from cluster/operations.jsonl"


def test_a_trial_that_the_history_has_may_not_be_left_out_of_the_report() -> None:
    written = Written()
    for name in ("host-kill-1", "host-kill-2"):
        written.trial = name
        written.inserts(range(1_000, 10_001, 1_000), via="pooled")
        written.put("fault", 10_500, member="pg1", timeline=1)
        written.put("end", 30_000)
    content = metrics(control=None, trials=[trial("host-kill")])
    content["not_tried"] = [{"fault": one, "reason": "no time"} for one in FAULTS if one != "host-kill"]
    with pytest.raises(ValueError, match="trial 'host-kill-2' is in it and not in the report"):
        KIND.recounts[0].derive(written.lines, record(tree(content)))


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"lost": 1}, "CLUSTER-08"),
        ({"overlap_ms": 5.0}, "CLUSTER-07"),
        ({"members_equal": False}, "CLUSTER-12"),
        ({"reads_back": 1}, "CLUSTER-09"),
        ({"write_gap_ms": 2_400.0}, "CLUSTER-04"),
    ],
)
def test_a_figure_of_a_trial_that_differs_contradicts_the_checks_that_look_at_it(
    changed: dict[str, Any], check: str
) -> None:
    report = record(tree(metrics()))
    trials = list(report.metrics.trials)
    place = [one.fault for one in trials].index("host-kill")
    trials[place] = replace(trials[place], **changed)
    source = Source(
        kind=KIND, path="cluster/cluster-report.json", record=report,
        recounted=(Recounted(path="cluster/operations.jsonl", values={"trials": trials}),),
    )  # fmt: skip
    result = judge_slice(source)
    assert [one.check.id for one in result.checks if not one.passed] == [check]
    assert result.untied == ()
    (finding,) = [finding for one in result.checks for finding in one.findings if not finding.holds]
    assert finding.pointer == f"/metrics/trials/{place}/{next(iter(changed))}"


def test_each_figure_that_differs_is_told() -> None:
    report = record(tree(metrics()))
    trials = list(report.metrics.trials)
    trials[0] = replace(trials[0], lost=1, duplicated=2)
    trials[3] = replace(trials[3], lost=4)
    source = Source(
        kind=KIND, path="cluster/cluster-report.json", record=report,
        recounted=(Recounted(path="cluster/operations.jsonl", values={"trials": trials}),),
    )  # fmt: skip
    result = judge_slice(source)
    told = {finding.pointer for one in result.checks for finding in one.findings if not finding.holds}
    assert told == {"/metrics/trials/0/lost", "/metrics/trials/0/duplicated", "/metrics/trials/3/lost"}
