"""The lines of a soak's journal, and the plan in its first one.

Every line has the wall clock (`at_ms`: Unix time), the clock since boot (`up_ms`, suspension included), the
boot's id, its number `n`, and in `prev` the SHA-256 of the line before it, as its bytes stand in the file.
"""

from typing import Any

from msgspec import Struct

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


class Moment(Struct, frozen=True):
    """Now, on both clocks of one boot; milliseconds."""

    at_ms: int
    up_ms: int
    boot: str


class Plan(Struct, frozen=True, kw_only=True):
    """What was agreed at setup; it never changes.

    `compression` is simulated seconds per second: 1 in a real soak. All other times are simulated ones.
    `scheduled_failovers` are spread evenly over the goal; `system` and `cluster_id` name what is observed.
    """

    soak: str
    goal_days: float
    interval_hours: float
    probe_interval_ms: int
    compression: float
    scheduled_failovers: int
    system: str
    cluster_id: str
    database: str = ""
    version: str = ""

    @property
    def compressed(self) -> bool:
        """Whether its days are simulated."""
        return self.compression != 1


class Line(Struct, gc=False, omit_defaults=True):
    """One line; which of the optional keys it has depends on its `kind`.

    - `setup`: `plan`.
    - `start`, `stop`: the prober's. `probe`: `ok`, `took_ms`, `row` where it was acknowledged, `server` where
      that is another one than of the probe before, `why` where it was not ok.
    - `unwritten`: probes that could not be recorded (`count`, `why`). `torn`: half a line was dropped.
    - `round-start`: `slot`, `decision`. `round-end`: `slot`; `checked` acknowledged rows, `lost` of them.
    - `skip`: a round that is not made (`decision` early or overlapping).
    - `failover-start`; `failover-end`: `ms`, the `server` that took over, `rows` acknowledged meanwhile.
    - `day`: a day's summary. `anchor`: `day`, its `digest`, and `to` what it was anchored.
    - `fault`: state and journal disagree (`why`). `cost`: the prober's `cpu_ms` and `peak_bytes`.
    """

    n: int
    kind: str
    at_ms: int
    up_ms: int
    boot: str
    prev: str
    ok: bool = False
    took_ms: float = 0.0
    row: int | None = None
    server: str | None = None
    why: str | None = None
    plan: Plan | None = None
    pid: int | None = None
    count: int = 0
    slot: int = -1
    decision: str | None = None
    checked: int | None = None
    lost: int = 0
    ms: float | None = None
    rows: list[tuple[int, int]] | None = None
    day: int | None = None
    digest: str | None = None
    to: str | None = None
    summary: dict[str, Any] | None = None
    cpu_ms: int | None = None
    peak_bytes: int | None = None
