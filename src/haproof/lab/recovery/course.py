"""One trial of RECOVERY: settled and under load, the fault, until writes are accepted again, healed, read."""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from haproof.core.histories import recovery
from haproof.core.histories.codec import decode
from haproof.core.histories.operation import Operation, Row
from haproof.core.instant import format_instant, parse_instant
from haproof.errors import LabError
from haproof.kinds.recovery.record import DATABASE
from haproof.lab.faults.catalogue import FAULTS
from haproof.lab.faults.fault import Injected
from haproof.lab.recovery.clients import Config, write_config
from haproof.lab.recovery.nodes import HOSTS, ControlPlane, Undo, as_row, wait_settled, words
from haproof.lab.sandbox.machines import Started
from haproof.lab.systems.members import Status
from haproof.lab.trials.bench import CLIENTS, Bench
from haproof.lab.trials.history import TrialHistory
from haproof.lab.trials.order import Order
from haproof.lab.trials.placed import environment
from haproof.lab.trials.spoiled import Machine
from haproof.lab.trials.under_test import NotHealthy

WRITERS = 16
THINK_SECONDS = 0.2
QUIET_SECONDS = 5.0
SETTLED_SECONDS = 60.0
AFTER_SECONDS = 3.0
"""A fault lasts so much longer once writes are accepted again, and past the lock bound."""

LOOK_SECONDS = 0.1
END_SECONDS = 20.0


@dataclass
class Trial:
    """What the lab itself knows of a trial; the other figures come from its history."""

    name: str
    fault: str
    healthy_before: bool = False
    nodes_rejoined: int | None = None
    healthy_at_end: bool | None = None
    short: str | None = None
    """What the lab's own machine was short of meanwhile."""

    figures: dict[str, Any] = field(default_factory=dict, repr=False)
    lines: list[bytes] = field(default_factory=list, repr=False)
    """Its history."""

    def metrics(self) -> dict[str, Any]:
        """The trial as the report has it."""
        return {
            "fault": self.fault,
            "healthy_before": self.healthy_before,
            **self.figures,
            "nodes_rejoined": self.nodes_rejoined,
            "healthy_at_end": self.healthy_at_end,
        }


