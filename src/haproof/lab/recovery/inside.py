"""The program inside the sandbox: one cluster, two nodes on it, and every fault of RECOVERY.

    python -m haproof.lab.recovery.inside ORDER.json

As `haproof.lab.trials.inside`: steps on standard output, what was measured in the work folder, the journal
and the history in the evidence folder.
"""

import secrets
import sys
from functools import partial
from pathlib import Path
from typing import Any

from haproof.core import raw_names
from haproof.errors import LabError
from haproof.lab.journal import Journal
from haproof.lab.recovery.course import Course, Trial
from haproof.lab.recovery.nodes import HOSTS, LOCK_BOUND_MS, ControlPlane
from haproof.lab.sandbox.network import Network
from haproof.lab.secret import Secrets
from haproof.lab.trials.bench import Bench, names
from haproof.lab.trials.course import name_trials
from haproof.lab.trials.inside import Told, made
from haproof.lab.trials.matrix import describe
from haproof.lab.trials.order import Order, read_order, write_seen


class Run:
    """All trials of one order, and what was seen so far."""

    def __init__(self, order: Order) -> None:
        self._order = order
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
        token = secrets.token_hex(16)
        plane = ControlPlane(self._bench, token)
        plane.start()
        course = Course(self._bench, plane, self._operations, token, self._order.seed)
        for name, fault in name_trials(self._order.faults):
            self._trials.append(course.run(name, fault))
            self._write()
        plane.end()

    def _write(self) -> None:
        system = self._bench.system
        metrics: dict[str, Any] = {
            "mode": self._order.mode,
            "cluster": system.name,
            "lock_bound_ms": LOCK_BOUND_MS,
            "trials": [trial.metrics() for trial in self._trials],
        }
        seen = {"about": self._about, "up_s": self._bench.up_s, "metrics": metrics}
        write_seen(Path(self._order.work), seen)


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
