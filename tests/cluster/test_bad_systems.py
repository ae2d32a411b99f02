"""Clusters that do what no cluster should: each must make its checks FAIL, and no lie in a name helps it."""

from pathlib import Path
from typing import Any

import pytest

from bad_systems import breaks
from cluster.managed import needs_debian, trials
from cluster.sandboxed import needs_sandbox
from cluster_report import broken_in
from haproof.kinds.cluster.faults import FAULTS

pytestmark = [pytest.mark.cluster, needs_sandbox, pytest.mark.timeout(400)]


def _judged(metrics: dict[str, Any]) -> set[str]:
    """The checks that fail, those left out that only lack a fault which was not tried here."""
    named = {one["fault"] for one in (*metrics["trials"], *metrics["not_tried"])}
    left_out = [{"fault": fault, "reason": "not this test's"} for fault in FAULTS if fault not in named]
    tried = {one["fault"] for one in metrics["trials"]}
    lacking = {"03"} if tried.isdisjoint({"switchover", "manager-term"}) else set()
    lacking |= {"04"} if "host-kill" not in tried else set()
    lacking |= {"05"} if "host-hang" not in tried else set()
    lacking |= {"06"} if "cut-full" not in tried else set()
    numbers = broken_in(metrics | {"not_tried": metrics["not_tried"] + left_out}) - lacking
    return {f"CLUSTER-{number}" for number in numbers}


@breaks("CLUSTER-07", "CLUSTER-08")
def test_an_asynchronous_cluster_that_says_it_is_synchronous(tmp_path: Path, broken: set[str]) -> None:
    """Its manager dies alone, so two primaries take writes, and what one of them took is lost."""
    metrics = trials("patroni", "sync", ["manager-kill"], tmp_path, {"synchronous_mode": False})
    (trial,) = metrics["trials"]
    assert trial["outcome"] == "fails over"
    assert trial["overlap_ms"] > 0
    assert trial["lost"] > 0
    assert not trial["sync_effective"]
    assert broken <= _judged(metrics)
    assert "CLUSTER-07" in _judged(metrics | {"mode": "async"})


@breaks("CLUSTER-04")
def test_a_manager_that_restarts_in_place_and_calls_it_failover(tmp_path: Path, broken: set[str]) -> None:
    metrics = trials("patroni", "async", ["postmaster-kill"], tmp_path, {"primary_start_timeout": 300})
    (trial,) = metrics["trials"]
    assert (trial["outcome"], trial["new_primary"], trial["rejoin"]) == ("stays and serves", None, None)
    trial["expected"] = "fails over"
    metrics["trials"].append(trial | {"fault": "host-kill"})
    assert broken <= _judged(metrics)


@needs_debian
@breaks("CLUSTER-07", "CLUSTER-11", "CLUSTER-12")
def test_repmgr_without_fencing(tmp_path: Path, broken: set[str]) -> None:
    """Cut off, its primary goes on for whoever is on its side of the cut."""
    metrics = trials("repmgr", "async", ["cut-full"], tmp_path)
    (trial,) = metrics["trials"]
    assert trial["overlap_ms"] > 0
    assert trial["lost"] > 0
    assert trial["rejoin"] == "second primary"
    assert _judged(metrics) == broken
