"""Control planes that no cluster helps: RECOVERY on real Patroni must say which of its checks each breaks."""

from pathlib import Path
from typing import Any

import pytest

from bad_systems import breaks
from cluster.sandboxed import needs_sandbox
from haproof.lab.binaries import find_binaries
from haproof.lab.progress import Silent
from haproof.lab.recovery.outside import MODULE, with_nodes
from haproof.lab.trials.order import Order
from haproof.lab.trials.sandboxed import run
from lab.bad_run import target_file
from recovery_report import broken_by

pytestmark = [pytest.mark.cluster, needs_sandbox, pytest.mark.timeout(400)]


def failed(script: str, fault: str, folder: Path) -> tuple[dict[str, Any], set[str]]:
    """The one trial of such nodes, and the checks that it breaks."""
    folder.chmod(0o755)
    evidence, work = folder / "recovery", folder / "work"
    evidence.mkdir()
    work.mkdir(mode=0o711)
    binaries = str(find_binaries().folder)
    order = Order("patroni", "sync", 3, [fault], {}, 1, 45.0, str(evidence), str(work), binaries)
    seen = run(with_nodes(order, target_file(folder, script, {})), Silent(), MODULE)
    assert "broke_off" not in seen
    (trial,) = seen["metrics"]["trials"]
    return trial, broken_by(trial)


@breaks("RECOVERY-05")
def test_an_epoch_that_is_shown_before_it_is_durable(tmp_path: Path, broken: set[str]) -> None:
    """The next leader begins the epoch that the killed one had shown already."""
    trial, found = failed("shows_the_next_epoch", "node-kill", tmp_path)
    assert trial["epochs_shown_twice"] > 0
    assert broken <= found


@breaks("RECOVERY-03", "RECOVERY-04")
def test_a_node_that_promises_what_it_cannot_write(tmp_path: Path, broken: set[str]) -> None:
    """Cut off from the database, it takes writes as before, and forgets them."""
    trial, found = failed("promises_what_it_cannot_write", "node-cut", tmp_path)
    assert trial["cut_off_accepted"] > 0
    assert trial["lost"] > 0
    assert broken <= found
