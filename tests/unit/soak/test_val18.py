"""The kind VAL18: its ten rules, what meets GA-1, and the report that a soak writes of itself."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import full, judged, write
from haproof.api import assess, read_evidence
from haproof.cli import main
from haproof.core.parse import parse_report
from haproof.kinds.soak import KIND
from haproof.soak.folder import SoakFolder, Target
from soaks import Machine, plan, val18

AT = datetime(2026, 3, 23, 12, tzinfo=UTC)


def failing(**figures: Any) -> list[str]:
    return [check["id"] for check in val18(**figures)["checks"] if check["status"] == "FAIL"]


def test_a_soak_that_passes() -> None:
    assert failing() == []


@pytest.mark.parametrize(
    ("check", "figures"),
    [
        ("01", {"days": 29.999, "downtime_seconds": 0, "uptime": 1}),
        ("01", {"goal_days": None}),
        ("02", {"scheduled_failovers": 2, "failover_ms": [1, 2]}),
        ("02", {"scheduled_failovers": 4}),
        ("02", {"scheduled_failovers": None}),
        ("03", {"failover_ms": [1, 2, 10_000.001]}),
        ("03", {"failover_ms": [1, 2, None]}),
        ("04", {"data_continuity_rate": 0.999_999_99}),
        ("04", {"data_continuity_rate": None}),
        ("05", {"uptime": 0.9989, "downtime_seconds": 0.0011 * 86_400 * 30.01}),
        ("05", {"uptime": 1}),
        ("05", {"uptime": None}),
        ("05", {"downtime_seconds": None}),
        ("06", {"probe_interval_ms": 10_001}),
        ("07", {"probes_missing": 2_617}),
        ("07", {"probes": 0, "probes_missing": 0}),
        ("07", {"probes": None}),
        ("08", {"chain_intact": False}),
        ("08", {"chain_intact": None}),
        ("09", {"rounds": 355}),
        ("09", {"interval_hours": None}),
        ("09", {"interval_hours": 0}),
        ("10", {"unplanned_failover_ms": [60_001]}),
        ("10", {"unplanned_failover_ms": [None]}),
        ("10", {"unplanned_failover_ms": None}),
    ],
)
def test_each_rule_by_what_breaks_it(check: str, figures: dict[str, Any]) -> None:
    assert failing(**figures) == [f"VAL18-{check}"]


@pytest.mark.parametrize(
    "figures",
    [
        {"days": 30, "uptime": 1, "downtime_seconds": 0},
        {"failover_ms": [10_000] * 3},
        {"probes_missing": 2_616},
        {"rounds": 356},
        {"unplanned_failover_ms": []},
        {"unplanned_failover_ms": [60_000]},
        {"scheduled_failovers": 5, "failover_ms": [1] * 5},
    ],
)
def test_each_rule_at_its_limit(figures: dict[str, Any]) -> None:
    assert failing(**figures) == []


def test_downtime_is_held_against_days_of_86_400_seconds() -> None:
    """Of a soak that was mostly down, where a second of a day more or less is seen."""
    for downtime, rules in ((86_400 * 27, ["uptime >= 0.999"]), (86_399 * 27, ["uptime >= 0.999", UPTIME])):
        report = json.dumps(val18(days=30, uptime=0.1, downtime_seconds=downtime)).encode()
        record = parse_report(report, KIND)
        assert [one.rule for one in KIND.checks[4].judge(record) if not one.holds] == rules


UPTIME = "uptime = 1 - downtime_seconds / (86,400 * days), within 1e-6"


def ga_1(folder: Path, report: dict[str, Any] | None, at: datetime = AT) -> tuple[str, str]:
    reports = full() | ({} if report is None else {"VAL18": report})
    found = judged(folder, reports, at).proof.readiness["ga"].requirements[0]
    return found.state, found.detail


def test_thirty_days_meet_ga_1(tmp_path: Path) -> None:
    assert ga_1(tmp_path, val18()) == (
        "MET",
        "VAL18 PASS; 30 min old, valid until 2026-06-21T11:30:00Z",
    )


def test_what_does_not_meet_ga_1(tmp_path: Path) -> None:
    def said(name: str, report: dict[str, Any] | None) -> tuple[str, str]:
        return ga_1(tmp_path / name, report)

    state, detail = said("compressed", val18(compressed=True))
    assert (state, "PASS, but the soak is compressed" in detail) == ("NOT MET", True)
    state, detail = said("unknown", val18(compressed=None))
    assert (state, "compressed" in detail) == ("NOT MET", True)
    state, detail = said("short", val18(goal_days=29, days=29.01, rounds=360, uptime=1, downtime_seconds=0))
    assert (state, detail) == ("NOT MET", "VAL18 PASS, but agreed on 29 days, not 30")
    state, detail = said("failed", val18(chain_intact=False))
    assert (state, detail) == ("NOT MET", "VAL18-08 FAIL")
    assert said("absent", None)[0] == "NO EVIDENCE"
    bare = {key: val18()[key] for key in ("schema_version", "slice", "name", "generated_at")}
    state, detail = said("not-run", bare | {"not_run": "no system to observe"})
    assert (state, "no system to observe" in detail) == ("NO EVIDENCE", True)


def test_ninety_days_and_a_second(tmp_path: Path) -> None:
    dated = datetime(2026, 3, 23, 11, 30, tzinfo=UTC)
    report = val18()
    assert ga_1(tmp_path / "a", report, dated + timedelta(days=90))[0] == "MET"
    state, detail = ga_1(tmp_path / "b", report, dated + timedelta(days=90, seconds=1))
    assert (state, "at most 90" in detail) == ("NOT MET", True)


def test_it_makes_nothing_else_worse_or_better(tmp_path: Path) -> None:
    bare = judged(tmp_path / "bare", full(), AT).proof
    beside = judged(tmp_path / "beside", full() | {"VAL18": val18(chain_intact=False)}, AT).proof
    assert (bare.verdict, bare.checks) == (beside.verdict, beside.checks)
    assert bare.readiness["design_partner"] == beside.readiness["design_partner"]


def soaked(folder: Path, machine: Machine) -> SoakFolder:
    """A soak's folder with the journal of a simulated one."""
    soak = SoakFolder.create(folder, machine.plan, Target(dsn="host=nowhere"))
    (folder / "journal.jsonl").write_bytes(b"".join(machine.journal))
    soak.journal.append("stop")
    soak.save(machine.plan)
    return SoakFolder(folder)


