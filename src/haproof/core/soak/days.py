"""A day of a soak: what was added to its totals between two moments."""

from msgspec import Struct


class Totals(Struct):
    """What is added up, line by line. Times are simulated milliseconds; `counted_ms` is time survived."""

    probes: int = 0
    failed: int = 0
    missing: int = 0
    counted_ms: float = 0.0
    downtime_ms: float = 0.0
    rounds: int = 0
    starts: int = 0
    reboots: int = 0
    clock_jumps: int = 0
    scheduled_failovers: int = 0
    unplanned_failovers: int = 0
    unwritten: int = 0
    faults: int = 0

    def copy(self) -> "Totals":
        """The same figures, in an object of their own."""
        return Totals(*(getattr(self, name) for name in self.__struct_fields__))

    def since(self, earlier: "Totals") -> "Totals":
        """What was added after `earlier`."""
        return Totals(*(getattr(self, name) - getattr(earlier, name) for name in self.__struct_fields__))


class Day(Struct, frozen=True):
    """A finished day: number (from 1), the wall clock at its ends, what was added, and the SHA-256 of its
    last line, which stands for everything up to then."""

    number: int
    from_ms: int
    to_ms: int
    totals: Totals
    digest: str
