"""What keeps two runs from being compared, and what a reader must know of two that are."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from builders import full, seed, write
from diffs import Run, artifact, changed, everywhere, flat


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("platform", "kubernetes", "topology platform: docker → kubernetes"),
        ("cluster", "three nodes", "topology cluster"),
        ("chaos", ["iptables"], "topology chaos"),
        ("database", "MySQL", "topology database"),
        ("system", {"name": "other", "version": "1"}, "topology system"),
    ],
)
def test_another_topology_is_not_compared(
    key: str, value: object, name: str, tmp_path: Path, diff: Run
) -> None:
    a = write(tmp_path / "a", everywhere(system={"name": "node", "version": "1"}))
    other: Any = {"system": {"name": "node", "version": "1"}, key: value}
    b = write(tmp_path / "b", everywhere(seed, **other))
    status, out, _ = diff(a, b)
    assert status == 3
    assert "Not Comparable:" in out
    assert name in flat(out)
    assert "Metrics:" not in out
    assert f"Result: NOT COMPARABLE (topology {key})" in out
    status, out, _ = diff(a, b, "--format", "json")
    tree = json.loads(out)
    assert (status, tree["outcome"], tree["figures"]) == (3, "not comparable", [])
    assert [(stop["kind"], stop["name"]) for stop in tree["obstacles"]] == [("topology", key)]


def test_a_slice_of_another_topology_is_found_among_five(tmp_path: Path, diff: Run) -> None:
    reports = seed()
    reports["VAL14"]["environment"]["platform"] = "kubernetes"
    a, b = write(tmp_path / "a", seed()), write(tmp_path / "b", reports)
    status, out, _ = diff(a, b)
    assert status == 3
    assert "docker → VAL13, VAL15, VAL16, VAL17: docker; VAL14: kubernetes" in flat(out)


def test_a_missing_slice_is_no_other_topology(tmp_path: Path, diff: Run) -> None:
    mixed = seed()
    mixed["VAL14"]["environment"]["platform"] = "kubernetes"
    a = write(tmp_path / "a", mixed)
    del mixed["VAL14"]
    b = write(tmp_path / "b", mixed)
    status, out, _ = diff(a, b)
    assert status == 1
    assert "VAL14     PASS → MISSING" in out
    assert "VAL26-02  PASS → NO EVIDENCE" in out


def test_versions_may_differ_and_are_named(tmp_path: Path, diff: Run) -> None:
    a = write(
        tmp_path / "a", everywhere(system={"name": "our node", "version": "1.2"}, database_version="17.2")
    )
    b = write(
        tmp_path / "b", everywhere(system={"name": "our node", "version": "1.3"}, database_version="18.0")
    )
    status, out, _ = diff(a, b)
    assert status == 0
    assert "version system: our node 1.2 → our node 1.3" in out
    assert "version database: " in out


def test_another_machine_is_named(tmp_path: Path, diff: Run) -> None:
    a, b = (write(tmp_path / f"{n}", everywhere(host={"cores": n, "machine": "x"})) for n in (2, 4))
    status, out, _ = diff(a, b)
    assert status == 0
    assert "host cores: 2 → 4" in out
    assert "host machine" not in out
    _, out, _ = diff(write(tmp_path / "none", seed()), a)
    assert "host cores: not recorded → 2" in out
    assert "figures follow the machine" in out


def test_a_pass_that_rests_on_less_is_named(tmp_path: Path, diff: Run) -> None:
    poorer = full()
    del poorer["VAL16"]["observations"]
    a, b = write(tmp_path / "a", full()), write(tmp_path / "b", poorer)
    status, out, _ = diff(a, b)
    assert status == 0
    assert re.search(r"  evidence VAL16: 10 of 10 checks re-judged → \d of 10 checks re-judged\n", out)
    assert "evidence VAL13" not in out
    _, out, _ = diff(b, a)
    assert re.search(r"  evidence VAL16: \d of 10 checks re-judged → 10 of 10 checks re-judged\n", out)


def test_other_targets_are_not_compared(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", full())
    b = write(tmp_path / "b", changed("VAL13", full, lock_bound_ms=3000))
    status, out, _ = diff(a, b)
    assert status == 3
    assert "target hung_leader_failover_ms: <= 2,000 → <= 4,000" in out
    path = artifact(tmp_path / "c", full())
    tree = json.loads(path.read_text())
    tree["schema_version"] = "1.2"
    tree["metrics"]["failover"]["sigterm_failover_ms"]["target"]["value"] = 4000
    path.write_text(json.dumps(tree))
    status, out, _ = diff(a, path)
    assert status == 3
    assert "target sigterm_failover_ms: <= 5,000 → <= 4,000" in out


@pytest.mark.parametrize(("version", "status"), [("0.1.0", 0), (None, 3)])
def test_a_limit_that_only_one_version_knows_is_no_obstacle(
    tmp_path: Path, diff: Run, version: str | None, status: int
) -> None:
    a, path = write(tmp_path / "a", full()), artifact(tmp_path / "b", full())
    tree = json.loads(path.read_text())
    tree["schema_version"] = "1.2"
    tree["generator"]["version"] = version or tree["generator"]["version"]
    tree["metrics"]["backup_restore"]["rows"] |= {"target": None, "status": None}
    path.write_text(json.dumps(tree))
    for runs in ((a, path), (path, a)):
        ended, out, _ = diff(*runs)
        assert ended == status
        assert ("target rows: " in out) == (version is None)
        assert "worse" not in out


def test_own_targets_are_no_targets(tmp_path: Path, diff: Run) -> None:
    same = changed("VAL15", seed, checksum_cli="cd" * 32, checksum_file="cd" * 32)
    a, b = write(tmp_path / "a", seed()), write(tmp_path / "b", same)
    status, out, _ = diff(a, b)
    assert status == 0
    assert "Result: NO REGRESSION (2 changed)" in out


def test_another_schema_is_not_compared(tmp_path: Path, diff: Run) -> None:
    a, b = artifact(tmp_path / "a", seed()), artifact(tmp_path / "b", seed(), schema_version="2.0")
    status, out, err = diff(a, b)
    assert (status, out) == (2, "")
    assert "$.schema_version: version '2.0' is not known; this reader knows 1.x" in err
    minor = artifact(tmp_path / "c", seed(), schema_version="1.7", a_key_of_tomorrow={"x": 1})
    assert diff(a, minor)[0] == 0
