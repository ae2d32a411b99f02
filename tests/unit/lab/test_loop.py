"""A loop turns, is held, goes on, and ends."""

import threading
import time
from collections.abc import Callable

from haproof.lab.loop import Loop

PATIENCE = 5.0


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.001)
    return holds()


def ended(loop: Loop) -> None:
    loop.tell_end()
    loop.join()


def test_it_turns_until_it_ends() -> None:
    turns: list[int] = []

    def turn() -> float:
        turns.append(1)
        return 0

    loop = Loop("x", turn)
    loop.start()
    assert eventually(lambda: len(turns) > 3)
    ended(loop)
    done = len(turns)
    time.sleep(0.02)
    assert len(turns) == done
    assert loop.fault is None


def test_held_it_begins_no_turn_and_goes_on_afterwards() -> None:
    turns: list[int] = []

    def turn() -> float:
        turns.append(1)
        return 0

    loop = Loop("x", turn)
    loop.start()
    assert eventually(lambda: bool(turns))
    loop.hold()
    assert loop.await_held(PATIENCE)
    done = len(turns)
    time.sleep(0.02)
    assert len(turns) == done
    loop.resume()
    assert eventually(lambda: len(turns) > done)
    ended(loop)


def test_holding_waits_for_the_turn_under_way() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def turn() -> float:
        begun.set()
        may_end.wait(PATIENCE)
        return 0

    loop = Loop("x", turn)
    loop.start()
    assert begun.wait(PATIENCE)
    loop.hold()
    assert not loop.await_held(0.02)
    may_end.set()
    assert loop.await_held(PATIENCE)
    ended(loop)


def test_a_long_pause_ends_when_it_is_held_or_ended() -> None:
    loop = Loop("x", lambda: 3600.0)
    loop.start()
    loop.hold()
    assert loop.await_held(PATIENCE)
    loop.resume()
    ended(loop)


def test_what_broke_it_down_is_told_and_nobody_waits_for_it() -> None:
    def turn() -> float:
        raise ValueError("no")

    loop = Loop("x", turn)
    loop.start()
    loop.hold()
    assert loop.await_held(PATIENCE)
    ended(loop)
    assert str(loop.fault) == "no"


def test_one_that_never_began_ends_at_once() -> None:
    loop = Loop("x", lambda: 0.0)
    ended(loop)
    assert loop.fault is None
