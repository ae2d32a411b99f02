"""However a lab is ended from outside, nothing of it is left: a sample of what scripts/lab-ends.sh does."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from haproof.lab.keeper import alive
from lab.ends import WAYS, Namespaces, campaign
from lab.lab_process import linux_only

pytestmark = [pytest.mark.lab, linux_only]
LATER = 10
FREED_SECONDS = 0.5
"""After which the kernel has freed what a namespace had; then its number is given away."""


@contextmanager
def elsewhere() -> Iterator[int]:
    """A process in namespaces of its own, and its number."""
    argv = ["unshare", "--user", "--map-root-user", "--ipc", "--net", "sh", "-c", "echo there; read _"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline() != "there\n":
            pytest.skip("no namespace can be made here")
        yield process.pid
        process.stdin.close()


def test_who_came_after_is_not_taken_for_what_is_left() -> None:
    """The kernel numbers a new namespace as one that has ended."""
    ours = Namespaces()
    with closing(ours), ExitStack() as stack:
        _hold_one_that_ends(ours)
        time.sleep(FREED_SECONDS)
        for _ in range(LATER):
            stack.enter_context(elsewhere())
        assert ours.inside() == []


def _hold_one_that_ends(ours: Namespaces) -> None:
    with elsewhere() as pid:
        ours.hold(pid)
        assert [found for found, _ in ours.inside()] == [pid]
    assert not alive(pid)
    assert ours.inside() == []


def test_a_lab_that_is_ended_at_any_instant_leaves_nothing(tmp_path: Path) -> None:
    found = campaign(1, WAYS, jobs=3, seconds=8.0, seed=11, results=tmp_path / "ends.jsonl")
    assert [one.way for one in found] == [*WAYS]
    assert {one.left for one in found} == {()}
    assert len((tmp_path / "ends.jsonl").read_text().splitlines()) == len(WAYS)
