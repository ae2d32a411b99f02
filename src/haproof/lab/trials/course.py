"""One trial: healthy and under load, the fault, the hold, the heal, until healthy again, the tables read."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from msgspec import UNSET, UnsetType, to_builtins

from haproof.core.histories.clusters.figures import Figures, bound, figures
from haproof.core.histories.clusters.reading import trials
from haproof.errors import LabError
from haproof.lab.faults.catalogue import promise
from haproof.lab.faults.fault import ClusterFault, Injected
from haproof.lab.systems.managed import FAILS_OVER
from haproof.lab.systems.members import Status
from haproof.lab.trials.history import TrialHistory
from haproof.lab.trials.placed import CONNECT_WRITERS, OFF, WRITERS, Placed
from haproof.lab.trials.spoiled import Machine
from haproof.lab.trials.under_test import LOOK_SECONDS, CaughtUp, NotHealthy, S, UnderTest, load
from haproof.lab.workload import schema
from haproof.lab.workload.transactions import KEYS_AT_ONCE, WINDOWS

BEGIN_SECONDS = 60.0
"""Until every client writes, at most."""

QUIET_SECONDS = 5.0
"""Healthy and under load for so long before a fault, and after a promotion before a short fault ends."""

END_SECONDS = 120.0
"""From the heal until healthy, at most."""

SECOND_PRIMARY_SECONDS = 25.0
"""Two members that take writes for so long after the heal: nobody is going to end that."""

SETTLE_SECONDS = 10.0
"""For standbys to replay what the primary has, once the clients have ended."""

REPLAYED = "select pg_last_wal_replay_lsn() >= %s::pg_lsn"
KEYS = KEYS_AT_ONCE * WINDOWS


@dataclass
class Trial:
    """What the lab itself knows of a trial; the other figures come from its history."""

    name: str
    fault: str | None
    expected: str | None = None
    healthy_before: bool = False
    sync_effective: bool | None = None
    rejoin: str | None = None
    rejoin_ms: float | None = None
    load: float | None = None
    clock_bound_ms: float | UnsetType | None = UNSET
    why: str | None = None
    """In words, where the cluster was not healthy at the end."""

    ended_healthy: bool = False
    short: str | None = None
    """What the lab's own machine was short of meanwhile."""

    figures: Figures | None = field(default=None, repr=False)
    lines: list[bytes] = field(default_factory=list, repr=False)
    """Its history."""

    def metrics(self) -> dict[str, Any]:
        """The trial as the report has it."""
        judged: dict[str, Any] = to_builtins(self.figures) if self.figures is not None else {}
        judged.pop("examples", None)
        own = {
            "fault": self.fault,
            "expected": self.expected,
            "healthy_before": self.healthy_before,
            "sync_effective": self.sync_effective,
            "rejoin": self.rejoin,
            "rejoin_ms": self.rejoin_ms,
            "load": self.load,
        }
        if self.clock_bound_ms is not UNSET:
            own["clock_bound_ms"] = self.clock_bound_ms
        return {"fault": None, "expected": None} | judged | own


