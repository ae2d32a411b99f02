"""All trials of one order, on whatever cluster, and what was seen so far."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Generic

from haproof.core import raw_names
from haproof.errors import LabError, NotRun
from haproof.kinds import cluster
from haproof.lab.faults.catalogue import FAULTS, against
from haproof.lab.faults.fault import ClusterFault
from haproof.lab.interrupt import heeded
from haproof.lab.systems.managed import Managed
from haproof.lab.trials import history, placed
from haproof.lab.trials.bench import Bench
from haproof.lab.trials.course import Course, Trial, name_trials
from haproof.lab.trials.order import Order, write_seen
from haproof.lab.trials.spoiled import ATTEMPTS, Spoiled, put_aside, spoiled
from haproof.lab.trials.under_test import NotHealthy, S, UnderTest

SERVER_SETTINGS = (
    "server_version", "synchronous_commit", "synchronous_standby_names", "wal_sender_timeout", "fsync",
    "full_page_writes",
)  # fmt: skip


class Matrix(Generic[S]):
    """The control, then every fault."""

    def __init__(self, order: Order, bench: UnderTest[S], faults: Mapping[str, ClusterFault[S]]) -> None:
        self._order = order
        self._bench = bench
        self._faults = faults
        self._evidence = Path(order.evidence)
        self._course = Course(bench, order.seed, order.hold_s, order.late_s)
        self._control: Trial | None = None
        self._trials: list[Trial] = []
        self._not_tried: dict[str, str] = dict(order.left_out)
        self._broken: str | None = None
        self._about: dict[str, Any] = {}

    def run(self, about: Mapping[str, Any]) -> None:
        """Every trial, on a cluster that was brought up and describes itself so. Raises LabError where the
        control cannot be carried through."""
        self._about = dict(about)
        possible = self._possible()
        self._control = self._tried("control", None)
        self._write()
        for fault in possible:
            if fault in self._not_tried:
                continue
            try:
                self._ready_for(self._faults[fault].disk)
                self._trial(self._name(fault), fault)
            except NotRun as reason:
                self._rest([fault], str(reason))
                continue
            except LabError as reason:
                self._rest(possible, str(reason))
                break
            self._write()
        self._write()

    def _tried(self, name: str, fault: str | None) -> Trial:
        """One trial that counts; again where this machine spoiled it. Raises Spoiled where it always does, or
        where the cluster is somebody's own, whose members are broken no oftener than was said."""
        attempts = ATTEMPTS if self._bench.may_repeat else 1
        for attempt in range(1, attempts + 1):
            with heeded():
                trial = self._course.run(name, self._faults[fault] if fault is not None else None)
            why = spoiled(cluster.KIND, self._alone(trial), trial.short)
            if why is None:
                history.append(self._evidence / raw_names.OPERATIONS, trial.lines)
                trial.lines = []
                return trial
            put_aside(self._evidence, self._bench.journal, name, attempt, why, trial.lines)
            if not trial.ended_healthy:
                self._broken = f"the cluster was not healthy after {name} ({trial.why})"
            if attempt < attempts:
                self._ready_for(self._bench.disk)
        raise Spoiled(f"{why} ({name} was tried {'once' if attempts == 1 else f'{attempts} times'})")

    def _possible(self) -> list[str]:
        """The faults that can be tried, those that need another disk last."""
        for fault in dict.fromkeys(self._order.faults):
            reason = against(self._faults[fault], self._bench.system)
            if reason is not None:
                self._leave_out(fault, reason)
        wanted = [fault for fault in self._order.faults if fault not in self._not_tried]
        return sorted(wanted, key=lambda fault: self._faults[fault].disk or "")

    def _ready_for(self, disk: str | None) -> None:
        """A healthy cluster on the right kind of disk. Raises LabError where there is none any more."""
        why, self._broken = self._broken, None
        if why is None and self._bench.disk == disk:
            try:
                self._bench.wait_healthy()
            except NotHealthy as fault:
                why = str(fault)
            else:
                return
        self._bench.renew(disk, why)

    def _name(self, fault: str) -> str:
        """Of its next trial: one that did not count leaves no gap, so that the history's names are the
        report's."""
        return name_trials([*(one.fault for one in self._trials if one.fault == fault), fault])[-1][0]

    def _trial(self, name: str, fault: str) -> None:
        """One trial; a fault of the lab, and what its machine spoils, leaves this fault out."""
        try:
            trial = self._tried(name, fault)
        except LabError as reason:
            self._bench.journal.note("trial given up", trial=name, why=str(reason))
            if not any(one.fault == fault for one in self._trials):
                whose = "" if isinstance(reason, NotRun | Spoiled) else "a fault of the lab: "
                self._leave_out(fault, f"{whose}{reason}")
            if not isinstance(reason, Spoiled):
                self._broken = self._bench.mend(name, str(reason))
            return
        self._trials.append(trial)
        if not trial.ended_healthy:
            self._broken = f"the cluster was not healthy after {name} ({trial.why})"

    def _leave_out(self, fault: str, reason: str) -> None:
        self._not_tried[fault] = reason
        self._bench.journal.note("not tried", fault=fault, why=reason)

    def _rest(self, faults: Sequence[str], reason: str) -> None:
        """Of these faults those that were not tried yet have that reason."""
        tried = {trial.fault for trial in self._trials}
        for fault in dict.fromkeys(faults):
            if fault not in tried and fault not in self._not_tried:
                self._leave_out(fault, reason)

    def _write(self) -> None:
        """What was seen so far."""
        metrics = self._metrics(self._control, self._trials, self._not_tried)
        seen = {"about": self._about, "up_s": self._bench.up_s, "metrics": metrics}
        write_seen(Path(self._order.work), seen)

    def _alone(self, trial: Trial) -> dict[str, Any]:
        """The figures of a report with one trial, or with the control alone."""
        others = dict.fromkeys((name for name in FAULTS if name != trial.fault), "")
        if trial.fault is None:
            return self._metrics(trial, [], others)
        return self._metrics(self._control, [trial], others)

    def _metrics(
        self, control: Trial | None, trials: Sequence[Trial], not_tried: Mapping[str, str]
    ) -> dict[str, Any]:
        order, bench = self._order, self._bench
        return {
            "mode": order.mode,
            "members": len(bench.system.members),
            "writers": placed.WRITERS,
            "readers": placed.READERS,
            "connect_writers": placed.CONNECT_WRITERS,
            "local_writers": bench.local_writers,
            "isolation_level": placed.ISOLATION,
            "control": control.metrics() if control is not None else None,
            "trials": [trial.metrics() for trial in trials],
            "not_tried": [{"fault": name, "reason": not_tried[name]} for name in FAULTS if name in not_tried],
        }


def describe(bench: Bench) -> dict[str, Any]:
    """A built-in system, by what it says of itself."""
    system: Managed = bench.system
    server = server_settings(bench)
    version = server.pop("server_version", None)
    return {
        "system": system.name,
        "version": system.version(),
        "database_version": version,
        "store": system.store,
        "stores": len(system.stores),
        "manager": system.settings(bench.members),
        "server": server,
        "promises": {name: vars(promise) for name, promise in system.promises().items()},
    }


def server_settings(bench: UnderTest[S]) -> dict[str, Any]:
    """PostgreSQL's own settings that explain an outcome, as the primary has them."""
    primary = bench.look().writable[0].member
    rows = bench.members.query(
        primary, "select name, setting || coalesce(unit, '') from pg_settings where name = any(%s)",
        (list(SERVER_SETTINGS),),
    )  # fmt: skip
    return dict(rows or ())
