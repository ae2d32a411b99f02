"""The program inside the sandbox: one cluster, two nodes on it, and every fault of RECOVERY.

    python -m haproof.lab.recovery.inside ORDER.json

As `haproof.lab.trials.inside`: steps on standard output, what was measured in the work folder, the journal
and the history in the evidence folder.
"""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from haproof.core import raw_names
from haproof.errors import LabError
from haproof.kinds import recovery
from haproof.lab.journal import Journal
from haproof.lab.recovery.course import Course, Trial
from haproof.lab.recovery.nodes import HOSTS, ControlPlane
from haproof.lab.sandbox.network import Network
from haproof.lab.secret import Secrets
from haproof.lab.target_file import load_target
from haproof.lab.trials.bench import Bench, names
from haproof.lab.trials.course import name_trials
from haproof.lab.trials.history import append
from haproof.lab.trials.inside import Told, made
from haproof.lab.trials.matrix import describe
from haproof.lab.trials.order import Order, read_order, write_seen
from haproof.lab.trials.spoiled import ATTEMPTS, Spoiled, put_aside, spoiled


class Run:
    """All trials of one order, and what was seen so far."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._target = load_target(Path(order.nodes), Path(order.nodes_folder))
        evidence = Path(order.evidence)
        self.journal = Journal(evidence / raw_names.JOURNAL, Secrets())
        network = Network([*names(order.members), *HOSTS])
        self._bench = Bench(network, Path(order.work), partial(made, order), self.journal, Told())
        self._operations = evidence / raw_names.WRITES
        self._trials: list[Trial] = []
        self._about: dict[str, Any] = {}

    def run(self) -> None:
        """Every fault. Raises LabError where a trial cannot be carried through."""
        self._bench.bring_up()
        self._about = describe(self._bench)
        plane = ControlPlane(self._bench, self._target, self._order.binaries)
        plane.prepare()
        plane.start()
        course = Course(self._bench, plane, self._order)
        for name, fault in name_trials(self._order.faults):
            self._trials.append(self._tried(course, name, fault))
            self._write()
        plane.end()

    def _tried(self, course: Course, name: str, fault: str) -> Trial:
        """One trial that counts; again where this machine spoiled it. Raises Spoiled where it always does."""
        for attempt in range(1, ATTEMPTS + 1):
            trial = course.run(name, fault)
            why = spoiled(recovery.KIND, self._metrics([trial]), trial.short)
            if why is None:
                course.counts(trial)
                append(self._operations, trial.lines)
                trial.lines = []
                return trial
            put_aside(self._operations.parent, self.journal, name, attempt, why, trial.lines)
        raise Spoiled(f"{why} ({name} was tried {ATTEMPTS} times)")

    def _write(self) -> None:
        seen = {"about": self._about, "up_s": self._bench.up_s, "metrics": self._metrics(self._trials)}
        write_seen(Path(self._order.work), seen)

    def _metrics(self, trials: Sequence[Trial]) -> dict[str, Any]:
        return {
            "mode": self._order.mode,
            "cluster": self._bench.system.name,
            "lock_bound_ms": self._target.timing.lock_bound_ms,
            "trials": [trial.metrics() for trial in trials],
        }


def main(argv: list[str]) -> int:
    """Run the order."""
    run = None
    try:
        run = Run(read_order(Path(argv[1])))
        run.run()
    except LabError as fault:
        sys.stderr.write(f"{fault}\n")
        return fault.exit_status
    finally:
        if run is not None:
            run.journal.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
