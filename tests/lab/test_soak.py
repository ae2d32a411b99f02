"""The soak against real processes: compressed, killed on the way; and what it must refuse or survive."""

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from haproof.api import assess, read_evidence
from haproof.raw_files import recount
from haproof.soak.clock import moment
from haproof.soak.folder import SoakFolder
from haproof.soak.standing import standing
from lab.compressed_soak import CompressedSoak
from lab.node_fixture import Bench, Postgres, eventually, running_bench, running_postgres, tool

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def bench(postgres: Postgres, tmp_path: Path) -> Iterator[Bench]:
    with running_bench(postgres, tmp_path) as found:
        yield found


def soak(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "haproof", "soak", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def setup(bench: Bench, folder: Path, *more: str, dsn: str | None = None) -> subprocess.CompletedProcess[str]:
    failovers = () if "--failover-command" in more else ("--scheduled-failovers", "0")
    return soak("setup", str(folder), "--dsn", dsn or bench.dsn, *failovers, *more)


def enough(status: dict[str, Any]) -> bool:
    """What a busy machine needs longer for."""
    days, failovers = status["metrics"]["days"], status["metrics"]["scheduled_failovers"]
    return bool(days >= 0.01 and failovers == 3 and status["rows_acknowledged"] > 100)


def test_a_compressed_soak_with_everything_killed_on_the_way(bench: Bench, tmp_path: Path) -> None:
    run = CompressedSoak(
        bench, tmp_path, compress="60", goal_days="0.01", interval_hours="0.04", scheduled_failovers="3"
    )
    run.start_prober()
    events = [run.kill_leader, run.kill_prober_and_start_it_again, run.overlapping_rounds, run.reboot]
    deadline = time.monotonic() + 50
    while time.monotonic() < deadline:
        run.round()
        if events:
            events.pop(0)()
        elif enough(run.status()):
            break
    assert run.kill_prober(signal.SIGTERM) == 0
    status, truth = run.status(), run.truth
    figures = status["metrics"]
    assert figures["compressed"] is True
    assert figures["days"] >= 0.01
    assert figures["rounds"] == truth.rounds
    assert (figures["restarts"], status["reboots"]) == (truth.prober_kills + truth.reboots, truth.reboots)
    assert figures["scheduled_failovers"] == len(figures["failover_ms"]) == 3
    assert all(value is not None and value <= 10_000 for value in figures["failover_ms"])
    assert len(figures["unplanned_failover_ms"]) == truth.node_kills
    assert (figures["data_continuity_rate"], status["rows_lost"]) == (1, 0)
    assert status["rows_acknowledged"] > 100
    assert figures["chain_intact"] is True
    assert status["prober_peak_bytes"] <= 60 * 2**20
    told = run.command("status").stdout
    assert "COMPRESSED SOAK" in told
    evidence = tmp_path / "evidence"
    assert "COMPRESSED SOAK" in run.command("report", "--evidence", str(evidence)).stdout
    proof = assess(recount(read_evidence(str(evidence))), datetime.now(UTC)).proof
    assert not proof.contradictions
    ga_1 = proof.readiness["ga"].requirements[0]
    assert (ga_1.id, ga_1.state, "compressed" in ga_1.detail) == ("GA-1", "NOT MET", True)


def test_rows_that_are_taken_away_or_changed_are_missed(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "soak"
    quick = ("--probe-interval", "0.05", "--interval-hours", "0.0005")
    assert setup(bench, folder, *quick).returncode == 0
    with prober(folder):
        probed(folder, 30)
        assert "acknowledged rows are there" in soak("round", str(folder)).stdout
        table = f"haproof_soak.probe_{json.loads((folder / 'state.json').read_text())['soak']}"
        bench.sql(f"delete from {table} where id % 16 = 3")
        bench.sql(f"update {table} set payload = 'x' where id % 16 = 5")
        done = eventually("another round is due", lambda: lost(soak("round", str(folder))), 20)
    assert done.returncode == 1
    figures = status(folder)["metrics"]
    assert figures["data_continuity_rate"] < 1


def test_a_planned_failover_that_nobody_follows_is_not_measured(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "soak"
    assert setup(bench, folder, "--failover-command", "sh -c 'echo no candidate >&2; exit 3'").returncode == 0
    done = soak("round", str(folder), "--failover")
    assert done.returncode == 1
    assert "nobody took over (sh ended with status 3: no candidate)" in done.stderr
    assert status(folder)["metrics"]["failover_ms"] == [None]


def test_two_probers(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "soak"
    assert setup(bench, folder).returncode == 0
    with prober(folder):
        probed(folder, 1)
        second = soak("probe", str(folder))
        assert (second.returncode, soak("probe", str(folder), "--unless-running").returncode) == (2, 0)
        assert "runs already: one is enough" in second.stderr
    assert status(folder)["metrics"]["restarts"] == 0


def test_a_database_that_goes_away_is_downtime_and_comes_back(tmp_path: Path) -> None:
    with running_postgres() as server, running_bench(server, tmp_path) as bench:
        folder = tmp_path / "soak"
        assert setup(bench, folder, "--probe-interval", "0.2").returncode == 0
        with prober(folder):
            probed(folder, 5)
            server.stop(signal.SIGINT)
            eventually("an outage is seen", lambda: status(folder)["last_probe_ok"] is False, 20)
            before = status(folder)["metrics"]["probes"]
            assert "compared nothing" in soak("round", str(folder)).stderr
            server.start()
            eventually("it is over", lambda: status(folder)["last_probe_ok"], 20)
            probed(folder, before + 5)
            assert "acknowledged rows are there" in soak("round", str(folder)).stdout
        found = status(folder)
        assert 0 < found["metrics"]["downtime_seconds"] < 60
        assert found["metrics"]["unplanned_failover_ms"] == []
        assert (found["metrics"]["data_continuity_rate"], found["metrics"]["chain_intact"]) == (1, True)


def test_a_database_that_hangs_is_downtime_and_the_prober_goes_on(tmp_path: Path) -> None:
    with running_postgres() as server, running_bench(server, tmp_path) as bench:
        folder = tmp_path / "soak"
        assert setup(bench, folder, "--probe-interval", "0.2").returncode == 0
        with prober(folder):
            probed(folder, 5)
            server.signal_all(signal.SIGSTOP)
            eventually("an outage is seen", lambda: status(folder)["last_probe_ok"] is False, 20)
            server.signal_all(signal.SIGCONT)
            eventually("it is over", lambda: status(folder)["last_probe_ok"], 20)
        assert status(folder)["metrics"]["downtime_seconds"] > 0


def test_a_full_disk_is_said_counted_and_not_survived(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "soak"
    assert setup(bench, folder, "--probe-interval", "0.05").returncode == 0
    with prober(folder) as process:
        probed(folder, 5)
        size = (folder / "journal.jsonl").stat().st_size
        before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        time.sleep(1)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)
        written = status(folder)["metrics"]["probes"]
        probed(folder, written + 10)
    found = status(folder)
    assert found["metrics"]["probes_missing"] >= 5
    assert found["metrics"]["chain_intact"] is True
    assert b'"unwritten"' in (folder / "journal.jsonl").read_bytes()
    assert "make room" in (tmp_path / "prober.log").read_text()


def test_a_standby_is_refused(tmp_path: Path) -> None:
    server = Postgres(tmp_path, "max_connections = 100\n")  # no fewer than its primary had
    (server.data / "standby.signal").touch()
    try:
        server.start()
        done = soak("setup", str(tmp_path / "s"), "--dsn", server.dsn(), "--scheduled-failovers", "0")
    finally:
        server.stop(signal.SIGQUIT)
    assert done.returncode == 2
    assert "leads to a standby, which takes no writes" in done.stderr
    assert not (tmp_path / "s").exists()


def test_a_role_without_rights_is_refused(bench: Bench, tmp_path: Path) -> None:
    bench.sql("drop role if exists weak")
    bench.sql("create role weak login")
    done = setup(bench, tmp_path / "s", dsn=bench.dsn.replace("user=postgres", "user=weak"))
    assert done.returncode == 2
    assert "GRANT CREATE ON DATABASE" in done.stderr
    assert not (tmp_path / "s").exists()


def test_another_system_behind_the_same_soak_is_refused(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "soak"
    assert setup(bench, folder).returncode == 0
    tool("initdb", "-D", str(tmp_path / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    other = Postgres(tmp_path)  # a cluster of its own, which those from the template are not
    other.start()
    try:
        target = json.loads((folder / "target.json").read_text())
        (folder / "target.json").write_text(json.dumps(target | {"dsn": other.dsn()}))
        for action in ("probe", "round"):
            done = soak(action, str(folder))
            assert (done.returncode, "is another database cluster" in done.stderr) == (2, True)
    finally:
        other.stop(signal.SIGQUIT)


def test_a_node_that_nobody_runs_is_refused(bench: Bench, tmp_path: Path) -> None:
    node = ("--target", "reference", "--node", "http://127.0.0.1:1")
    done = setup(bench, tmp_path / "s", *node)
    assert done.returncode == 2
    assert "takes no protected write" in done.stderr


@contextmanager
def prober(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A prober of its own process, told to end at the end."""
    with open(folder.parent / "prober.log", "ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "haproof", "soak", "probe", str(folder)], stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(30) == 0, (folder.parent / "prober.log").read_text()


def probed(folder: Path, probes: int) -> None:
    eventually("so many probes", lambda: SoakFolder(folder).read().totals.probes >= probes, 30)


def status(folder: Path) -> dict[str, Any]:
    fold = SoakFolder(folder).read().finish()
    return standing(fold, moment())


def lost(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str] | None:
    return done if "acknowledged rows lost or changed" in done.stderr else None
