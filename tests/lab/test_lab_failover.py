"""VAL13 on the reference node: measured, judged, written, and nothing left behind."""

import hashlib
import json
from pathlib import Path

import pytest

from haproof.api import read_evidence
from haproof.kinds import failover
from lab.lab_process import Lab, linux_only, running
from lab.starved import STARVED

pytestmark = [pytest.mark.lab, linux_only]

SECRETS: set[str] = set()
"""Of the module's one run; read while it went on."""

SQL_ONLY = """
name = "reference node, rows written past it"
version = "1"
[node]
start = [
  "{python}", "-m", "haproof.node", "--node-id", "{node}", "--listen", "127.0.0.1:{port}", "--dsn", "{dsn}",
  "--token-file", "{token_file}", "--backup-dir", "{backup_dir}",
]
[api]
protected_write = false
[sql]
setup = "create table probe (id text primary key, payload text not null); grant all on probe to haproof_node"
write_row = "insert into probe (id, payload) values ({id}, {payload})"
protected_rows = "select id, payload, 0 from probe"
"""


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, int, str, str]:
    lab = Lab(tmp_path_factory.mktemp("lab"))
    with running(lab):
        lab.await_journal("probe rows")
        SECRETS.update(lab.secrets())
        status, out, err = lab.end()
    assert not any(reason in err for reason in STARVED), err
    return lab, status, out, err


def test_quick_run_passes_every_check(passed: tuple[Lab, int, str, str]) -> None:
    lab, status, out, err = passed
    assert status == 0, err
    assert set(lab.checks().values()) == {"PASS"}
    following, looking, last = out.splitlines()
    assert following.startswith("Next: ")
    assert following.endswith(f" report {lab.evidence}")
    assert looking.endswith(f" show {lab.evidence}")
    assert last == f"Evidence directory: {lab.evidence}"
    assert "VAL13 HA Failover Validation: PASS (10/10 checks)" in err


def test_report_is_read_and_judged_again_without_contradiction(passed: tuple[Lab, int, str, str]) -> None:
    source = read_evidence(str(passed[0].evidence)).sources[0]
    assert source.fault is None
    assert source.record is not None
    for check in failover.KIND.checks:
        findings = check.judge(source.record)
        assert findings, f"{check.id} was given no facts"
        assert all(finding.holds for finding in findings)


def test_its_faults_are_those_of_the_slice(passed: tuple[Lab, int, str, str]) -> None:
    environment = passed[0].report()["environment"]
    done = environment["chaos"][0]
    for fault in ("SIGTERM + SIGKILL + SIGSTOP of the leader", "planned handover", "PostgreSQL killed"):
        assert fault in done
    assert "ghost" not in done
    assert environment["cluster"].startswith("Two-node HA (node1 + node2) on one PostgreSQL server")


def test_figures_are_of_this_run(passed: tuple[Lab, int, str, str]) -> None:
    report = passed[0].report()
    metrics, observations = report["metrics"], report["observations"]
    assert 0 < metrics["sigterm_takeover_ms"] < metrics["sigterm_failover_ms"]
    assert 0 < metrics["sigkill_takeover_ms"] < metrics["sigkill_failover_ms"]
    assert metrics["sigterm_trials_ms"] == [metrics["sigterm_failover_ms"]]
    assert len(metrics["rapid_cycle_ms"]) == 3
    assert metrics["hung_leader_failover_ms"] > metrics["sigkill_failover_ms"]
    assert metrics["write_gap_ms"] > 0
    # 1 SIGTERM, 1 SIGKILL, 1 planned, 3 rapid, 1 in silence, 4 ends of PostgreSQL, 1 hang: each a new epoch.
    assert observations["epochs"] == list(range(1, 14))
    assert observations["nodes_killed"] == observations["nodes_rejoined"] == 6
    assert metrics["sigterm_accepting_trials_ms"][0] > metrics["sigterm_takeover_ms"]
    assert metrics["sigkill_accepting_trials_ms"][0] > metrics["sigkill_takeover_ms"]
    assert 0 < metrics["unobserved_takeover_ms"] < 5_000
    zero = ("acknowledged_early", "refused_stored", "duplicated", "unexpected")
    assert [metrics[f"rows_{name}"] for name in zero] == [0] * 4
    assert metrics["non_holder_accepted"] == metrics["epochs_shown_twice"] == metrics["answers_invalid"] == 0
    assert observations["events_match"] is True
    assert observations["unprovoked_changes"] == 0


