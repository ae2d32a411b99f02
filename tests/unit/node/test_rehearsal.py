"""A follower plans its takeover before it stands in line, not when the lock has come."""

import threading
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest

from haproof.node.leadership import LeadershipLoop
from haproof.node.session import Interrupted


def test_the_rehearsal_comes_before_the_wait() -> None:
    done: list[str] = []

    def waits(*given: Any) -> None:
        done.append("wait")
        raise Interrupted

    store = SimpleNamespace(
        open_lock_session=lambda **more: nullcontext(SimpleNamespace()),
        rehearse=lambda *given: done.append("rehearse"),
        wait_for_lock=waits,
    )
    limits = SimpleNamespace(min_sync_replicas=0)
    commands = SimpleNamespace(bell=threading.Event())
    node = SimpleNamespace(store=store, commands=commands, settings=SimpleNamespace(limits=limits))
    with pytest.raises(Interrupted):
        LeadershipLoop(cast(Any, node)).one_term()
    assert done == ["rehearse", "wait"]
