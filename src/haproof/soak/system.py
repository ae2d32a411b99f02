"""What a soak asks of a system: to write a row and give it back, to fail over, to show all its rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Probed:
    """One probe: a row written and read back. `server` names who acknowledged it, `why` what was wrong.

    `acknowledged` is true where the write was promised, even if the row could not be read back: it must be
    there for ever after.
    """

    ok: bool
    took_ms: float
    acknowledged: bool = False
    server: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class Identity:
    """Which system it is: its name in reports, the database cluster's own id ("" where it is not told), the
    version, and the database by host and name, never with a password."""

    system: str
    cluster_id: str
    version: str
    database: str


class Unreachable(Exception):
    """The system did not answer what a round has to know; the message says what it said."""


class System(Protocol):
    """A system under soak. Every method returns within its time, whatever the system does."""

    def identity(self) -> Identity:
        """Raises Unreachable."""

    def set_up(self) -> None:
        """Make what the probes need. Raises UsageError, Unreachable."""

    def probe(self, row: int, previous: int | None, seconds: float) -> Probed:
        """Write this row, read it and the `previous` one; about `seconds` at most."""

    def rows(self) -> Iterable[int]:
        """Every row of this soak that is there, unchanged. Raises Unreachable."""

    def fail_over(self) -> str | None:
        """Order a planned failover and wait until the order is carried out; what went wrong, else None."""

    def close(self) -> None:
        """Let go of every connection."""
