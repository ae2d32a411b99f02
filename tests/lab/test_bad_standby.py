"""VAL14 can fail at each of its checks: a standby that does not stream, lags or stops replaying, and loads
that are too small.

The nodes have little part in this slice (VAL14-07 is theirs, see test_bad_nodes), so what is wrong here is
the standby or the measuring itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec import structs

from bad_systems import breaks
from haproof.core.thresholds import Thresholds, derived
from haproof.lab.ground import Ground
from haproof.lab.lag_load import HEAVY, LIGHT, Load
from haproof.lab.postgres import Server
from haproof.lab.scenarios import replication_lag
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from lab.in_process import Ran, run_slice, shared_ground

pytestmark = pytest.mark.lab

SCENARIO = replication_lag.SCENARIO
PLAN = replication_lag.Plan(idle_readings=12, values=100, rounds=1, load_seconds=5.0, probes=1)


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with shared_ground() as found:
        yield found


def failed(ran: Ran) -> set[str]:
    """The checks that failed."""
    assert "not_run" not in ran.report, ran.words
    return ran.failed


def tell(standby: Server, *settings: str) -> None:
    """Change settings of a running standby."""
    for setting in settings:
        standby.execute(f"alter system set {setting}")
    standby.execute("select pg_reload_conf()")


def before(monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[..., None]) -> None:
    """Do something to the scene before one of its steps."""
    wanted = getattr(replication_lag._Scene, step)

    def acted(self: Any, *arguments: Any) -> None:
        act(self, *arguments)
        wanted(self, *arguments)

    monkeypatch.setattr(replication_lag._Scene, step, acted)


@breaks("VAL14-01")
def test_a_standby_that_does_not_stream(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: set[str]
) -> None:
    def cut_off(scene: Any) -> None:
        tell(scene.pair.standby, "primary_conninfo = ''")
        scene.stage.waits.until("the end of the stream", 10, lambda: scene.pair.reading() is None or None)

    before(monkeypatch, "baseline", cut_off)
    monkeypatch.setattr(replication_lag, "STREAMING_SECONDS", 0.5)
    assert broken <= failed(run_slice(ground, tmp_path, SCENARIO, load_target(REFERENCE)))


@breaks("VAL14-02", "VAL14-03", "VAL14-05", "VAL14-09")
def test_loads_that_are_too_small_and_thresholds_that_follow_from_nothing(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: set[str]
) -> None:
    monkeypatch.setattr(replication_lag, "LIGHT", replace(LIGHT, rows=99))
    monkeypatch.setattr(replication_lag, "HEAVY", replace(HEAVY, rows=499))

    def other(*p95_ms: float | None) -> Thresholds:
        return structs.replace(cast(Thresholds, derived(*p95_ms)), alert_ms=12_345.0)

    monkeypatch.setattr(replication_lag, "derived", other)
    monkeypatch.setitem(replication_lag.PLANS, "quick", replace(PLAN, idle_readings=9))
    assert failed(run_slice(ground, tmp_path, SCENARIO, load_target(REFERENCE))) == broken


@breaks("VAL14-06", "VAL14-08", "VAL14-10")
def test_a_standby_that_replays_late_and_then_not_at_all(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: set[str]
) -> None:
    def late(scene: Any, load: Load, *_limits: Any) -> None:
        if load is HEAVY:
            tell(scene.pair.standby, "recovery_min_apply_delay = '20s'")
            scene.stage.waits.pause(0.3)  # nothing tells when the process that replays has read it

    def stuck(scene: Any) -> None:
        scene.pair.standby.execute("select pg_wal_replay_pause()")
        scene.loader.write(HEAVY, 99)

    before(monkeypatch, "load", late)
    before(monkeypatch, "same_rows", stuck)
    monkeypatch.setattr(replication_lag, "VISIBLE_SECONDS", 0.5)
    monkeypatch.setattr(replication_lag, "DRAIN_MARGIN_SECONDS", 0.2)
    monkeypatch.setattr(replication_lag, "CATCH_UP_MS", 1_000)
    monkeypatch.setitem(replication_lag.PLANS, "quick", PLAN)
    ran = run_slice(ground, tmp_path, SCENARIO, load_target(REFERENCE))
    assert failed(ran) == broken
    metrics, observations = ran.report["metrics"], ran.report["observations"]
    assert (metrics["heavy_drain_ms"], metrics["catch_up_ms"]) == (None, None)
    assert observations["standby_rows"] < observations["primary_rows"]
