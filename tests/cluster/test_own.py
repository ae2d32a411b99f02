"""Somebody's own cluster by a file: Patroni on three hosts that are reached by real sshd."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from cluster.sandboxed import needs_sandbox, told
from haproof.core.parse import parse_report
from haproof.kinds.cluster import KIND
from haproof.kinds.cluster.record import ClusterRecord
from haproof.lab.binaries import find_binaries

SSHD = Path(__file__).parents[2] / ".cache" / "sshd"
pytestmark = [
    pytest.mark.cluster,
    needs_sandbox,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.geteuid() != 0, reason="sshd lets root in on each host: run as root"),
    pytest.mark.skipif(
        not (SSHD / "complete").exists(), reason="needs Debian's sshd: bash scripts/setup-sshd.sh"
    ),
]


def lived_through(folder: Path, what: str) -> dict[str, Any]:
    folder.chmod(0o755)
    root = str(SSHD / "root")
    binaries = str(find_binaries().folder)
    found: dict[str, Any] = told("own", str(folder), binaries, root, what, kept=(str(folder),), seconds=800)
    return found


def record(folder: Path) -> ClusterRecord:
    found = parse_report((folder / "evidence/cluster/cluster-report.json").read_bytes(), KIND)
    assert isinstance(found, ClusterRecord)
    return found


CLEAN = {"schemas": [], "links_up": True, "healthy": True}


def test_three_hosts_by_ssh_and_everything_put_back(tmp_path: Path) -> None:
    found = lived_through(tmp_path, "full")

    refused = found["refused"]
    assert refused.pop("folders") == []
    assert {name: status for name, (status, _, _) in refused.items()} == dict.fromkeys(refused, 2)
    words = {name: err for name, (_, _, err) in refused.items()}
    assert "reaches standbys only" in words["standbys"]
    assert "grant pg_monitor to nobody_special" in words["rights"]
    assert "cannot be reached by its exec: it ended with status 255" in words["ssh"]
    assert "give --mode sync" in words["mode"]
    status, _, err = found["second"]
    assert status == 2
    assert "another lab is at work on this cluster" in err

    trials = {trial.fault: trial for trial in record(tmp_path).metrics.trials}
    broken = [one for check in KIND.checks for one in check.judge(record(tmp_path)) if not one.holds]
    # With its manager dead the old primary is not stopped: sessions that stay with it may read what is old.
    real = [one for one in broken if one.value != "not tried"]
    assert {(one.subject, one.name) for one in real} <= {("manager-kill-1", "anomalies")}
    assert found["run"][0] == (1 if real else 3)
    assert set(trials) == {"host-kill", "host-hang", "manager-kill", "cut-full"}
    for trial in trials.values():
        assert (trial.outcome, trial.expected, trial.lost) == ("fails over", "fails over", 0)
        assert trial.new_primary != trial.old_primary
        assert trial.rejoin == "automatic"
        assert trial.sync_effective
        assert trial.overlap_ms == (0 if shutil.which("psql") else None)
    with open(tmp_path / "evidence/cluster/operations.jsonl", "rb") as lines:
        again = KIND.recounts[0].derive(lines, record(tmp_path))
    assert again["trials"] == record(tmp_path).metrics.trials
    assert found["left"] == CLEAN


def test_neither_ctrl_c_in_a_cut_nor_a_kill_in_a_hang_leaves_anything_broken(tmp_path: Path) -> None:
    found = lived_through(tmp_path, "interrupted")
    status, _, err = found["run"]
    assert status == 130
    assert "cut-full on pg" in err
    assert "is being undone first" in err
    assert "Left as it is" not in err
    assert found["left"] == CLEAN

    killed = found["killed"]
    assert killed["last_act"] in ("fault", "command")
    assert killed["left"] == CLEAN | {"schemas": ["haproof_lab"]}
    status, _, err = killed["next"]
    assert status == 2
    assert "a lab that was killed left it" in err
    assert "psql" in err
