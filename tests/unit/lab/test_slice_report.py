"""A draft becomes a report whose statuses are the slice's own judgement; nulls never pass."""

import json
from pathlib import Path
from typing import Any

import pytest

from haproof.cli.lab import ELSEWHERE
from haproof.core.parse import parse_report
from haproof.core.record import NotRunRecord
from haproof.errors import LabError
from haproof.kinds import HOUSE, failover
from haproof.lab import slice_report
from haproof.lab.draft import Draft
from haproof.lab.scenario import Scenario
from haproof.lab.scenarios import SCENARIOS

AT = "2026-03-23T10:00:00Z"


def head(kind: Any = failover.KIND) -> dict[str, Any]:
    return slice_report.header(kind, AT, AT, "run", {"platform": "local-processes"})


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.slice.id)
def test_a_scenario_that_measured_nothing_fails_every_check(scenario: Scenario) -> None:
    draft = Draft(scenario.metrics, scenario.observations)
    judged = slice_report.judged(scenario.slice, head(scenario.slice), draft, [])
    assert judged.passed == 0
    assert judged.failed == tuple(check.id for check in scenario.slice.checks)
    report = json.loads(judged.content)
    assert report["summary"] == {"total": 10, "passed": 0, "failed": 10}
    assert all("not measured" in check["detail"] for check in report["checks"])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.slice.id)
def test_a_scenario_declares_only_keys_of_its_record(scenario: Scenario) -> None:
    fields = scenario.slice.record.__struct_fields__
    assert {"metrics", "observations"} <= set(fields)
    hints = {field.name: field.type for field in __import__("msgspec").structs.fields(scenario.slice.record)}
    assert set(scenario.metrics) <= set(hints["metrics"].__struct_fields__)
    observations = next(kind for kind in hints["observations"].__args__ if kind is not type(None))
    assert set(scenario.observations) == set(observations.__struct_fields__)


def test_scenarios_are_the_slices_in_order() -> None:
    order = [kind.id for kind in HOUSE.kinds]
    present = [scenario.slice.id for scenario in SCENARIOS]
    assert present == [name for name in order if name in present]
    assert {kind.id for kind in HOUSE.window} <= set(present)


def test_a_figure_of_the_wrong_type_is_a_fault_of_the_lab() -> None:
    scenario = SCENARIOS[0]
    draft = Draft(scenario.metrics, scenario.observations)
    draft.metric("sigterm_failover_ms", "quick")
    with pytest.raises(LabError, match=r"no valid VAL13 record: .*sigterm_failover_ms"):
        slice_report.judged(failover.KIND, head(), draft, [])


def test_a_check_without_a_fact_is_a_fault_of_the_lab() -> None:
    scenario = SCENARIOS[0]
    draft = Draft(scenario.metrics, ())
    with pytest.raises(LabError, match="VAL13-01 has no fact to be judged by"):
        slice_report.judged(failover.KIND, head(), draft, [])


def test_a_key_that_was_not_declared_is_a_fault_of_the_lab() -> None:
    draft = Draft(("a_ms",), ("b",))
    with pytest.raises(LabError, match="'c'"):
        draft.metric("c", 1)
    with pytest.raises(LabError, match="'a_ms'"):
        draft.observe("a_ms", 1)
    draft.leave_out("a_ms", "b")
    assert (draft.metrics, draft.observations) == ({}, {})


def test_not_run_carries_its_reason_and_raw_files(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "node1.log").write_bytes(b"abc")
    content = slice_report.not_run(failover.KIND, head(), "no database", slice_report.digest_files(tmp_path))
    record = parse_report(content, failover.KIND)
    assert isinstance(record, NotRunRecord)
    assert record.not_run == "no database"
    assert record.artifacts is not None
    [artifact] = record.artifacts
    assert (artifact.path, artifact.bytes) == ("logs/node1.log", 3)
    assert artifact.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_broken_rule_quotes_what_the_system_did() -> None:
    scenario = SCENARIOS[0]
    draft = Draft(scenario.metrics, scenario.observations)
    draft.metric("sigterm_failover_ms", 9_000)
    draft.quote("sigterm_failover_ms", "node2 answered\nrole primary")
    draft.gave_up = "no leader came up"
    details = {
        check["id"]: check["detail"]
        for check in json.loads(slice_report.judged(failover.KIND, head(), draft, []).content)["checks"]
    }
    assert details["VAL13-03"].startswith("SIGTERM failover took 9,000 ms (limit 5,000 ms)")
    assert "(node2 answered role primary)" in details["VAL13-03"]
    assert details["VAL13-05"].startswith("SIGKILL failover: not measured (limit 5,000 ms)")
    assert "(no leader came up)" in details["VAL13-05"]


def test_a_rule_that_holds_quotes_nothing() -> None:
    scenario = SCENARIOS[0]
    draft = Draft(scenario.metrics, scenario.observations)
    draft.observe("nodes_healthy", 2)
    draft.quote("nodes_healthy", "both")
    details = json.loads(slice_report.judged(failover.KIND, head(), draft, []).content)["checks"][0]
    assert "both" not in details["detail"]


def test_a_quote_is_one_line_of_a_length_that_a_report_can_carry() -> None:
    assert slice_report.cut("a\n\tb") == "a b"
    assert len(slice_report.cut("x" * 10_000)) == slice_report.LONGEST_QUOTE
    assert slice_report.cut("\ud800") == "?"


def test_a_quote_about_no_figure_is_a_fault_of_the_lab() -> None:
    with pytest.raises(LabError, match="'c'"):
        Draft(("a_ms",), ("b",)).quote("c", "what it said")


def test_a_kind_that_no_scenario_measures_is_measured_by_something_that_is_named() -> None:
    measured = {scenario.slice.id for scenario in SCENARIOS}
    assert {kind.id for kind in HOUSE.kinds} - measured == set(ELSEWHERE)
