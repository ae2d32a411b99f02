"""The server that a session is on, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Database:
    """One server as a session met it. `timeline` is that it writes; None on a standby."""

    host: str
    port: int
    timeline: int | None
    in_recovery: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
