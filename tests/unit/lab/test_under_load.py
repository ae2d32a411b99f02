"""Before a fault every client writes for a while; the end of a session takes no acknowledgement back."""

import threading
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest

pytest.importorskip("psycopg")

from haproof.lab.recovery import course as of_nodes
from haproof.lab.trials import course
from haproof.lab.trials.course import Trial
from haproof.lab.workload.clients import Writer
from haproof.lab.workload.config import Config

PRIMARY = SimpleNamespace(member="pg1", sync_effective=True)


class Bench:
    """A healthy cluster whose clients are slow to begin: `wrote` is how many have a row, asked in turn."""

    def __init__(self, *wrote: int) -> None:
        self.wrote = list(wrote)
        self.log: list[str] = []
        self.members = SimpleNamespace(query=self._query)

    def _query(self, member: str, statement: str, values: Any) -> list[tuple[Any, ...]]:
        assert values[0].startswith("host-kill-1")
        return [(count,)] if (count := self.wrote.pop(0)) else []

    def look(self) -> Any:
        return SimpleNamespace(writable=[PRIMARY])

    def healthy(self) -> Any:
        return PRIMARY

    def wait_healthy(self) -> Any:
        return PRIMARY

    def wait(self, what: str, seconds: float, probe: Any) -> None:
        while probe() is None:
            self.log.append("waited")


class OfNodes(Bench):
    """The same of a control plane, whose table has rows of other trials."""

    def _query(self, member: str, statement: str, values: Any = ()) -> list[tuple[Any, ...]]:
        own = [(f"host-kill-1.writer-1.{number}", "p", 3) for number in range(self.wrote.pop(0))]
        return [("host-kill-11.writer-1.1", "p", 2), *own]


def sleeping(bench: Bench, monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    monkeypatch.setattr(module.time, "sleep", lambda seconds: bench.log.append(f"slept {seconds:g}"))


def test_the_quiet_time_begins_when_every_client_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(0, 2, 4, 5)
    sleeping(bench, monkeypatch, course)
    one = course.Course(cast(Any, bench), 1, 45.0, 20.0)
    history = SimpleNamespace(mark=lambda kind: None)
    clients = SimpleNamespace(must_run=lambda: None)
    one._under_load(Trial("host-kill-1", None), None, cast(Any, history), cast(Any, clients))
    assert bench.log == ["waited", "waited", "waited", "slept 5", "slept 65"]


def test_that_of_a_control_plane_too(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = OfNodes(0, 1)
    sleeping(bench, monkeypatch, of_nodes)
    one = object.__new__(of_nodes.Course)
    one._bench = cast(Any, bench)

    class Enough(Exception):
        pass

    def settled() -> str:
        raise Enough

    one._attempts = Counter()
    one._plane = cast(Any, SimpleNamespace(settled=settled, rows="select id, payload, epoch from rows"))
    with pytest.raises(Enough):
        one._under_fault(of_nodes.Trial("host-kill-1", "host-kill"), cast(Any, None))
    assert bench.log == ["slept 0.1", "slept 5"]


@pytest.mark.parametrize(("severity", "kept"), [("WARNING", True), ("FATAL", False), ("NOTICE", False)])
def test_the_end_of_a_session_is_no_cancelled_wait(severity: str, kept: bool) -> None:
    """57P01 is both: the warning that a wait for a standby was cancelled, and the end of a session."""
    client = Writer(
        "off-writer-1", Config("t", "off", {}, {}, "", {}, "", 1), cast(Any, None), threading.Event()
    )
    words = "terminating connection due to administrator command"
    said = SimpleNamespace(severity_nonlocalized=severity, sqlstate="57P01", message_primary=words)
    client._warned(cast(Any, said))
    assert client._warnings == ([f"57P01 {words}"] if kept else [])


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


OLD = SimpleNamespace(member="pg1", timeline=3)
NEW = SimpleNamespace(member="pg2", timeline=4)


def held(
    monkeypatch: pytest.MonkeyPatch, promoted_s: float | None, serves_s: float, expected: str, short: bool
) -> tuple[float, bool]:
    """How long the fault was held, and whether the promotion was seen."""
    clock = Clock()
    began_s = clock.now_s
    monkeypatch.setattr(course, "time", clock)

    def look(only: list[str]) -> Any:
        assert only == ["pg2", "pg3"]
        there = promoted_s is not None and clock.now_s >= began_s + promoted_s
        return SimpleNamespace(writable=[NEW] if there else [])

    def query(member: str, statement: str, values: Any = ()) -> list[tuple[int]]:
        return [(max(0, round(10 * (clock.now_s - began_s - serves_s))),)]

    bench = SimpleNamespace(
        look=look,
        members=SimpleNamespace(query=query),
        system=SimpleNamespace(members=("pg1", "pg2", "pg3")),
        journal=SimpleNamespace(saw=lambda *what, **more: None),
    )
    one = course.Course(cast(Any, bench), 1, 45.0, 20.0)
    found = one._hold(cast(Any, OLD), short, expected)
    return clock.now_s - began_s, found is not None


@pytest.mark.parametrize(
    ("promoted_s", "serves_s", "expected", "short", "held_s"),
    [
        (24, 24, "fails over", False, 45),  # the usual: nothing is added
        (24, 24, "fails over", True, 29),
        (43, 43, "fails over", False, 48),  # late, and still seen to serve for a while
        (46.7, 46.7, "fails over", False, 52),
        (46.7, 46.7, "fails over", True, 52),
        (63, 63, "fails over", False, 65),  # never longer than the manager may take
        (24, 99, "fails over", False, 65),  # a promotion that nobody can use
        (None, 0, "fails over", False, 65),
        (None, 0, "stays and refuses", False, 45),
        (44.5, 44.5, "stays and refuses", False, 45),
    ],
)
def test_a_fault_lasts_until_who_must_take_over_has_done_so(
    monkeypatch: pytest.MonkeyPatch,
    promoted_s: float | None,
    serves_s: float,
    expected: str,
    short: bool,
    held_s: float,
) -> None:
    lasted_s, seen = held(monkeypatch, promoted_s, serves_s, expected, short)
    assert lasted_s == pytest.approx(held_s, abs=0.6)
    assert seen == (promoted_s is not None)
