"""How a run against a cluster ends: what was measured is kept, and what was not has its reason."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

pytest.importorskip("psycopg")

from cluster_report import metrics, trial
from haproof.kinds.cluster.faults import FAULTS
from haproof.lab.progress import Silent
from haproof.lab.trials import sandboxed
from haproof.lab.trials.course import Course, Trial
from haproof.lab.trials.outside import ClusterRun
from haproof.lab.trials.plan import Request
from haproof.lab.trials.under_test import NotHealthy


def reported(
    folder: Path, monkeypatch: pytest.MonkeyPatch, trials: list[dict[str, Any]], reasons: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    """How a run ended in which these faults were asked for, and its report."""
    asked = [*dict.fromkeys([*(one["fault"] for one in trials), *reasons])]
    content = metrics(
        trials=trials, not_tried=[{"fault": name, "reason": why} for name, why in reasons.items()]
    )
    monkeypatch.setattr(ClusterRun, "_programs", lambda self: ("", None))
    seen = {"metrics": content, "broke_off": "not asked for"}
    monkeypatch.setattr(sandboxed, "run", lambda order, watcher: seen)
    request = Request("patroni", faults=tuple(asked))
    ended = ClusterRun(request, folder, Silent()).run()
    report = json.loads((folder / "cluster" / "cluster-report.json").read_bytes())
    return f"{ended.status}: {ended.words}", report


@pytest.mark.parametrize("fault", ["disk-full", "disk-freeze", "postmaster-hang", "dcs-loss"])
def test_a_fault_after_which_nobody_fails_over_is_a_result(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays = {
        "outcome": "stays and refuses",
        "expected": "stays and refuses",
        "new_primary": None,
        "rejoin": None,
    }
    said, report = reported(tmp_path, monkeypatch, [trial(fault, **stays, rejoin_ms=None)], {})
    assert said.startswith("NOT RUN: no verdict: host-kill not tried")
    assert [one["fault"] for one in report["metrics"]["trials"]] == [fault]
    checks = {one["id"]: one for one in report["checks"]}
    assert checks["CLUSTER-11"]["status"] == "PASS"
    assert checks["CLUSTER-11"]["detail"] == "in no trial did an old primary leave"


def test_a_run_without_any_trial_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = {"host-kill": "no healthy cluster came", "cut-full": "no healthy cluster came"}
    said, report = reported(tmp_path, monkeypatch, [], reasons)
    assert report["not_run"] == "no fault could be tried: no healthy cluster came"
    assert said == f"NOT RUN: NOT RUN ({report['not_run']})"
    assert set(FAULTS) > set(reasons)


@pytest.mark.parametrize(
    ("command", "rejoin"), [(None, "refused"), ((1, "cannot rewind"), "refused"), ((0, "done"), "manual")]
)
def test_an_old_primary_that_was_replaced_and_does_not_come_back_did_not_stay(
    command: tuple[int, str] | None, rejoin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_healthy() -> None:
        if rejoin == "refused":
            raise NotHealthy("still two")

    bench = SimpleNamespace(
        system=SimpleNamespace(rejoin=lambda old, primary: command),
        journal=SimpleNamespace(saw=lambda *given, **named: None, act=lambda *given, **named: None),
        look=lambda: SimpleNamespace(words=lambda: "pg2 takes writes, pg1 did not answer"),
        wait_healthy=wait_healthy,
    )
    course = cast(Any, object.__new__(Course))
    course._bench = bench
    monkeypatch.setattr(course, "_until_healthy", lambda started_s: None)
    one = Trial("host-kill-1", "host-kill")
    old, new = (SimpleNamespace(member=name) for name in ("pg1", "pg2"))
    course._rejoin(one, old, new, 0.0)
    assert (one.rejoin, one.ended_healthy) == (rejoin, rejoin == "manual")
    stayed = Trial("disk-full-1", "disk-full")
    course._rejoin(stayed, old, None, 0.0)
    assert stayed.rejoin is None
