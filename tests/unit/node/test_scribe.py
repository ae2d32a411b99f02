"""Audit events wait in order, are written once, and one bad event does not hold up the rest."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from haproof.node.decide import Event
from haproof.node.log import Log
from haproof.node.scribe import MOST_PENDING, Scribe
from haproof.node.session import SessionLost, SqlError
from haproof.node.store import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Table:
    """Stands in for the store: keeps events by id, and fails as it is told."""

    def __init__(self, *faults: Exception) -> None:
        self.rows: dict[str, str] = {}
        self.faults = list(faults)

    @contextmanager
    def open(self, _purpose: str, *, deadline: float) -> Iterator[None]:
        assert deadline > 0
        yield

    def write_events(self, _session: Any, events: list[tuple[str, Event]], _deadline: float) -> None:
        if any(event.name == "ha.bad.event" for _, event in events):
            raise SqlError("22P05", "cannot be converted to text")
        for event_id, event in events:
            self.rows.setdefault(event_id, event.name)
        if self.faults:
            raise self.faults.pop(0)


def scribe_for(table: Table) -> Scribe:
    return Scribe(cast(Store, table), Log(None, "n1"))


def events(*names: str) -> list[Event]:
    return [Event(name, NOW, "n1") for name in names]


def written(scribe: Scribe) -> None:
    thread = threading.Thread(target=scribe.run)
    thread.start()
    assert scribe.flush(10)
    scribe.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_events_are_written_in_order_though_the_server_goes_away_in_between() -> None:
    table = Table(SessionLost("gone"), SessionLost("gone"))
    scribe = scribe_for(table)
    scribe.record(events("ha.quorum.lost", "ha.quorum.restored"))
    assert scribe.pending == 2
    written(scribe)
    assert list(table.rows.values()) == ["ha.quorum.lost", "ha.quorum.restored"]
    assert (scribe.pending, scribe.dropped) == (0, 0)


def test_an_event_that_cannot_be_stored_is_counted_and_the_rest_is_written() -> None:
    table = Table()
    scribe = scribe_for(table)
    scribe.record(events("ha.first.one", "ha.bad.event", "ha.last.one"))
    written(scribe)
    assert list(table.rows.values()) == ["ha.first.one", "ha.last.one"]
    assert scribe.dropped == 1


def test_memory_is_bounded_and_the_oldest_go_first() -> None:
    table = Table()
    scribe = scribe_for(table)
    scribe.record(events(*["ha.old.event"] * 3, *["ha.new.event"] * (MOST_PENDING - 1)))
    assert (scribe.pending, scribe.dropped) == (MOST_PENDING, 2)
    written(scribe)
    assert list(table.rows.values())[:2] == ["ha.old.event", "ha.new.event"]
