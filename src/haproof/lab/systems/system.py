"""What a trial asks of any database system, the lab's own or somebody else's."""

from typing import Protocol

from haproof.lab.systems.managed import Promise


class System(Protocol):
    """A cluster's members and its manager."""

    @property
    def name(self) -> str:
        """As the report names it."""

    @property
    def members(self) -> tuple[str, ...]:
        """Every server."""

    @property
    def sync(self) -> bool:
        """Whether a commit is to wait for a standby."""

    def promises(self) -> dict[str, Promise]:
        """What its makers promise for each fault that the contract leaves to them."""

    def store_ready(self) -> bool:
        """Whether the consensus store has a leader, or the monitor answers."""

    def rejoin(self, host: str, primary: str) -> tuple[int, str] | None:
        """The documented command for an old primary that does not come back by itself: its status and
        words; None where there is none."""

    def last_words(self, host: str) -> str:
        """The last line of the manager's log on a host."""