def test_every_operation_is_in_the_history(passed: tuple[Lab, int, str, str]) -> None:
    lab = passed[0]
    lines = [json.loads(line) for line in (lab.evidence / "val13/writes.jsonl").read_text().splitlines()]
    metrics = lab.report()["metrics"]
    written = [line for line in lines if line.get("op") == "insert"]
    counted = {kind: sum(1 for line in written if line["kind"] == kind) for kind in ("ok", "fail", "unknown")}
    rows = {line["id"] for line in written if line["kind"] == "ok"}
    assert metrics["rows_acknowledged"] == len(rows), "a row that is promised again is one row"
    assert (metrics["rows_refused"], metrics["rows_unknown"]) == (counted["fail"], counted["unknown"])
    sent = [line["id"] for line in written if line["kind"] == "invoke"]
    assert len(sent) == sum(counted.values())
    again = sorted(name for name in set(sent) if sent.count(name) > 1)
    assert len(again) == 2, (
        "one that was promised is sent again as it was and changed, and one that was refused"
    )
    assert counted["ok"] == len(rows) + 2, "the promised one is promised again, by two leaders"
    assert {line["client"] for line in written} >= {f"writer-{number}" for number in range(1, 9)}
    faults = [line["trial"] for line in lines if line["kind"] == "fault"]
    assert faults[:4] == ["sigterm-1", "sigkill-1", "handover-1", "rapid-1"]
    assert lines[-1]["kind"] == "final"
    assert sum(1 for line in written if line.get("status") == 421) >= 200, "writes to nodes that do not hold"


def test_artifacts_are_all_there_with_their_digests(passed: tuple[Lab, int, str, str]) -> None:
    folder = passed[0].evidence / "val13"
    listed = {entry["path"]: entry for entry in passed[0].report()["artifacts"]}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == set(listed) | {"val13-report.json"}
    assert {"journal.jsonl", "writes.jsonl", "logs/node1.log", "logs/node2.log", "logs/postgres.log"} <= set(
        listed
    )
    for path, entry in listed.items():
        content = (folder / path).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (entry["sha256"], entry["bytes"])


def test_environment_says_what_was_tested(passed: tuple[Lab, int, str, str]) -> None:
    environment = passed[0].report()["environment"]
    assert environment["platform"] == "local-processes"
    assert environment["system"]["name"] == "haproof reference node"
    assert len(environment["system"]["sha256"]) == 64
    settings = environment["settings"]
    assert (settings["fsync"], settings["full_page_writes"], settings["synchronous_commit"]) == ("on",) * 3
    assert {"seed", "trials", "profile", "poll_interval_ms", "database_origin"} <= set(settings)


def test_no_secret_reaches_evidence_or_terminal(passed: tuple[Lab, int, str, str]) -> None:
    lab, _, out, err = passed
    assert len(SECRETS) == 3
    texts = [path.read_text() for path in lab.evidence.rglob("*") if path.is_file()] + [out, err]
    assert not [secret for secret in SECRETS for text in texts if secret in text]


def test_nothing_is_left_behind(passed: tuple[Lab, int, str, str]) -> None:
    assert passed[0].await_silence() == {}
    assert passed[0].leftovers() == []


def test_the_printed_seed_is_the_recorded_one(passed: tuple[Lab, int, str, str]) -> None:
    seed = passed[0].report()["environment"]["settings"]["seed"]
    assert f"seed {seed}\n" in passed[3]


def test_target_without_a_protected_write_is_written_to_by_sql(tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.write_text(SQL_ONLY)
    lab = Lab(tmp_path / "lab", ("--target", str(target)))
    status, _, err = lab.run()
    assert status == 0, err
    metrics = lab.report()["metrics"]
    assert "stale_write_refused" not in metrics
    assert "hung_leader_failover_ms" not in metrics
    assert metrics["data_loss_rows"] == 0
    assert metrics["rows_acknowledged"] > 10


def test_what_the_target_does_not_offer_is_named(tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.write_text(SQL_ONLY.replace("protected_rows =", "open_epochs ="))
    lab = Lab(tmp_path / "lab", ("--target", str(target)))
    status, _, _ = lab.run()
    assert status == 3
    assert lab.report()["not_run"].endswith("does not offer sql.protected_rows")
    assert lab.leftovers() == [], "there is nothing to look at"


def test_a_wrong_write_row_is_never_blamed_on_the_system(tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.write_text(SQL_ONLY.replace("insert into probe ", "insert into prbe "))
    lab = Lab(tmp_path / "lab", ("--target", str(target)))
    status, _, err = lab.run()
    assert status == 3, err
    assert lab.report()["not_run"].startswith('[sql] write_row: relation "prbe" does not exist')
