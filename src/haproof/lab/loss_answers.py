"""What nodes say of a loss beside their status at that moment: its times, their health, the block's end."""

from datetime import datetime, timedelta

from haproof.core.instant import format_instant
from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.load import Load
from haproof.lab.scenario import Stage

RESOLUTION = timedelta(seconds=1)
"""A node may give its times in whole seconds, rounded down."""


class LossAnswers:
    """The answers of one slice's nodes."""

    def __init__(self, stage: Stage, cluster: Cluster, load: Load) -> None:
        self._stage = stage
        self._cluster = cluster
        self._load = load
        self._dates: dict[str, list[str | None]] = {"last_lost_at": [], "last_restored_at": []}
        self._followers_open = False

    def at_baseline(self, settled: Settled) -> None:
        """Whether followers, too, show no block while nothing is wrong: then they must again, later."""
        answers = [settled.answers[node.name] for node in settled.followers]
        self._followers_open = all(answer.flag("write_block_active") is False for answer in answers)

    def dated(
        self, name: str, node: Node, before: Answer, now: Answer, since: datetime, until: datetime
    ) -> None:
        """A time of a node's that a cycle must have set; once it is missing or wrong, it stays null.

        It counts where it was not there before the loss, and lies between two moments of this host's clock.
        """
        draft, dates = self._stage.draft, self._dates[name]
        at = now.instant(name)
        new = at is not None and at != before.instant(name) and since - RESOLUTION <= at <= until
        dates.append(now.text(name) if new else None)
        draft.observe(name, None if None in dates else dates[-1])
        if not new:
            span = f"between {format_instant(since)} and {format_instant(until)}"
            draft.quote(name, f"{node.name} answered {name} {now.quoted(name)} where a time {span} was due")

    def health(self) -> None:
        """The answers of the health endpoints, which must not say what the status denies.

        An endpoint that the target does not offer, or that answers in another form, says nothing.
        """
        for node in self._cluster.nodes:
            if not self._stage.target.lacks("api.write_ready"):
                answer = node.client.call("write_ready")
                if answer.ok and (ready := answer.flag("ready")) is not None:
                    self._note(node, "write_ready", answer, not ready, ready)
            if not self._stage.target.lacks("api.quorum"):
                answer = node.client.call("quorum")
                blocked, accepts = (
                    answer.flag("write_block_active"),
                    answer.flag("can_accept_protected_writes"),
                )
                if answer.ok and (blocked is False or accepts is True):
                    self._note(node, "quorum", answer, blocked, accepts)

    def still_blocked(self, answer: Answer) -> bool | None:
        """Whether the write block outlasts the loss, at the leader that answered or at any other node.

        A follower is given time; it would lead, blocked, after the next failover.
        """
        blocked = answer.flag("write_block_active")
        if blocked is not False or not self._followers_open:
            return blocked
        deadline_s = self._stage.target.timing.failover_deadline_s
        found = self._cluster.await_all("no write block", deadline_s, "write_block_active", False)
        late = [name for name, seen in found.items() if seen is None]
        if late:
            said = f"{late[0]}, which does not lead, still answered write_block_active true"
            self._stage.draft.quote("after_write_block", said)
        return bool(late)

    def _note(
        self, node: Node, operation: str, answer: Answer, blocked: bool | None, accepts: bool | None
    ) -> None:
        self._load.history.health(node.name, answer, blocked, accepts)
        self._stage.journal.saw("health during the loss", node=node.name, of=operation, **answer.summary())
        if blocked is not True or accepts is not False:
            said = f"{node.name} answered {operation} {answer.status}: {answer.quoted_body()}"
            self._stage.draft.quote("block_held", said)
