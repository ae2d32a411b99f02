"""The hosts of a connection string, and which of them may be believed.

A connection string may name several hosts, of which one takes writes. After a promotion the old primary may
come back, or never have left, and take writes too: it is known by its timeline, which is lower than one that
this node has seen.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from haproof.node.database import Database


@dataclass(frozen=True, slots=True)
class Host:
    """One host of a connection string, and a connection string for it alone."""

    host: str
    port: int
    dsn: str


def hosts(dsn: str) -> tuple[Host, ...]:
    """The hosts of a connection string, one at least. Raises ValueError where their numbers differ."""
    parts = conninfo_to_dict(dsn)
    lists = {key: str(parts[key]).split(",") for key in ("host", "hostaddr", "port") if parts.get(key)}
    number = max((len(lists[key]) for key in ("host", "hostaddr") if key in lists), default=1)
    for key, values in lists.items():
        if len(values) not in (1, number) or (key != "port" and len(values) != number):
            raise ValueError(f"has {number} hosts and {len(values)} of {key}")
    if number == 1:
        return (_host(dsn, {key: values[0] for key, values in lists.items()}),)
    return tuple(
        _host(dsn, {key: values[place if len(values) > 1 else 0] for key, values in lists.items()})
        for place in range(number)
    )


def _host(dsn: str, given: dict[str, str]) -> Host:
    port = given.get("port") or "5432"
    if not (port.isascii() and port.isdecimal()):
        raise ValueError(f"has no port {port!r}")
    name = given.get("hostaddr") or given.get("host") or ""
    return Host(name, int(port), make_conninfo(dsn, **given))


class Horizon:
    """The highest timeline and the highest epoch that this node has ever seen or shown. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bells: list[Callable[[], None]] = []
        self._timeline = 0
        self._epoch = 0

    @property
    def epoch(self) -> int:
        """The highest epoch; 0 before the first."""
        return self._epoch

    def watch(self, ring: Callable[[], None]) -> None:
        """Ring whenever a higher timeline is seen: what holds a session on another server should look."""
        self._bells.append(ring)

    def saw_timeline(self, timeline: int | None) -> None:
        """A server that takes writes is on this timeline."""
        with self._lock:
            if timeline is None or timeline <= self._timeline:
                return
            first, self._timeline = self._timeline == 0, timeline
        for ring in () if first else self._bells:
            ring()

    def saw_epoch(self, epoch: int) -> None:
        """Somebody began this epoch, durable or not."""
        with self._lock:
            self._epoch = max(self._epoch, epoch)

    def disbelief(self, database: Database) -> str | None:
        """SAFETY: why a server may not be believed; None where it may."""
        if database.in_recovery:
            return f"the server {database} is read-only"
        if database.timeline is not None and database.timeline < self._timeline:
            return (
                f"the server {database} was superseded: it is on timeline {database.timeline}, "
                f"and timeline {self._timeline} has been seen"
            )
        return None
