"""What a fault of a cluster is, and how one is injected and healed.

    fault = Injected(FAULTS["host-kill"], system, "pg1", journal)
    ...             # it lasts
    fault.heal()

Where the lab dies in between, the sandbox ends with it and with everything that was broken.

A fault acts on the host of the primary, or on the network around it, and hands back what undoes it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from haproof.errors import LabError
from haproof.lab.journal import Journal

Undo = Callable[[], None]
S = TypeVar("S")
"""The kind of system that a fault is for: the lab's own, or somebody else's."""


class Declined(LabError):
    """The system was asked for something and said no: its doing, not the lab's."""


def possible(system: object) -> str | None:
    """No obstacle: what most faults need is there wherever there is a sandbox."""
    return None


@dataclass(frozen=True)
class ClusterFault(Generic[S]):
    """One fault of the contract.

    `done` says what is done to the primary; `obstacle` why a system or this machine cannot have it, with the
    one thing to install or allow; `inject` does it to the primary's host. `short`: it is over 5 s after a
    promotion, others are held. `disk`: the kind of file system that the members' data must lie on.
    """

    name: str
    done: str
    inject: Callable[[S, str], Undo]
    obstacle: Callable[[S], str | None] = possible
    short: bool = False
    disk: str | None = None


class Injected:
    """A fault that lasts until it is healed."""

    def __init__(self, fault: ClusterFault[S], system: S, primary: str, journal: Journal) -> None:
        self._fault = fault
        self._journal = journal
        journal.act("fault", fault=fault.name, member=primary, done=fault.done)
        try:
            self._undo = fault.inject(system, primary)
        except Declined as said:
            journal.saw("declined", fault=fault.name, member=primary, why=str(said))
            self._undo = _nothing

    def heal(self) -> None:
        """Links up, processes continued, and what was killed started again by the member's own start."""
        self._journal.act("heal", fault=self._fault.name)
        self._undo()


def _nothing() -> None:
    """Nothing was done, so nothing is undone."""
