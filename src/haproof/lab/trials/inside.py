"""The program inside the sandbox: one cluster under test after the other, trial by trial.

    python -m haproof.lab.trials.inside ORDER.json

What happens goes to standard output, one JSON object a line (`step` or `waiting`); what was measured into the
work folder (`order.SEEN`), the journal and the history into the evidence folder. Exit status 0: every trial
was carried through or has a reason why not. Else the last line of standard error is the reason.
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from haproof.core import raw_names
from haproof.errors import LabError
from haproof.lab.faults.catalogue import FAULTS
from haproof.lab.journal import Journal
from haproof.lab.sandbox.machines import Machines
from haproof.lab.sandbox.network import Network
from haproof.lab.secret import Secrets
from haproof.lab.systems.built_in import MAKERS
from haproof.lab.systems.managed import Managed
from haproof.lab.trials.bench import Bench, names
from haproof.lab.trials.matrix import Matrix, describe
from haproof.lab.trials.order import Order, read_order


class Told:
    """Tells the lab outside what happens."""

    def step(self, text: str) -> None:
        """The next step."""
        self._tell(step=text)

    def waiting(self, what: str | None) -> None:
        """What is waited for."""
        self._tell(waiting=what)

    def slice_started(self, slice_: Any) -> None:
        """Said outside."""

    def slice_ended(self, slice_: Any, words: str, passed: bool, seconds: float) -> None:
        """Said outside."""

    @staticmethod
    def _tell(**what: Any) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def made(order: Order, machines: Machines) -> Managed:
    """The system that an order names; it is not started."""
    files = Path(order.files) if order.files is not None else None
    return MAKERS[order.system](
        machines, Path(order.binaries), files, order.members, order.mode == "sync", order.settings
    )


def run(order: Order, journal: Journal) -> None:
    """Carry out an order. Raises LabError where there is no cluster to begin with."""
    hosts = Network(names(order.members))
    bench = Bench(hosts, Path(order.work), partial(made, order), journal, Told())
    bench.bring_up()
    Matrix(order, bench, FAULTS).run(describe(bench))


def main(argv: list[str]) -> int:
    """Run the order."""
    journal = None
    try:
        order = read_order(Path(argv[1]))
        journal = Journal(Path(order.evidence) / raw_names.JOURNAL, Secrets())
        run(order, journal)
    except LabError as fault:
        sys.stderr.write(f"{fault}\n")
        return fault.exit_status
    finally:
        if journal is not None:
            journal.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
