"""A cluster is healthy when its standbys have what the primary had, not when they are said to stream."""

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from haproof.lab.systems.members import Status
from haproof.lab.trials import course
from haproof.lab.trials.under_test import CaughtUp, UnderTest

PRIMARY = Status("pg1", False, 1, 2, 1, "pg2", "on", written=500, confirmed=500)


class Bench:
    """Says one thing after the other."""

    def __init__(self, *said: Status | None) -> None:
        self._said = list(said)

    def healthy(self) -> Status | None:
        return self._said.pop(0)


def looks(*said: Status | None) -> list[Status | None]:
    caught_up = CaughtUp(cast(UnderTest[Any], Bench(*said)))
    return [caught_up() for _ in said]


def test_a_connection_that_carries_nothing_is_no_health() -> None:
    silent = replace(PRIMARY, written=900, confirmed=400)
    later = replace(PRIMARY, written=2_000, confirmed=900)
    assert looks(silent, silent, later) == [None, None, later]


def test_standbys_need_not_catch_up_with_what_is_still_being_written() -> None:
    first = replace(PRIMARY, written=900, confirmed=880)
    second = replace(PRIMARY, written=1_200, confirmed=900)
    assert looks(first, second) == [None, second]


def test_another_primary_is_measured_by_its_own_log() -> None:
    other = replace(PRIMARY, member="pg2", timeline=2, written=300, confirmed=300)
    assert looks(replace(PRIMARY, confirmed=None), None, other) == [None, None, other]


SILENT = replace(PRIMARY, written=900, confirmed=400)
AGAIN = replace(PRIMARY, written=900, confirmed=900)


def test_a_trial_begins_when_the_standbys_have_caught_up() -> None:
    bench = Bench(SILENT, AGAIN)
    stub = SimpleNamespace(healthy=bench.healthy, system=SimpleNamespace(sync=False))
    stub.wait = lambda what, seconds, probe, every_s: next(filter(None, iter(probe, object())))
    assert UnderTest.wait_healthy(cast(Any, stub)) is AGAIN


def test_a_trial_ends_when_the_standbys_have_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "LOOK_SECONDS", 0)
    bench = SimpleNamespace(healthy=Bench(SILENT, AGAIN).healthy, look=lambda: SimpleNamespace(writable=[1]))
    trials = SimpleNamespace(_bench=bench)
    assert course.Course._until_healthy(cast(Any, trials), time.monotonic()) is AGAIN
