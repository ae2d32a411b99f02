"""The thread that stands in line for the leadership lock, leads while it has it, and carries out commands.

It is the only one that uses the lock's session. What an operator asks of a leader (failover, recovery) is
handed to it as a `Command`, so that no two threads ever act on one claim.
"""

import time

from haproof.node.commands import Command, NotLeader
from haproof.node.decide import Claim, Event, Leadership
from haproof.node.session import DeadlinePassed, Interrupted, Session, SessionLost, SqlError
from haproof.node.shared import Shared

_CONNECT_SECONDS = 1.0
_STATEMENT_SECONDS = 5.0
_DURABLE_SECONDS = 2.0  # for a campaign whose commit waits for a standby
_PAUSE_SECONDS = 0.05
_DRAIN_SECONDS = 0.1
# Worth another try: a row lock not had in time, a serialization failure, a deadlock, an epoch just taken.
_AGAIN = {"55P03", "40001", "40P01", "23505"}


class LeadershipLoop:
    """Wait for the lock, campaign, lead, lose it, wait again."""

    def __init__(self, node: Shared) -> None:
        self._node = node
        self._store = node.store
        self._commands = node.commands
        self._bell = node.commands.bell
        self._durable = node.settings.limits.min_sync_replicas > 0

    def run(self) -> None:
        """Go on until the node stops."""
        while not self._node.stopping.is_set() and not self._node.prepared.wait(_PAUSE_SECONDS):
            pass
        while not self._node.stopping.is_set():
            try:
                self.one_term()
            except Interrupted:
                continue
            except (SessionLost, SqlError) as error:
                self._node.log.write(f"leadership: {error}")
            finally:
                self._refuse_commands()
            if not self._node.stopping.is_set():
                self._bell.wait(_PAUSE_SECONDS)

    def one_term(self) -> None:
        """Stand in line, and if the lock comes, lead until it is given up (returns) or lost (raises)."""
        deadline = time.monotonic() + _CONNECT_SECONDS
        with self._store.open_lock_session(deadline=deadline, wakeup=self._bell) as session:
            self._store.rehearse(session, deadline)
            self._store.wait_for_lock(session, self._bell)
            self._node.lock_won(session.server)
            try:
                self._campaign(session)
                self._lead(session)
            finally:
                self._node.lock_lost()

    def _campaign(self, session: Session, *events: Event) -> Leadership:
        while True:
            asked_at = time.monotonic()
            deadline = asked_at + (_DURABLE_SECONDS if self._durable else _STATEMENT_SECONDS)
            try:
                self._believe(session)
                self._store.end_earlier_writers(session, deadline)
                asked_at = time.monotonic()
                won = self._store.campaign(session, self._node.now().wall, deadline, events)
            except DeadlinePassed:
                # Its process may wait for a standby, and keep the lock, long after this node has hung up.
                self._store.end_backend(session, time.monotonic() + _CONNECT_SECONDS)
                raise
            except SqlError as error:
                self._node.log.write(f"campaign: {error}")
                if error.sqlstate not in _AGAIN or self._node.stopping.is_set():
                    raise
                continue
            if self._durable:
                # The wait for a standby may have taken longer than the lease.
                asked_at = time.monotonic()
                self._store.heartbeat(session, asked_at + self._node.settings.limits.lock_bound_s)
            self._node.campaigned(won, asked_at)
            return won

    def _believe(self, session: Session) -> None:
        """Raise `SessionLost` where another server has been promoted over this session's."""
        if reason := self._store.superseded(session):
            raise SessionLost(reason)

    def _lead(self, session: Session) -> None:
        interval = self._node.settings.limits.lock_bound_s / 4
        asked_at = time.monotonic()
        while not self._node.stopping.is_set():
            if not self._commands:
                session.idle(asked_at + interval, self._bell)
            self._believe(session)
            if self._commands:
                command = self._commands.take()
                if self._carry_out(session, command) == "resigned":
                    return
            if time.monotonic() >= asked_at + interval:
                asked_at = time.monotonic()
                self._store.heartbeat(session, asked_at + self._node.settings.limits.lock_bound_s)
                self._node.heartbeat(asked_at)
        self._resign(session, self._node.settings.node_id, "the node was told to stop")

    def _carry_out(self, session: Session, command: Command) -> str:
        claim = self._node.view()[0].claim
        if claim is None:
            command.finish(NotLeader("this node is not the leader"))
            return "ignored"
        try:
            if command.kind == "failover":
                answer, outcome = self._failover(session, claim, command), "resigned"
            else:
                answer, outcome = self._promote(session, claim, command), "leads"
        except BaseException as error:
            # Whether it happened is not known here; the session goes, and the claim with it.
            command.finish(error if isinstance(error, SqlError) else SessionLost(str(error)))
            raise
        command.finish(answer)
        return outcome

    def _failover(self, session: Session, claim: Claim, command: Command) -> dict[str, object]:
        resigned_at = self._resign(session, command.operator, command.reason, triggered=True)
        node_id = self._node.settings.node_id
        return {
            "success": True,
            "previous_holder": node_id,
            "previous_epoch": claim.epoch,
            "resigned_at": resigned_at,
            "message": f"{node_id} resigned epoch {claim.epoch}; the next in line takes over",
        }

    def _promote(self, session: Session, claim: Claim, command: Command) -> dict[str, object]:
        self._node.drop_claim()
        recovered = Event(
            "ha.split_brain.recovered",
            self._node.now().wall,
            command.operator,
            fields=(("previous_epoch", claim.epoch), ("reason", command.reason)),
        )
        won = self._campaign(session, recovered)
        self._node.recovered()
        node_id = self._node.settings.node_id
        return {"success": True, "node_id": node_id, "previous_epoch": claim.epoch, "epoch": won.epoch}

    def _resign(self, session: Session, actor: str, reason: str, triggered: bool = False) -> str:
        """Stop accepting, close the epoch, unlock; gives the time of the resignation."""
        claim = self._node.drop_claim()
        self._node.writes.drain(_DRAIN_SECONDS)
        at = self._node.now().wall
        if claim is None:
            return self._node.stamp(at)
        fields = (("epoch", claim.epoch), ("reason", reason))
        names = ["ha.leader.resigned", *(["ha.failover.triggered"] if triggered else [])]
        events = [Event(name, at, actor, resource_type="leadership", fields=fields) for name in names]
        self._store.resign(session, claim.epoch, at, events, time.monotonic() + _STATEMENT_SECONDS)
        self._node.log.write(f"resigned epoch {claim.epoch}: {reason}")
        return self._node.stamp(at)

    def _refuse_commands(self) -> None:
        while self._commands:
            self._commands.take().finish(NotLeader("this node is not the leader"))
