"""Who serves, as acknowledged writes name it: scheduled and unplanned failovers, each with its time."""

from haproof.core.soak.lines import Line

LONGEST_ORDERED_MS = 60_000
"""How long after its order a change of server is the scheduled one. The limit of an unplanned failover."""


class Failovers:
    """Scheduled failovers are announced by a round; any other change of the serving server is unplanned.

    Times are real milliseconds, in a compressed soak too; None where the change was not observed without a
    gap. An unplanned one lasts from the last acknowledgement of the old server to the first of the new one,
    so it is an upper bound.
    """

    def __init__(self) -> None:
        self.scheduled = 0
        self.scheduled_ms: list[float | None] = []
        self.unplanned_ms: list[float | None] = []
        self.server: str | None = None
        self._prober_server: str | None = None
        self._acknowledged: tuple[str, int] | None = None
        self._ordered: tuple[str, int] | None = None
        self._seen_ms: float | None = None
        self._settled_up_ms = -1

    def began(self, line: Line) -> None:
        """A scheduled failover is ordered."""
        self.abandoned()
        self.scheduled += 1
        self._ordered, self._seen_ms = (line.boot, line.up_ms), None

    def ended(self, line: Line) -> None:
        """It is done, or was waited for in vain (`ms` None)."""
        self.scheduled_ms.append(line.ms)
        self._ordered = None
        self._settled_up_ms = line.up_ms
        if line.server is not None:
            self.server = line.server
            self._acknowledged = (line.boot, line.up_ms)

    def abandoned(self) -> None:
        """Whoever ordered a failover is gone: its time is what the prober saw, if it saw the change."""
        if self._ordered is not None:
            self.scheduled_ms.append(self._seen_ms)
            self._ordered = None

    def prober_started(self) -> None:
        """A new prober names its server with its first acknowledgement."""
        self._prober_server = None

    def acknowledged(self, line: Line) -> bool:
        """A write was acknowledged; whether it was by another server, unplanned."""
        server = line.server or self._prober_server
        self._prober_server = server
        before, self._acknowledged = self._acknowledged, (line.boot, line.up_ms)
        if server == self.server or server is None:
            return False
        known, self.server = self.server, server
        if known is None:
            return False
        if self._is_ordered(line):
            return False
        if line.up_ms - line.took_ms <= self._settled_up_ms:  # sent before the scheduled one had ended
            self.server = known
            return False
        same = before is not None and before[0] == line.boot
        self.unplanned_ms.append(line.up_ms - before[1] if before is not None and same else None)
        return True

    def _is_ordered(self, line: Line) -> bool:
        """Whether this change of server is the scheduled one that is under way; its time is noted then."""
        if self._ordered is None:
            return False
        boot, up_ms = self._ordered
        passed = line.up_ms - up_ms if boot == line.boot else None
        if passed is None or passed > LONGEST_ORDERED_MS:
            self.abandoned()
            return False
        if self._seen_ms is None:
            self._seen_ms = passed
        return True

    def rebooted(self) -> None:
        """The clock since boot starts anew."""
        self._settled_up_ms = -1
