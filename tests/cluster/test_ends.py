"""A lab that is killed while a cluster is under test leaves nothing: a sample of scripts/lab-ends.sh."""

from pathlib import Path

import pytest

from cluster.sandboxed import needs_sandbox
from lab.ends import campaign

pytestmark = [pytest.mark.cluster, needs_sandbox, pytest.mark.timeout(300)]


def test_a_killed_lab_leaves_nothing_of_its_cluster(tmp_path: Path) -> None:
    found = campaign(
        1, ("SIGKILL",), jobs=1, seconds=8.0, seed=5, results=tmp_path / "ends.jsonl", target="patroni"
    )
    assert [(one.slice_id, one.early, one.left) for one in found] == [("CLUSTER", False, ())]
