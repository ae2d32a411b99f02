"""A signal that comes while something else is under way ends the slice as interrupted, never as its fault."""

import json
import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from haproof.lab.environment import system_under_test
from haproof.lab.interrupt import interruptible
from haproof.lab.progress import Silent
from haproof.lab.run import INTERRUPTED, Run
from haproof.lab.scenario import Options, Stage
from haproof.lab.scenarios import quorum_loss
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from lab.in_process import shared_ground
from lab.lab_process import linux_only

pytestmark = [pytest.mark.lab, linux_only]


def signalled_while_a_lock_is_taken_back(stage: Stage) -> None:
    """What threading.Condition does then."""
    stage.step("wait")
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)
    finally:
        threading.Lock().release()


def test_such_a_slice_is_interrupted_and_the_next_is_not_begun(tmp_path: Path) -> None:
    scenario = replace(quorum_loss.SCENARIO, run=signalled_while_a_lock_is_taken_back)
    target = load_target(REFERENCE)
    with shared_ground() as ground:
        run = Run(ground, target, system_under_test(target), Options("quick", 1, 1), tmp_path, Silent())
        with pytest.raises(KeyboardInterrupt), interruptible():
            run.slices([scenario, scenario])
    report = json.loads((tmp_path / "val17/val17-report.json").read_bytes())
    assert report["not_run"] == INTERRUPTED
    assert "fault of the lab" not in (tmp_path / "val17/journal.jsonl").read_text()
