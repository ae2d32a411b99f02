"""A cluster is healthy when its standbys have what the primary had, not when they are said to stream."""

from dataclasses import replace
from typing import Any, cast

from haproof.lab.systems.members import Status
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
