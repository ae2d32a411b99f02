"""The built-in managers, for real: a cluster from nothing, clients on every side, the primary's host killed.

What each does then is known (it is measured in the lab's research): Patroni and pg_auto_failover take the old
primary back as a standby; repmgr's comes back as a second primary. Synchronous clusters lose nothing.
"""

import sys
from pathlib import Path
from typing import Any

import pytest

from cluster.sandboxed import needs_sandbox, told
from haproof.lab.binaries import find_binaries

pytestmark = [pytest.mark.cluster, needs_sandbox, pytest.mark.timeout(400)]

FILES = Path(__file__).parents[2] / ".cache" / "managers"
needs_debian = pytest.mark.skipif(
    not (FILES / "complete").exists(), reason="needs Debian's files: bash scripts/setup-managers.sh"
)
SECONDS = 300.0


def _run(name: str, mode: str, folder: Path) -> Any:
    folder.chmod(0o755)
    kept = (str(folder), str(FILES), str(find_binaries().folder), sys.base_prefix)
    return told("manager", name, mode, str(folder), str(FILES / "root"), kept=kept, seconds=SECONDS)


def _sound(seen: Any) -> None:
    """What holds for every manager: it failed over, its clients saw it, and nothing was made up."""
    assert seen["left"] == 0
    assert seen["timelines"][1] > seen["timelines"][0]
    assert seen["by_new"] > 0
    assert {"pooled", "connect"} <= set(seen["vias"])
    assert any(via.startswith("local:") for via in seen["vias"])
    assert seen["transactions"] > 0
    assert seen["reads"] > 0
    assert seen["invented"] == 0


def test_patroni_synchronous_fails_over_and_loses_nothing(tmp_path: Path) -> None:
    seen = _run("patroni", "sync", tmp_path)
    _sound(seen)
    assert seen["lost"] == 0


@needs_debian
def test_pg_auto_failover_fails_over_and_loses_nothing(tmp_path: Path) -> None:
    seen = _run("pg_auto_failover", "sync", tmp_path)
    _sound(seen)
    assert seen["lost"] == 0


@needs_debian
def test_the_old_primary_of_repmgr_comes_back_as_a_second_one(tmp_path: Path) -> None:
    _sound(_run("repmgr", "async", tmp_path))