def test_a_report_of_its_own_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine(plan(goal_days=2, probe_interval_ms=10_000))
    machine.healthy_days(2)
    machine.probes(2)
    folder, evidence = tmp_path / "soak", tmp_path / "evidence"
    soaked(folder, machine)
    write(evidence, full())
    assert main(["soak", "report", str(folder), "--evidence", str(evidence)]) == 0
    out = capsys.readouterr().out
    assert "10 of 10 checks passed" in out
    report = json.loads((evidence / "val18" / "val18-report.json").read_text())
    assert (report["run_id"], report["artifacts"][0]["path"]) == (machine.plan.soak, "journal.jsonl")
    assert report["metrics"]["days"] >= 2
    status = main(["report", str(evidence), "--recount", "--generated-at", "2026-03-23T12:00:00Z"])
    assert status == 0
    proof = json.loads((evidence / "val26" / "val26-proof-report.json").read_text())
    assert proof["beyond"][0]["status"] == "PASS"
    assert not proof["contradictions"]
    assert "agreed on 2 days, not 30" in capsys.readouterr().out


def test_a_figure_that_the_journal_does_not_give_is_a_contradiction(tmp_path: Path) -> None:
    machine = Machine(plan(goal_days=1))
    machine.healthy_days(1)
    machine.probe()
    folder, evidence = tmp_path / "soak", tmp_path / "evidence"
    soaked(folder, machine)
    write(evidence, full())
    assert main(["soak", "report", str(folder), "--evidence", str(evidence)]) == 0
    path = evidence / "val18" / "val18-report.json"
    report = json.loads(path.read_text())
    report["metrics"]["goal_days"] = report["metrics"]["days"] = 30
    report["metrics"]["rounds"] = 360
    path.write_text(json.dumps(report))
    main(["report", str(evidence), "--recount", "--generated-at", "2026-03-23T12:00:00Z"])
    proof = json.loads((evidence / "val26" / "val26-proof-report.json").read_text())
    assert proof["beyond"][0]["status"] == "FAIL"
    assert {entry["metric"] for entry in proof["contradictions"]} >= {"days", "rounds"}


def test_an_edited_journal_fails_its_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine(plan(goal_days=1))
    machine.healthy_days(1)
    machine.probe()
    folder = tmp_path / "soak"
    soaked(folder, machine)
    path = folder / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"took_ms":1.5', b'"took_ms":1.4', 1))
    assert main(["soak", "report", str(folder)]) == 1
    assert "VAL18-08" in capsys.readouterr().out


def test_a_compressed_report_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine(plan(goal_days=1, compression=96))
    machine.probes(20)
    soaked(tmp_path / "soak", machine)
    assert main(["soak", "report", str(tmp_path / "soak")]) == 1
    assert "COMPRESSED SOAK" in capsys.readouterr().out
    report = json.loads((tmp_path / "soak" / "val18" / "val18-report.json").read_text())
    assert report["metrics"]["compressed"] is True


def test_a_report_is_never_put_over_another_soaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soaked(tmp_path / "soak", Machine())
    write(tmp_path / "evidence", {"VAL18": val18() | {"run_id": "other"}})
    assert main(["soak", "report", str(tmp_path / "soak"), "--evidence", str(tmp_path / "evidence")]) == 2
    assert "is not of this soak and is left as it is" in capsys.readouterr().err


def test_a_signed_directory_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soaked(tmp_path / "soak", Machine())
    signed = tmp_path / "evidence" / "val26"
    signed.mkdir(parents=True)
    (signed / "val26-attestation.dsse.json").write_text("{}")
    assert main(["soak", "report", str(tmp_path / "soak"), "--evidence", str(tmp_path / "evidence")]) == 2
    assert "is covered by the signature" in capsys.readouterr().err


def test_the_kind_alone_is_judged_too(tmp_path: Path) -> None:
    report = assess(read_evidence(str(write(tmp_path, {"VAL18": val18()}))), AT)
    assert [row.status for row in report.proof.beyond] == ["PASS"]
    assert KIND.role == "beyond"