class Course:
    """Runs trials on one bench, one after the other."""

    def __init__(self, bench: Bench, plane: ControlPlane, order: Order) -> None:
        self._bench = bench
        self._plane = plane
        self._order = order
        self._earlier: list[Operation] = []
        self._attempts: Counter[str] = Counter()

    def run(self, name: str, fault: str) -> Trial:
        """One trial. Raises LabError for a fault of the lab, NotHealthy where there was no healthy cluster.
        Nodes that never get ready are no fault of the lab: the trial goes on and says so."""
        self._bench.wait_healthy()
        if wait_settled(self._plane, SETTLED_SECONDS) is None:
            said = words(self._plane.statuses())
            self._bench.journal.saw("no leader that accepts", after_s=SETTLED_SECONDS, nodes=said)
        self._attempts[name] += 1
        trial, history = Trial(name, fault), TrialHistory(name)
        began_at = datetime.now(UTC)
        machine = Machine(self._bench.folder)
        try:
            output = self._with_clients(trial, history)
            self._trail(history, began_at)
            self._table(history)
        finally:
            trial.short = machine.end()
        trial.lines = history.merged([output])
        (found,) = recovery.trials(decode(trial.lines))
        trial.figures = recovery.figures(found, self._plane.lock_bound_ms, self._earlier)
        return trial

    def counts(self, trial: Trial) -> None:
        """A trial belongs to the run: what it showed of epochs is held against later ones."""
        self._earlier += decode(trial.lines)

    def _with_clients(self, trial: Trial, history: TrialHistory) -> Path:
        """What the clients wrote, once they have ended."""
        clients, output = self._clients(trial.name)
        watching = threading.Event()
        members = threading.Thread(target=self._watch, args=(history, watching), daemon=True)
        members.start()
        try:
            self._under_fault(trial, history)
            if clients.popen.poll() is not None:
                raise LabError(f"the clients ended by themselves: {_last_words(clients)}")
        finally:
            watching.set()
            members.join()
            _end(clients)
        return output

    def _under_fault(self, trial: Trial, history: TrialHistory) -> None:
        self._begun(trial.name)
        time.sleep(QUIET_SECONDS)
        leader = self._plane.settled()
        primary = self._bench.wait_healthy()
        trial.healthy_before = leader is not None
        leader = leader or HOSTS[0]
        before = self._plane.statuses().get(leader)
        epoch = (before.count("current_epoch") if before is not None else None) or 0
        self._bench.watcher.step(f"{trial.name}: the fault")
        heal: Undo
        if trial.fault in DATABASE:
            history.mark("fault", member=primary.member, timeline=primary.timeline)
            fault = FAULTS[trial.fault]
            heal = Injected(fault, self._bench.system, primary.member, self._bench.journal).heal
        else:
            history.mark("fault", node=leader)
            self._bench.journal.act("fault", fault=trial.fault, node=leader)
            heal = self._plane.cut(leader) if trial.fault == "node-cut" else self._plane.kill(leader)
        self._hold(epoch)
        history.mark("heal")
        heal()
        self._end(trial)
        history.mark("end")

    def _begun(self, trial: str) -> None:
        """Until there is a row: a busy machine takes its time to start the clients. Where there never is one,
        the figures say it."""
        deadline_s = time.monotonic() + SETTLED_SECONDS
        while time.monotonic() < deadline_s and not any(rows for _, rows in self._rows(trial)):
            time.sleep(LOOK_SECONDS)

    def _rows(self, trial: str) -> Iterator[tuple[Status, list[Row]]]:
        """The primary, where it answers, and the trial's rows on it, by id."""
        for first in self._bench.look().writable[:1]:
            found = self._bench.members.query(first.member, self._plane.rows)
            if found is not None:
                rows = (as_row(row) for row in found)
                own = [row for row in rows if row[0].startswith(self._prefix(trial))]
                yield first, sorted(own, key=lambda row: row[0])

    def _prefix(self, trial: str) -> str:
        """How the ids of its rows begin: an attempt that did not count leaves rows behind."""
        attempt = self._attempts[trial]
        return f"{trial}." if attempt <= 1 else f"{trial}.again-{attempt}."

    def _hold(self, epoch: int) -> None:
        """Until a node accepts writes under a later epoch, and somewhat longer."""
        began_s = time.monotonic()
        time.sleep(self._plane.lock_bound_ms / 1000)
        while time.monotonic() - began_s < self._order.hold_s + self._order.late_s:
            seen = self._plane.statuses().values()
            accepting = (said for said in seen if said.flag("can_accept_protected_writes"))
            if any((said.count("current_epoch") or 0) > epoch for said in accepting):
                break
            time.sleep(LOOK_SECONDS)
        time.sleep(AFTER_SECONDS)

    def _end(self, trial: Trial) -> None:
        """Until the cluster is healthy and the nodes are settled, or not in time."""
        self._bench.watcher.step(f"{trial.name}: healed, until healthy")
        try:
            self._bench.wait_healthy()
            healthy = True
        except NotHealthy as fault:
            self._bench.journal.note("not healthy at the end", trial=trial.name, why=str(fault))
            healthy = False
        settled = wait_settled(self._plane, SETTLED_SECONDS)
        trial.nodes_rejoined = self._plane.healthy()
        trial.healthy_at_end = healthy and settled is not None

    def _watch(self, history: TrialHistory, stop: threading.Event) -> None:
        """What PostgreSQL says of itself, member by member, until told to stop."""
        while not stop.is_set():
            for name, status in self._bench.look().seen.items():
                history.seen(
                    name, timeline=status.timeline, read_write=status.takes_writes, value=status.synchronous
                )
            stop.wait(LOOK_SECONDS)

    def _clients(self, trial: str) -> tuple[Started, Path]:
        folder = self._bench.machines.folder
        output, file = folder / f"{trial}-http.jsonl", folder / f"{trial}-http.json"
        output.unlink(missing_ok=True)  # of an attempt that did not count
        config = Config(
            trial,
            self._prefix(trial),
            self._order.nodes,
            self._order.nodes_folder,
            self._plane.names,
            WRITERS,
            str(output),
            self._order.seed,
            THINK_SECONDS,
        )
        write_config(file, config)
        argv = [sys.executable, "-m", "haproof.lab.recovery.clients", str(file)]
        started = self._bench.machines.start(
            CLIENTS, "clients-http", argv, role="client", account=None, env=environment()
        )
        return started, output

    def _trail(self, history: TrialHistory, began_at: datetime) -> None:
        """The audit events since the trial began, in the order of the trail."""
        began = parse_instant(format_instant(began_at))
        for event in self._plane.events():
            at, name = event.instant("timestamp"), event.text("event_name")
            if at is not None and at >= began:
                told = event.part(event.value("fields"))
                epoch = told.count("epoch") if name == recovery.ELECTED else None
                history.event(
                    node=event.text("source"), value=name, epoch=epoch, holder=told.text("holder_id")
                )

    def _table(self, history: TrialHistory) -> None:
        """The rows on the primary."""
        for first, rows in self._rows(history.trial):
            history.final(first.member, first.timeline, True, {"rows": rows})


def _end(clients: Started) -> None:
    """Let them end; what is in flight stays unknown."""
    clients.popen.send_signal(signal.SIGTERM)
    try:
        clients.popen.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        clients.popen.kill()
        clients.popen.wait()


def _last_words(clients: Started) -> str:
    return clients.log.read_text(encoding="utf-8", errors="replace").strip()[-300:]
