"""VAL14: how a lag is counted, where a drain ends, and the slice on real servers, good and late ones."""

import itertools
import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bad_systems import breaks
from haproof.lab.ground import Ground
from haproof.lab.lag_load import HEAVY, LIGHT, Load, Loader
from haproof.lab.measure import nearest_rank
from haproof.lab.postgres import Server
from haproof.lab.scenarios import replication_lag
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from haproof.lab.wal import PAGE_BYTES, SEGMENT_BYTES, end_of_record
from haproof.lab.wal_lag import Distinct, Lags, Reading
from lab.in_process import Ran, run_slice, shared_ground

SCENARIO = replication_lag.SCENARIO
LAGS = st.none() | st.sampled_from([0.1, 0.2, 0.3])


def reading(write: float | None, gap: int = 0) -> Reading:
    return Reading(0.0, write, write, write, gap, "streaming")


# How a lag is counted ------------------------------------------------------------------------------------


def test_value_that_the_view_repeats_is_one_measurement() -> None:
    lag = Distinct(None)
    for value in (0.2, 0.2, 0.2, 0.3, 0.3):
        lag.saw(value)
    assert lag.values == [0.2, 0.3]


def test_what_the_view_shows_at_the_start_is_no_measurement_of_the_phase() -> None:
    lags = Lags.after(reading(12.6))
    lags.saw(reading(12.6))
    assert lags.write.values == []
    assert (lags.readings, lags.nulls) == (1, 0)


def test_same_value_after_null_is_a_new_measurement() -> None:
    lag = Distinct(0.2)
    for value in (None, 0.2):
        lag.saw(value)
    assert lag.values == [0.2]


def test_standby_that_is_not_connected_gives_no_reading() -> None:
    lags = Lags.after(None)
    lags.saw(None)
    assert (lags.readings, lags.nulls, lags.absent) == (0, 0, 1)


@given(first=LAGS, later=st.lists(LAGS))
def test_measurements_are_the_changes_to_a_value(first: float | None, later: list[float | None]) -> None:
    lags = Lags.after(reading(first))
    for value in later:
        lags.saw(reading(value))
    pairs = zip([first, *later], later, strict=False)
    assert lags.write.values == [now for before, now in pairs if now is not None and now != before]
    assert lags.nulls == later.count(None)
    assert lags.readings == len(later)
    # The raw evidence holds all that is needed to count again.
    kept = [line["write_lag_ms"] for line in lags.lines("light", 0.0)]
    again = itertools.pairwise(kept)
    assert lags.write.values == [now for before, now in again if now is not None and now != before]


# Where a drain ends --------------------------------------------------------------------------------------


