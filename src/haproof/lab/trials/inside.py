"""The program inside the sandbox: one cluster under test after the other, trial by trial.

    python -m haproof.lab.trials.inside ORDER.json

What happens goes to standard output, one JSON object a line (`step` or `waiting`); what was measured into the
work folder (`order.SEEN`), the journal and the history into the evidence folder. Exit status 0: every trial
was carried through or has a reason why not. Else the last line of standard error is the reason.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from haproof.errors import LabError, NotRun
from haproof.lab.faults.catalogue import FAULTS, obstacle
from haproof.lab.journal import Journal
from haproof.lab.sandbox.machines import Machines
from haproof.lab.sandbox.network import Network
from haproof.lab.secret import Secrets
from haproof.lab.systems.built_in import MAKERS
from haproof.lab.systems.managed import Managed
from haproof.lab.trials import placed
from haproof.lab.trials.bench import Bench, NotHealthy, names
from haproof.lab.trials.course import Course, Trial, name_trials
from haproof.lab.trials.order import SEEN, Order, read_order

SERVER_SETTINGS = (
    "server_version", "synchronous_commit", "synchronous_standby_names", "wal_sender_timeout", "fsync",
    "full_page_writes",
)  # fmt: skip


class Told:
    """Tells the lab outside what happens."""

    def step(self, text: str) -> None:
        """The next step."""
        self._tell(step=text)

    def waiting(self, what: str | None) -> None:
        """What is waited for."""
        self._tell(waiting=what)

    def slice_started(self, slice_: Any, number: int, of: int) -> None:
        """Said outside."""

    def slice_ended(self, slice_: Any, words: str, passed: bool, seconds: float) -> None:
        """Said outside."""

    @staticmethod
    def _tell(**what: Any) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


class Matrix:
    """All trials of one order, and what was seen so far."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._evidence = Path(order.evidence)
        self._watcher = Told()
        self.journal = Journal(self._evidence / "journal.jsonl", Secrets())
        self._bench = Bench(
            Network(names(order.members)), Path(order.work), self._system, self.journal, self._watcher
        )
        self._course = Course(self._bench, self._evidence / "operations.jsonl", order.seed, order.hold_s)
        self._control: Trial | None = None
        self._trials: list[Trial] = []
        self._not_tried: dict[str, str] = dict(order.left_out)
        self._about: dict[str, Any] = {}

    def run(self) -> None:
        """The control, then every fault. Raises LabError where there is no cluster to begin with."""
        self._bench.bring_up()
        self._about = describe(self._bench)
        possible = self._possible()
        self._control = self._course.run("control", None)
        self._write()
        for name, fault in name_trials(possible):
            if fault in self._not_tried:
                continue
            try:
                self._ready_for(FAULTS[fault].disk)
            except NotRun as reason:
                self._leave_out(fault, str(reason))
                continue
            except LabError as reason:
                self._rest(possible, str(reason))
                break
            self._trial(name, fault)
            self._write()
        self._write()

    def _system(self, machines: Machines) -> Managed:
        order = self._order
        files = Path(order.files) if order.files is not None else None
        return MAKERS[order.system](
            machines, Path(order.binaries), files, order.members, order.mode == "sync", order.settings
        )

    def _possible(self) -> list[str]:
        """The faults that can be tried, those that need another disk last."""
        for fault in dict.fromkeys(self._order.faults):
            reason = obstacle(self._bench.system, fault)
            if reason is not None:
                self._leave_out(fault, reason)
        wanted = [fault for fault in self._order.faults if fault not in self._not_tried]
        return sorted(wanted, key=lambda fault: FAULTS[fault].disk or "")

    def _ready_for(self, disk: str | None) -> None:
        """A healthy cluster on the right kind of disk."""
        if self._bench.disk == disk:
            try:
                self._bench.wait_healthy()
            except NotHealthy as fault:
                self.journal.note("brought up anew", why=str(fault))
            else:
                return
        self._bench.bring_up(disk)

    def _trial(self, name: str, fault: str) -> None:
        """One trial; a fault of the lab leaves this fault out, and the cluster is made anew."""
        try:
            trial = self._course.run(name, FAULTS[fault])
        except LabError as reason:
            self.journal.note("trial given up", trial=name, why=str(reason))
            if not any(one.fault == fault for one in self._trials):
                self._leave_out(fault, f"a fault of the lab: {reason}")
            self._bench.bring_up(FAULTS[fault].disk)
            return
        self._trials.append(trial)
        if not trial.ended_healthy:
            self.journal.note("brought up anew", why=trial.why)
            self._bench.bring_up(FAULTS[fault].disk)

    def _leave_out(self, fault: str, reason: str) -> None:
        self._not_tried[fault] = reason
        self.journal.note("not tried", fault=fault, why=reason)

    def _rest(self, faults: Sequence[str], reason: str) -> None:
        """The cluster does not come up any more: what was not tried yet has that reason."""
        tried = {trial.fault for trial in self._trials}
        for fault in dict.fromkeys(faults):
            if fault not in tried and fault not in self._not_tried:
                self._leave_out(fault, reason)

    def _write(self) -> None:
        """What was seen so far."""
        order, members = self._order, len(self._bench.system.members)
        metrics = {
            "mode": order.mode,
            "members": members,
            "writers": placed.WRITERS,
            "readers": placed.READERS,
            "connect_writers": placed.CONNECT_WRITERS,
            "local_writers": members,
            "isolation_level": placed.ISOLATION,
            "control": self._control.metrics() if self._control is not None else None,
            "trials": [trial.metrics() for trial in self._trials],
            "not_tried": [
                {"fault": name, "reason": self._not_tried[name]} for name in FAULTS if name in self._not_tried
            ],
        }
        seen = {"about": self._about, "up_s": self._bench.up_s, "metrics": metrics}
        path = Path(order.work) / SEEN
        path.with_suffix(".new").write_text(json.dumps(seen), encoding="utf-8")
        path.with_suffix(".new").replace(path)


def describe(bench: Bench) -> dict[str, Any]:
    """The system under test, by what it says of itself."""
    system = bench.system
    primary = bench.look().writable[0].member
    rows = bench.members.query(
        primary, "select name, setting || coalesce(unit, '') from pg_settings where name = any(%s)",
        (list(SERVER_SETTINGS),),
    )  # fmt: skip
    server = dict(rows or ())
    version = server.pop("server_version", None)
    promises = {name: vars(promise) for name, promise in system.promises().items()}
    return {
        "system": system.name,
        "version": system.version(),
        "database_version": version,
        "store": system.store,
        "stores": len(system.stores),
        "manager": system.settings(bench.members),
        "server": server,
        "promises": promises,
    }


def main(argv: list[str]) -> int:
    """Run the order."""
    matrix = None
    try:
        matrix = Matrix(read_order(Path(argv[1])))
        matrix.run()
    except LabError as fault:
        sys.stderr.write(f"{fault}\n")
        return fault.exit_status
    finally:
        if matrix is not None:
            matrix.journal.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