class Course(Generic[S]):
    """Runs trials on one bench, one after the other."""

    def __init__(self, bench: UnderTest[S], seed: int, hold_s: float, late_s: float) -> None:
        """A fault is held `hold_s`, and up to `late_s` longer where somebody has to take over and has not."""
        self._bench = bench
        self._seed = seed
        self._hold_s = hold_s
        self._late_s = late_s
        self._count = 0

    def run(self, name: str, fault: ClusterFault[S] | None) -> Trial:
        """One trial; without a fault the control. Raises LabError for a fault of the lab, NotHealthy where
        the cluster was not healthy before."""
        bench = self._bench
        primary = bench.wait_healthy()
        trial = Trial(name, fault.name if fault else None)
        if fault is not None:
            said = promise(bench.system, fault.name)
            trial.expected = said.outcome if said else None
        first_key = self._count * KEYS
        self._count += 1
        for table in schema.TABLES:  # what an attempt of this name has left that did not count
            bench.must(primary.member, f"delete from {table} where trial = %s", (name,))
        bench.new_lists(primary.member, name, first_key, first_key + KEYS - 1)
        history = TrialHistory(name)
        bench.watcher.step(f"{name}: clients write and read")
        machine = Machine(bench.folder)
        try:
            clients = self._with_clients(trial, fault, history, first_key)
            trial.clock_bound_ms = clients.collect()
            self._tables(history, clients.unknown_clients)
        finally:
            trial.short = machine.end()
        trial.lines = history.merged(clients.histories)
        self._judge(trial)
        return trial

    def _with_clients(
        self, trial: Trial, fault: ClusterFault[S] | None, history: TrialHistory, first_key: int
    ) -> Placed:
        """The clients once they have ended."""
        clients = Placed(self._bench, trial.name, self._seed, first_key)
        try:
            self._under_load(trial, fault, history, clients)
            clients.must_run()  # who died meanwhile was refused nothing
        finally:
            clients.stop()
        return clients

    def _under_load(
        self, trial: Trial, fault: ClusterFault[S] | None, history: TrialHistory, clients: Placed
    ) -> None:
        bench = self._bench
        bench.wait("a write of each client", BEGIN_SECONDS, lambda: self._writes(trial.name, clients))
        time.sleep(QUIET_SECONDS)
        clients.must_run()
        primary = bench.wait_healthy()
        trial.healthy_before, trial.load = True, load()
        trial.sync_effective = primary.sync_effective
        if fault is None:
            time.sleep(self._hold_s + self._late_s)  # no shorter than any trial
            trial.ended_healthy = bench.healthy() is not None
        else:
            self._fault(trial, fault, primary, history)
        history.mark("end")

    def _writes(self, trial: str, clients: Placed) -> bool | None:
        """True once every writer off the members has a row: a busy machine takes its time to start them."""
        clients.must_run()
        for first in self._bench.look().writable[:1]:
            rows = self._bench.members.query(first.member, schema.WHO_WROTE, (trial, f"{OFF}-"))
            if rows and rows[0][0] >= WRITERS + CONNECT_WRITERS:
                return True
        return None

    def _fault(self, trial: Trial, fault: ClusterFault[S], primary: Status, history: TrialHistory) -> None:
        bench = self._bench
        bench.watcher.step(f"{trial.name}: {fault.done}")
        history.mark("fault", member=primary.member, timeline=primary.timeline)
        injected = Injected(fault, bench.system, primary.member, bench.journal)
        promoted = self._hold(primary, fault.short, trial.expected)
        bench.watcher.step(f"{trial.name}: healed, until healthy")
        healed_ms = history.mark("heal")
        injected.heal()
        self._rejoin(trial, primary, promoted, healed_ms)

    def _hold(self, old: Status, short: bool, expected: str | None) -> Status | None:
        """Until the fault has lasted long enough; who was promoted meanwhile. Where somebody has to be and
        nobody is yet, it lasts longer: until that one serves, or for as long as the manager may take."""
        bench = self._bench
        others = [name for name in bench.system.members if name != old.member]
        started_s = time.monotonic()
        promoted: Status | None = None
        enough_s = started_s + self._hold_s
        late_s = self._late_s if expected == FAILS_OVER else 0.0
        deadline_s = latest_s = enough_s + late_s
        while time.monotonic() < deadline_s:
            if promoted is None:
                higher = (
                    one for one in bench.look(others).writable if (one.timeline or 0) > (old.timeline or 0)
                )
                promoted = next(higher, None)
                if promoted is not None:
                    bench.journal.saw(
                        "promotion", member=promoted.member, timeline=promoted.timeline,
                        after_ms=round((time.monotonic() - started_s) * 1000, 3),
                    )  # fmt: skip
                    served_s = self._serves(promoted, latest_s)
                    deadline_s = (
                        served_s + QUIET_SECONDS if short else max(enough_s, served_s + QUIET_SECONDS)
                    )
                    deadline_s = min(deadline_s, latest_s)
            time.sleep(LOOK_SECONDS)
        return promoted

    def _serves(self, promoted: Status, deadline_s: float) -> float:
        """When the new primary had taken its first write: a promotion that nobody can use is none yet."""
        counting = "select count(*) from haproof_rows"
        bench = self._bench
        before = bench.members.query(promoted.member, counting)
        while time.monotonic() < deadline_s:
            now = bench.members.query(promoted.member, counting)
            if now is not None and before is not None and now > before:
                break
            before = before or now
            time.sleep(LOOK_SECONDS / 2)
        return time.monotonic()

    def _rejoin(self, trial: Trial, old: Status, promoted: Status | None, healed_ms: float) -> None:
        """Until healthy; how an old primary that left came back."""
        bench = self._bench
        started_s = time.monotonic()
        how = self._until_healthy(started_s)
        left = promoted is not None or (isinstance(how, Status) and how.member != old.member)
        if isinstance(how, Status):
            trial.ended_healthy = True
            trial.rejoin = "automatic" if left else None
            trial.rejoin_ms = _since_ms(started_s) if left else None
            # Whoever waited through the fault is served again before the trial ends, or never.
            self._serves(how, time.monotonic() + QUIET_SECONDS)
        elif how == "second primary":
            trial.rejoin = "second primary"
            trial.why = bench.look().words()
        else:
            trial.why = bench.look().words()
            if promoted is not None:
                trial.rejoin = self._by_hand(trial, old.member, promoted.member)
                trial.rejoin_ms = _since_ms(started_s) if trial.rejoin == "manual" else None
        bench.journal.saw(
            "end", trial=trial.name, healthy=trial.ended_healthy, rejoin=trial.rejoin, why=trial.why
        )

    def _until_healthy(self, started_s: float) -> Status | str | None:
        """The primary of the healthy cluster; `second primary` where two stay; None where neither came in
        time."""
        bench = self._bench
        two_since: float | None = None
        caught_up = CaughtUp(bench)
        while time.monotonic() - started_s < END_SECONDS:
            primary = caught_up()
            if primary is not None:
                return primary
            now = time.monotonic()
            two_since = (two_since or now) if len(bench.look().writable) > 1 else None
            if two_since is not None and now - two_since > SECOND_PRIMARY_SECONDS:
                return "second primary"
            time.sleep(LOOK_SECONDS)
        return None

    def _by_hand(self, trial: Trial, old: str, promoted: str) -> str:
        """The manager's documented command: did it bring the old primary back? A manager that has none was
        waited for in vain."""
        bench = self._bench
        done = bench.system.rejoin(old, promoted)
        if done is None:
            return "refused"
        bench.journal.act("rejoin", member=old, status=done[0], said=done[1][-400:])
        try:
            bench.wait_healthy()
        except NotHealthy:
            return "refused"
        trial.ended_healthy = True
        return "manual"

    def _tables(self, history: TrialHistory, without: Sequence[str]) -> None:
        """What every member holds, once standbys have replayed what their primary has; without the rows of
        clients whose history was not found, which would look like rows that nobody sent."""
        bench = self._bench
        sight = bench.look()
        strangers = tuple(f"{history.trial}/{client}/" for client in without)
        for first in sight.writable[:1]:
            self._replayed(first.member, [name for name in sight.seen if name != first.member])
        for name, status in sight.seen.items():
            rows = bench.members.query(name, schema.ALL_ROWS, (history.trial,))
            lists = bench.members.query(name, schema.ALL_LISTS, (history.trial,))
            if rows is None or lists is None:
                continue
            content = {
                "rows": [row[0] for row in rows if not row[0].startswith(strangers)],
                "lists": {str(key): value for key, value in lists if value},
            }
            history.final(name, status.timeline, status.takes_writes, content)

    def _replayed(self, primary: str, standbys: list[str]) -> None:
        rows = self._bench.members.query(primary, "select pg_current_wal_insert_lsn()::text")
        if not rows:
            return
        deadline_s = time.monotonic() + SETTLE_SECONDS
        for name in standbys:
            while time.monotonic() < deadline_s:
                if self._bench.members.query(name, REPLAYED, rows[0]) in ([(True,)], None):
                    break
                time.sleep(LOOK_SECONDS / 4)

    def _judge(self, trial: Trial) -> None:
        system = self._bench.system
        judged = list(trials(trial.lines))
        if len(judged) != 1:
            raise LabError(f"{trial.name} left a history of {len(judged)} trials")
        trial.figures = figures(
            judged[0], mode="sync" if system.sync else "async", members=len(system.members),
            local_writers=self._bench.local_writers, clock_bound_ms=bound(trial.clock_bound_ms),
        )  # fmt: skip
        for anomaly, words in trial.figures.examples.items():
            self._bench.journal.saw("anomaly", trial=trial.name, anomaly=anomaly, examples=list(words))


def _since_ms(started_s: float) -> float:
    return round((time.monotonic() - started_s) * 1000, 3)


def name_trials(faults: list[str]) -> list[tuple[str, str]]:
    """`host-kill-1`, `host-kill-2`, … with their faults, in order."""
    counted: dict[str, int] = {}
    found = []
    for fault in faults:
        counted[fault] = counted.get(fault, 0) + 1
        found.append((f"{fault}-{counted[fault]}", fault))
    return found