@given(page=st.integers(1, 10_000), inside=st.integers(0, PAGE_BYTES // 8 - 1))
def test_drain_ends_where_the_last_record_does(page: int, inside: int) -> None:
    position = page * PAGE_BYTES + inside * 8
    end = end_of_record(position)
    assert end in (position, page * PAGE_BYTES)
    assert end_of_record(end) == end
    if inside * 8 > 40:
        assert end == position


def test_header_of_a_page_that_holds_nothing_yet_is_not_waited_for() -> None:
    assert end_of_record(5 * PAGE_BYTES + 24) == 5 * PAGE_BYTES
    assert end_of_record(3 * SEGMENT_BYTES + 40) == 3 * SEGMENT_BYTES
    assert end_of_record(3 * SEGMENT_BYTES + 24) == 3 * SEGMENT_BYTES + 24


class Recorded:
    """Stands for a session: keeps the payloads that were written."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []

    def execute(self, statement: bytes, values: tuple[Any, ...] = ()) -> "Recorded":
        if statement.startswith(b"insert"):
            self.payloads.append(values[2])
        return self

    def fetchone(self) -> tuple[int]:
        return (len(self.payloads),)


def test_payload_comes_from_the_seed_and_has_the_size_of_the_plan() -> None:
    sessions = [Recorded(), Recorded(), Recorded()]
    for session, seed in zip(sessions, (7, 7, 8), strict=True):
        loader = Loader(session, random.Random(seed))  # type: ignore[arg-type]
        loader.write(LIGHT, 1)
        loader.write(HEAVY, 1)
    same, again, other = (session.payloads for session in sessions)
    assert [len(payload) for payload in same] == [500] * 100 + [2_000] * 500
    assert same == again
    assert same != other
    assert len(set(same)) == len(same)


# The slice on real servers -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with shared_ground() as found:
        yield found


@pytest.fixture(scope="module")
def passed(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_slice(ground, tmp_path_factory.mktemp("val14"), SCENARIO, load_target(REFERENCE))


@pytest.mark.lab
def test_every_check_passes_and_is_judged_again(passed: Ran) -> None:
    assert passed.words == "PASS (10/10 checks)"
    passed.assert_judged_again()


@pytest.mark.lab
def test_load_is_what_the_plan_says_and_does_not_compress(passed: Ran) -> None:
    metrics = passed.report["metrics"]
    assert (metrics["light_rows"], metrics["light_row_bytes"]) == (100, 500)
    assert (metrics["heavy_rows"], metrics["heavy_row_bytes"]) == (500, 2_000)
    assert metrics["light_wal_bytes"] > 100 * 500
    assert metrics["heavy_wal_bytes"] > 500 * 2_000


@pytest.mark.lab
def test_percentiles_are_those_of_the_samples(passed: Ran) -> None:
    metrics = passed.report["metrics"]
    assert metrics["light_n"] == len(metrics["light_samples_ms"]) >= 1
    assert metrics["heavy_n"] == len(metrics["heavy_samples_ms"]) >= 1
    assert metrics["light_p95_ms"] == nearest_rank(metrics["light_samples_ms"], 95)
    assert metrics["heavy_p99_ms"] == nearest_rank(metrics["heavy_samples_ms"], 99)
    assert metrics["idle_n"] >= 10
    assert 0 <= metrics["idle_null_samples"] <= metrics["idle_n"]
    assert 10 <= metrics["healthy_ms"] < metrics["degraded_ms"] < metrics["alert_ms"]


@pytest.mark.lab
def test_raw_samples_beside_the_report_give_the_same_values(passed: Ran) -> None:
    report = passed.report
    assert "lag-samples.jsonl" in {artifact["path"] for artifact in report["artifacts"]}
    lines = [json.loads(line) for line in (passed.folder / "lag-samples.jsonl").read_text().splitlines()]
    for phase in ("idle", "light", "heavy"):
        lags = [line["write_lag_ms"] for line in lines if line["phase"] == phase]
        counted = Distinct(lags[0])
        for lag in lags[1:]:
            counted.saw(lag)
        assert counted.values == report["metrics"][f"{phase}_samples_ms"]


@pytest.mark.lab
def test_settings_that_decide_the_figures_are_recorded(passed: Ran) -> None:
    settings = passed.report["environment"]["settings"]
    assert settings["synchronous_commit"] == "remote_apply"
    assert settings["load_synchronous_commit"] == "off"
    assert settings["wal_receiver_status_interval"] == "1s"
    assert settings["fsync"] == settings["full_page_writes"] == "on"
    assert settings["sampling_cap"]
    assert settings["seed"] == 1


@contextmanager
def replay_delayed(standby: Server) -> Iterator[None]:
    """The standby replays a commit no sooner than 2.3 s after it was made."""
    _set_delay(standby, "2300ms")
    yield
    _set_delay(standby, "0")


def _set_delay(standby: Server, delay: str) -> None:
    standby.execute(f"alter system set recovery_min_apply_delay = '{delay}'")
    standby.execute("select pg_reload_conf()")
    time.sleep(0.3)  # nothing tells when the process that replays has read it


@pytest.mark.lab
@breaks("VAL14-04")
def test_standby_that_replays_late_misses_the_drain(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: set[str]
) -> None:
    """Late by 2.3 s during the light load, which is more than it may take, and when a row should be seen."""
    plan = replication_lag.Plan(idle_readings=12, values=100, rounds=1, load_seconds=5.0, probes=1)
    scene = replication_lag._Scene
    load, visible = scene.load, scene.visible

    def load_late(self: Any, kind: Load, *limits: Any) -> None:
        with replay_delayed(self.pair.standby) if kind is LIGHT else nullcontext():
            load(self, kind, *limits)

    def visible_late(self: Any) -> None:
        with replay_delayed(self.pair.standby):
            visible(self)

    monkeypatch.setattr(scene, "load", load_late)
    monkeypatch.setattr(scene, "visible", visible_late)
    monkeypatch.setitem(replication_lag.PLANS, "quick", plan)
    done = run_slice(ground, tmp_path, SCENARIO, load_target(REFERENCE))
    metrics = done.report["metrics"]
    assert done.failed == broken, done.words
    assert metrics["light_drain_ms"] is None or metrics["light_drain_ms"] > 2_000
    assert metrics["visible_p95_ms"] > 2_000


FILE_SERVER = """
name = "a plain file server"
version = "1"
[timing]
start_deadline_s = 4
[node]
start = ["{python}", "-m", "http.server", "--bind", "127.0.0.1", "{port}"]
ready = "/"
"""


def test_a_plain_file_server_gets_no_pass(tmp_path: Path) -> None:
    """The pair of servers is the lab's own: measured alone it would be printed under a foreign name."""
    path = tmp_path / "target.toml"
    path.write_text(FILE_SERVER, encoding="utf-8")
    with shared_ground() as ground:
        ran = run_slice(ground, tmp_path, SCENARIO, load_target(path))
    assert len(ran.failed) == 10
    assert "node1 is not ready, and answers a request for its status with HTTP 404" in ran.words
    assert all(value is None for value in ran.report["metrics"].values())
    assert "the target's nodes only read it" in ran.report["environment"]["cluster"]
    assert ran.report["environment"]["chaos"][0] == "No fault was tried"


def test_a_command_that_cannot_be_started_is_not_run(tmp_path: Path) -> None:
    program, path = tmp_path / "node", tmp_path / "target.toml"
    program.write_text("#!/absent/interpreter\n")
    program.chmod(0o755)
    command = '"{python}", "-m", "http.server", "--bind", "127.0.0.1", "{port}"'
    path.write_text(FILE_SERVER.replace(command, '"{target_dir}/node"'), encoding="utf-8")
    with shared_ground() as ground:
        ran = run_slice(ground, tmp_path, SCENARIO, load_target(path))
    assert "node1 cannot be started: cannot run" in ran.report["not_run"]
