"""A planned failover, measured by writes: from just before the order to the first one that another server
acknowledged."""

import threading
import time
from dataclasses import dataclass, field

from haproof.soak.session import since_ms
from haproof.soak.system import System

BEFORE_SECONDS = 10.0
"""How long somebody has to serve before the order is given."""

DEADLINE_SECONDS = 60.0
PROBE_SECONDS = 2.0
PAUSE_SECONDS = 0.02


@dataclass
class Measured:
    """`ms` is None where nobody else served within the deadline; `why` then says what was heard last.

    `rows` are the acknowledged ones, in runs; they must be there for ever after.
    """

    ms: float | None = None
    server: str | None = None
    why: str | None = None
    rows: list[tuple[int, int]] = field(default_factory=list)

    def acknowledged(self, row: int) -> None:
        """One row more."""
        if self.rows and self.rows[-1][1] == row - 1:
            self.rows[-1] = (self.rows[-1][0], row)
        else:
            self.rows.append((row, row))


def serving(system: System, row: int, measured: Measured) -> tuple[str | None, int]:
    """Who serves now, and the number of the last row sent; None where nobody did in time."""
    end_s = time.monotonic() + BEFORE_SECONDS
    while time.monotonic() < end_s:
        row += 1
        probed = system.probe(row, None, PROBE_SECONDS)
        if probed.acknowledged:
            measured.acknowledged(row)
            return probed.server, row
        measured.why = probed.why
        time.sleep(PAUSE_SECONDS)
    return None, row


def measure(system: System, old: str, row: int, measured: Measured) -> None:
    """Order the failover and write until somebody else acknowledges; fills `measured`."""
    answers: list[str | None] = []
    order = threading.Thread(target=lambda: answers.append(system.fail_over()), daemon=True)
    started_s = time.monotonic()
    order.start()
    measured.why = None
    while time.monotonic() - started_s < DEADLINE_SECONDS:
        row += 1
        probed = system.probe(row, None, PROBE_SECONDS)
        if probed.acknowledged:
            measured.acknowledged(row)
            if probed.server != old:
                measured.ms, measured.server, measured.why = since_ms(started_s), probed.server, None
                break
        elif probed.why is not None:
            measured.why = probed.why
        if answers and answers[0] is not None:
            measured.why = answers[0]
            break
        time.sleep(PAUSE_SECONDS)
    order.join(DEADLINE_SECONDS)
    if measured.ms is None and measured.why is None:
        measured.why = f"{old} went on serving for {DEADLINE_SECONDS:.0f} s"
