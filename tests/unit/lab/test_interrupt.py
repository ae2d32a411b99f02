"""Signals that end a lab: raised once nothing forbids it, and never taken for something else's fault."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from haproof.errors import LabError
from haproof.lab import ground
from haproof.lab.interrupt import heeded, interruptible, uninterrupted
from haproof.lab.progress import Silent
from haproof.lab.trials import matrix
from haproof.lab.trials.outside import ClusterRun
from haproof.lab.trials.plan import Request


def guarded(steps: list[str]) -> None:
    with interruptible():
        with uninterrupted():
            with uninterrupted():
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.01)
                steps.append("inner")
            steps.append("outer")
        steps.append("never")


def test_a_signal_waits_for_the_end_of_what_must_not_be_interrupted() -> None:
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        guarded(steps)
    assert steps == ["inner", "outer"]


def lock_that_was_not_taken_back() -> None:
    """What threading.Condition does where the signal comes while it takes its lock back."""
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)
    finally:
        threading.Lock().release()


def destructor() -> None:
    """What Python does with an exception in __del__, but for the line on stderr."""
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)


Block = Callable[[], contextlib.AbstractContextManager[None]]


def goes_on_after(takes_its_place: Callable[[], None], block: Block) -> bool:
    """Whether the step after the block is reached."""
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt), interruptible():  # noqa: PT012
        with block():
            takes_its_place()
        steps.append("after")
    return bool(steps)


@pytest.mark.parametrize("takes_its_place", [lock_that_was_not_taken_back, destructor])
def test_nothing_takes_the_place_of_a_signal(takes_its_place: Callable[[], None]) -> None:
    assert not goes_on_after(takes_its_place, heeded)


def test_a_signal_that_was_lost_ends_the_run_at_its_end() -> None:
    assert goes_on_after(destructor, contextlib.nullcontext)
    assert not goes_on_after(lock_that_was_not_taken_back, contextlib.nullcontext)


def test_a_fault_without_a_signal_stays_that_fault() -> None:
    with pytest.raises(RuntimeError, match="unlocked lock"), interruptible(), heeded():
        threading.Lock().release()
    with pytest.raises(KeyboardInterrupt):
        ended()
    for around in (contextlib.nullcontext, interruptible):  # a signal of an earlier run is forgotten
        with around(), heeded():
            pass


def sent_again(steps: list[str]) -> None:
    with interruptible():
        destructor()
        time.sleep(0.02)
        steps.append("lost")
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)
        steps.append("never")


def test_a_signal_that_was_lost_can_be_sent_again() -> None:
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        sent_again(steps)
    assert steps == ["lost"]


def ended() -> None:
    with interruptible():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)


def test_sigterm_interrupts_like_ctrl_c_and_the_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        ended()
    assert signal.getsignal(signal.SIGTERM) is before


def masked(*_: Any, **__: Any) -> Any:
    """A signal comes, and a lock's fault takes its place."""
    lock_that_was_not_taken_back()


def test_a_run_that_it_ended_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that Ctrl-C ended: there is nothing to look for."""
    work = tmp_path / "work"
    work.mkdir()
    children = SimpleNamespace(close=lambda: None)
    made = SimpleNamespace(closed_cleanly=False, ports=SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(ground, "_foothold", lambda *_: (children, work, None))
    monkeypatch.setattr(ground, "Ground", lambda *_: made)
    with pytest.raises(KeyboardInterrupt), interruptible(), ground.prepared(cast(Any, None), print):
        masked()
    assert not work.exists()


def test_a_cluster_that_it_ended_is_interrupted_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("haproof.lab.trials.sandboxed.run", masked)
    with pytest.raises(KeyboardInterrupt), interruptible():
        ClusterRun(Request("patroni"), tmp_path, Silent()).run()
    assert '"not_run": "interrupted"' in (tmp_path / "cluster/cluster-report.json").read_text()


def test_no_further_trial_follows_it() -> None:
    """A fault of the lab leaves one fault out and goes on to the next; a signal in its place must not."""
    noted: list[str] = []

    def run(name: str, fault: object) -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)
        finally:
            raise LabError("the clients ended by themselves")

    one = object.__new__(matrix.Matrix)
    journal = SimpleNamespace(note=lambda what, **_: noted.append(what))
    mend = SimpleNamespace(may_repeat=True, journal=journal, mend=lambda *_: noted.append("mended"))
    one._bench = cast(Any, mend)
    one._course = cast(Any, SimpleNamespace(run=run))
    one._faults = {"host-kill": cast(Any, None)}
    one._trials, one._not_tried = [], {}
    with pytest.raises(KeyboardInterrupt), interruptible():
        one._trial("host-kill-1", "host-kill")
    assert noted == []
