"""Calibration against real servers: what it measures, what it refuses, what it keeps when it ends badly."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from haproof.api import read_evidence
from haproof.calibration.sampler import Interrupted, Sampler
from haproof.calibration.samples_file import SamplesFile
from haproof.calibration.server import Server as Asked
from haproof.calibration.server import usable
from haproof.cli import main
from haproof.core.histories.calibration import Sampled, Session, decode, derive_figures
from haproof.errors import UsageError
from haproof.lab.ground import ADMIN, Ground, passable
from haproof.lab.postgres import Server
from lab.in_process import shared_ground

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]

PRODUCTION = {"cluster_name": "", "wal_receiver_status_interval": "1s"}
"""Settings of servers that are not marked as a lab's."""


@dataclass
class Pair:
    """A primary that does not look like a lab's, and its standby; `dsn` is of the superuser."""

    ground: Ground
    primary: Server
    standby: Server

    def dsn(self, server: Server | None = None, user: str = ADMIN) -> str:
        server = server or self.primary
        return make_conninfo(
            server.dsn(user, "postgres"), passfile=str(self.ground.passfile), sslmode="disable"
        )

    def await_standby(self) -> None:
        """Wait until the standby is connected."""
        for _ in range(300):
            if self.primary.rows("select 1 from pg_stat_replication where state = 'streaming'", ADMIN):
                return
            time.sleep(0.1)
        raise AssertionError("the standby did not come back")

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Commits all the time."""
        stop = threading.Event()

        def write() -> None:
            with self.primary.connect(ADMIN) as session:
                session.execute("create table if not exists busy (at timestamptz)")
                while not stop.wait(0.01):
                    session.execute("insert into busy values (now())")

        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(10)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Reached by links, so that their folders have no lab's name."""
    links = tmp_path_factory.mktemp("production")
    with shared_ground() as ground:
        primary = Server.create(ground, passable(ground.work / "pair"), "primary", PRODUCTION)
        _start(primary, links / "primary")
        primary.execute("create role watcher login password 'w'; create role monitor login")
        primary.execute("grant pg_monitor to monitor")
        hba = primary.data / "pg_hba.conf"
        hba.write_text("host all watcher,monitor 127.0.0.1/32 trust\n" + hba.read_text())
        primary.execute("select pg_reload_conf()")
        standby = primary.standby("standby", PRODUCTION)
        _start(standby, links / "standby")
        yield Pair(ground, primary, standby)


def _start(server: Server, link: Path) -> None:
    link.symlink_to(server.data)
    server.data = link
    server.start()


def sampler(pair: Pair, path: Path, seconds: float, **options: float) -> Sampler:
    return Sampler(Asked(pair.dsn()), SamplesFile(path), seconds / 3600, lambda text: None, **options)


def sessions(path: Path) -> int:
    lines = decode(path.read_bytes().splitlines(keepends=True))
    return sum(isinstance(line, Session) for line in lines)


def measured(pair: Pair, path: Path, seconds: float) -> dict[str, object]:
    one = sampler(pair, path, seconds)
    one.run()
    figures = derive_figures(path.read_bytes().splitlines(keepends=True))
    one.samples.close()
    return figures


def test_a_busy_primary_is_measured(pair: Pair, tmp_path: Path) -> None:
    with pair.writing():
        figures = measured(pair, tmp_path / "samples.jsonl", 4)
    assert round(4 / 3600, 6) <= float(str(figures["hours"])) < 6 / 3600
    assert figures["standbys"] == 1
    assert int(str(figures["distinct_values"])) > 10
    assert figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"]  # type: ignore[operator]
    assert (figures["in_recovery"], figures["role_ok"], figures["lab"]) == (False, True, False)
    assert figures["source"] == f"127.0.0.1:{pair.primary.port}"


