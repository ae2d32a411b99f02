"""A soak in simulation: a machine with two clocks, a prober on it, and a journal in memory."""

import itertools
import json
from typing import Any

from haproof.core.soak.fold import Fold
from haproof.core.soak.lines import HOUR_MS, Line, Moment, Plan
from haproof.core.soak.schedule import days_to_summarise, decide, failover_due
from haproof.kinds.soak import KIND
from haproof.kinds.soak.chain import FIRST, Head, Reading, digest, encoded
from haproof.lab.draft import Draft
from haproof.lab.slice_report import header, judged

START_MS = 1_800_000_000_000
SLOT = 2**24


def plan(**given: Any) -> Plan:
    usual: dict[str, Any] = {
        "soak": "s1",
        "goal_days": 30,
        "interval_hours": 2,
        "probe_interval_ms": 10_000,
        "compression": 1,
        "scheduled_failovers": 3,
        "system": "simulated",
        "cluster_id": "1",
    }
    return Plan(**(usual | given))


class Machine:
    """Everything that a soak sees, and all that can happen to it. `truth_*` is what really happened."""

    def __init__(self, agreed: Plan | None = None) -> None:
        self.plan = agreed or plan()
        self.at_ms, self.up_ms = START_MS, 5_000
        self.boots = itertools.count(1)
        self.boot = f"boot-{next(self.boots)}"
        self.journal: list[bytes] = []
        self.prev, self.n = FIRST, 0
        self.server = "a:5432/00000001"
        self.full = False
        self.unwritten = 0
        self.row = 0
        self.fold: Fold | None = None
        self.append("setup", plan=self.plan)
        self.start()

    def append(self, kind: str, **fields: Any) -> None:
        if self.full:
            self.unwritten += 1
            return
        line = Line(self.n + 1, kind, self.at_ms, self.up_ms, self.boot, self.prev, **fields)
        self.n += 1
        raw = encoded(line)
        self.prev = digest(raw)
        self.journal.append(raw)
        if self.fold is None:
            self.fold = Fold.begun(line)
        else:
            self.fold.step(line, True)

    def start(self) -> None:
        self.append("start")
        self.row = self.n * SLOT
        self.told = ""

    def passes(self, ms: int) -> None:
        self.at_ms += ms
        self.up_ms += ms

    def probe(self, ok: bool = True) -> None:
        self.passes(int(self.plan.probe_interval_ms / self.plan.compression))
        if ok:
            self.row += 1
            server = None if self.told == self.server else self.server
            self.told = self.server
            self.append("probe", ok=True, took_ms=1.5, row=self.row, server=server)
        else:
            self.append("probe", took_ms=5_000.0, why="no answer")

    def probes(self, count: int, ok: bool = True) -> None:
        for _ in range(count):
            self.probe(ok)

    def absent(self, ms: int) -> None:
        """The prober is killed, and started again after so long."""
        self.passes(ms)
        self.start()

    def reboot(self, away_ms: int, clock_ms: int = 0) -> None:
        self.at_ms += away_ms + clock_ms
        self.up_ms = 4_000
        self.boot = f"boot-{next(self.boots)}"
        self.start()

    def step_clock(self, ms: int) -> None:
        self.at_ms += ms

    def round(self) -> str:
        assert self.fold is not None
        decision = decide(self.fold, Moment(self.at_ms, self.up_ms, self.boot))
        if not decision.makes:
            return decision.kind
        self.append("round-start", slot=decision.slot, decision=decision.kind)
        if failover_due(self.fold):
            self.failover()
        rows = sum(high - low + 1 for low, high in self.fold.acknowledged)
        self.append("round-end", slot=decision.slot, checked=rows or None)
        for day in days_to_summarise(self.fold):
            self.append("day", day=day, digest=self.fold.days[day - 1].digest)
        return decision.kind

    def failover(self, ms: int = 300) -> None:
        self.append("failover-start")
        self.passes(ms)
        self.promote()
        self.append("failover-end", ms=float(ms), server=self.server)

    def promote(self) -> None:
        name, _, timeline = self.server.partition("/")
        other = "b:5432" if name == "a:5432" else "a:5432"
        self.server = f"{other}/{int(timeline) + 1:08}"

    def healthy_days(self, days: float) -> None:
        """Probes and rounds, as long as it takes."""
        per_round = int(self.plan.interval_hours * HOUR_MS / self.plan.probe_interval_ms)
        for _ in range(int(days * 24 / self.plan.interval_hours)):
            self.round()
            self.probes(per_round)

    def judged(self, head: Head | None = None) -> Fold:
        """The journal as somebody reads it who knows nothing else."""
        return Reading(head).feed(self.journal).finish()


def val18(**figures: Any) -> dict[str, Any]:
    """A VAL18 report that passes, with some figures changed; its statuses are those of its producer."""
    metrics: dict[str, Any] = {
        "goal_days": 30,
        "days": 30.01,
        "rounds": 360,
        "interval_hours": 2,
        "compressed": False,
        "scheduled_failovers": 3,
        "failover_ms": [310.5, 280, 9_999],
        "unplanned_failover_ms": [20_000],
        "data_continuity_rate": 1,
        "uptime": 1 - 1_000 / (86_400 * 30.01),
        "probe_interval_ms": 10_000,
        "probes": 259_000,
        "probes_missing": 200,
        "downtime_seconds": 1_000,
        "restarts": 2,
        "clock_jumps": 1,
        "chain_intact": True,
        "anchored": "self-reported",
    }
    draft = Draft(metrics, ())
    for name, value in (metrics | figures).items():
        draft.metric(name, value)
    head = header(KIND, "2026-02-20T10:00:00Z", "2026-03-23T11:30:00Z", "s1", {})
    return dict(json.loads(judged(KIND, head, draft, []).content))
