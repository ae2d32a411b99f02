"""The built-in managers, for real: a cluster from nothing, clients on every side, the primary's host killed.

What each does then is known (it is measured in the lab's research): Patroni and pg_auto_failover take the old
primary back as a standby; repmgr's comes back as a second primary. Synchronous clusters lose nothing.
"""

from pathlib import Path
from typing import Any

import pytest

from cluster.managed import needs_debian, trials
from cluster.sandboxed import needs_sandbox

pytestmark = [pytest.mark.cluster, needs_sandbox, pytest.mark.timeout(400)]


def _sound(metrics: dict[str, Any]) -> dict[str, Any]:
    """What holds for every manager: it failed over, its clients saw it, and nothing was made up."""
    control, (trial,) = metrics["control"], metrics["trials"]
    assert control["healthy_before"]
    assert control["acknowledged"] >= 100
    assert (control["lost"], control["overlap_ms"], control["anomalies"]) == (0, 0, {})
    assert trial["healthy_before"]
    assert (trial["outcome"], trial["expected"]) == ("fails over", "fails over")
    assert trial["timeline_after"] > trial["timeline_before"]
    assert trial["new_primary"] != trial["old_primary"]
    assert trial["write_gap_ms"] > 0
    assert trial["connect_gap_ms"] > 0
    assert (trial["duplicated"], trial["phantom"]) == (0, 0)
    found: dict[str, Any] = trial
    return found


def test_patroni_synchronous_fails_over_and_loses_nothing(tmp_path: Path) -> None:
    trial = _sound(trials("patroni", "sync", ["host-kill"], tmp_path))
    assert trial["sync_effective"]
    assert (trial["lost"], trial["overlap_ms"], trial["rejoin"]) == (0, 0, "automatic")
    assert trial["members_equal"]


@needs_debian
def test_pg_auto_failover_fails_over_and_loses_nothing(tmp_path: Path) -> None:
    trial = _sound(trials("pg_auto_failover", "sync", ["host-kill"], tmp_path))
    assert trial["sync_effective"]
    assert (trial["lost"], trial["overlap_ms"], trial["rejoin"]) == (0, 0, "automatic")
    assert trial["members_equal"]


@needs_debian
def test_the_old_primary_of_repmgr_comes_back_as_a_second_one(tmp_path: Path) -> None:
    trial = _sound(trials("repmgr", "async", ["host-kill"], tmp_path))
    assert (trial["rejoin"], trial["read_write_members_at_end"]) == ("second primary", 2)
    assert trial["rejoin_ms"] is None
    assert not trial["members_equal"]