def test_what_was_measured_before_counts(pair: Pair, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    measured(pair, path, 1)
    before = path.read_bytes()
    path.write_bytes(before + b'{"what":"lag","standby":1,"wri')  # cut off by a crash
    figures = measured(pair, path, 2)
    assert path.read_bytes().startswith(before)
    assert 2 / 3600 <= float(str(figures["hours"])) < 4 / 3600
    assert (
        len([line for line in decode(path.read_bytes().splitlines(True)) if isinstance(line, Session)]) == 2
    )


def test_nothing_can_be_written_over_its_session(pair: Pair) -> None:
    with contextlib.closing(Asked(pair.dsn()).connect()) as session:
        usable(session, need_standby=True)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            session.execute("create table never (x int)")


def test_a_standby_is_refused(pair: Pair) -> None:
    with (
        contextlib.closing(Asked(pair.dsn(pair.standby)).connect()) as session,
        pytest.raises(
            UsageError, match=r"is a standby \(in recovery\).*give the primary's connection string"
        ),
    ):
        usable(session, need_standby=True)


def test_a_role_that_sees_half_is_refused(pair: Pair) -> None:
    with (
        contextlib.closing(Asked(pair.dsn(user="watcher")).connect()) as session,
        pytest.raises(UsageError, match='GRANT pg_monitor TO "watcher"'),
    ):
        usable(session, need_standby=True)


def test_pg_monitor_is_enough(pair: Pair) -> None:
    with contextlib.closing(Asked(pair.dsn(user="monitor")).connect()) as session:
        assert usable(session, need_standby=True).role_ok


def test_a_primary_without_a_standby_is_refused(pair: Pair, tmp_path: Path) -> None:
    alone = Server.create(pair.ground, passable(pair.ground.work / "alone"), "alone", PRODUCTION)
    _start(alone, tmp_path / "alone")
    with (
        contextlib.closing(Asked(pair.dsn(alone)).connect()) as session,
        pytest.raises(UsageError, match="no standby is connected to"),
    ):
        usable(session, need_standby=True)
    alone.stop("immediate")


@pytest.mark.parametrize("settings", [{}, {"cluster_name": ""}], ids=["by its name", "by its folder"])
def test_a_server_of_a_lab_is_refused(pair: Pair, settings: dict[str, str]) -> None:
    name = f"lab-{len(settings)}"
    server = Server.create(pair.ground, passable(pair.ground.work / name), name, settings)
    server.start()
    with (
        contextlib.closing(Asked(pair.dsn(server)).connect()) as session,
        pytest.raises(UsageError, match="is a server that a haproof lab started"),
    ):
        usable(session, need_standby=True)
    server.stop("immediate")


def test_a_server_that_stays_away_ends_it_and_what_was_measured_is_kept(pair: Pair, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    one = sampler(pair, path, 3600, patience_s=0.5)
    timer = threading.Timer(2.0, pair.primary.signal_stop, ["immediate"])
    timer.start()
    try:
        with pytest.raises(Interrupted, match=r"hours are kept; run the same command again to go on"):
            one.run()
    finally:
        timer.join()
        one.samples.close()
        pair.primary.await_end()
        pair.primary.start()
        pair.await_standby()
    lines = list(decode(path.read_bytes().splitlines(keepends=True)))
    assert sum(line.seconds for line in lines if isinstance(line, Sampled)) > 1


def test_a_standby_that_stays_away_ends_it(pair: Pair, tmp_path: Path) -> None:
    one = sampler(pair, tmp_path / "samples.jsonl", 3600, patience_s=1.0)
    timer = threading.Timer(1.0, pair.standby.signal_stop, ["fast"])
    timer.start()
    with pytest.raises(Interrupted, match=r"no standby was connected for 1 s: .* hours are kept"):
        one.run()
    timer.join()
    one.samples.close()
    pair.standby.await_end()
    pair.standby.start()
    pair.await_standby()


def test_a_session_that_is_ended_is_made_again(pair: Pair, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    said: list[str] = []
    one = Sampler(Asked(pair.dsn()), SamplesFile(path), 3 / 3600, said.append)
    end = (
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'haproof-calibrate'"
    )
    timer = threading.Timer(1.0, pair.primary.execute, [end])
    timer.start()
    one.run()
    timer.join()
    one.samples.close()
    assert sessions(path) == 2
    assert "lost the server" in said[0]


def test_another_server_is_refused(pair: Pair, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    measured(pair, path, 0.5)
    other = path.read_bytes().replace(b'"system_identifier":"', b'"system_identifier":"9')
    path.write_bytes(other)
    one = sampler(pair, path, 5)
    with pytest.raises(UsageError, match="holds a calibration of another server"):
        one.run()
    one.samples.close()
    assert path.read_bytes() == other


def test_the_command_writes_evidence_rules_and_dashboard(
    pair: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["calibrate", "--dsn", pair.dsn(), "--hours", "0.0005", "--evidence", str(tmp_path)]
    with pair.writing():
        assert main(argv) == 1  # two seconds are not a day
    said = capsys.readouterr().out
    assert "FAIL: CALIBRATION-02" in said
    written = {path.name for path in (tmp_path / "calibration").iterdir()}
    assert written == {
        "calibration-report.json",
        "samples.jsonl",
        "postgres-exporter-queries.yml",
        "prometheus-rules.yml",
        "prometheus-rules-test.yml",
        "grafana-dashboard.json",
    }
    (source,) = (one for one in read_evidence(str(tmp_path)).sources if one.kind.id == "CALIBRATION")
    assert source.fault is None
    assert pair.ground.secrets.admin_password not in said


def test_interrupted_it_keeps_what_was_measured(pair: Pair, tmp_path: Path) -> None:
    haproof = str(Path(sys.executable).with_name("haproof"))
    argv = [haproof, "calibrate", "--dsn", pair.dsn(), "--hours", "1", "--evidence", str(tmp_path)]
    # A suite that runs in the background hands an ignored SIGINT down.
    given = ["env", "--default-signal=INT", *argv]
    process = subprocess.Popen(given, stderr=subprocess.PIPE, text=True)
    watched = "select 1 from pg_stat_activity where application_name = 'haproof-calibrate'"
    while not pair.primary.rows(watched, ADMIN):
        time.sleep(0.05)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "hours are kept; run the same command again to go on" in said
    samples = (tmp_path / "calibration" / "samples.jsonl").read_bytes()
    assert derive_figures(samples.splitlines(keepends=True))["hours"] > 0
