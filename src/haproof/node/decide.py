"""What follows from what was seen: the node's decisions, without a database, a clock or a socket.

Everything that happens to a node comes in as a call on `Rules` (a poll was answered, a poll failed, the lock
was won, …) with the state so far and the instant; out comes the new state, and what is to be done about it.
`docs/node.md` has the tables that the methods below carry out.

Two clocks: `Instant.wall` is for people and rows, `Instant.monotonic` for durations and leases.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from haproof.node.database import Database

Risk = Literal["none", "possible", "detected"]
_SEVERITY = {"none": 0, "possible": 1, "detected": 2}
_ADVICE = {"none": "none", "possible": "investigate", "detected": "force_failover"}

STARTING = "starting"
MAINTENANCE = "maintenance mode"


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment, on the wall clock (aware, UTC) and on the monotonic clock (seconds)."""

    wall: datetime
    monotonic: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings that decisions depend on."""

    node_id: str
    maintenance: bool = False
    min_sync_replicas: int = 0
    lag_warning_ms: float = 1_000
    lag_critical_ms: float = 10_000
    lock_bound_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Leadership:
    """The one durable row that says who leads: `leadership_state` as last read."""

    epoch: int = 0
    holder_id: str | None = None
    acquired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replica:
    """One row of `pg_stat_replication`; lags in milliseconds, None while nothing is in flight."""

    name: str
    state: str
    sync_state: str
    write_lag_ms: float | None
    replay_lag_ms: float | None

    @property
    def synchronous(self) -> bool:
        """A commit can count on it: it streams, and PostgreSQL waits for it."""
        return self.state == "streaming" and self.sync_state in ("sync", "quorum")


@dataclass(frozen=True, slots=True)
class Observation:
    """The answer to one poll, asked for at `asked_at` (monotonic seconds).

    `written`: how far the server has flushed its log (bytes); `confirmed`: how far a synchronous replica has.
    """

    leadership: Leadership
    open_epochs: tuple[int, ...]
    replicas: tuple[Replica, ...]
    asked_at: float
    highest_epoch: int = 0  # of all epochs ever begun, open or closed
    written: int = 0
    confirmed: int | None = None
    database: Database | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """This node's belief that it leads: the epoch that its own campaign made durable."""

    epoch: int
    acquired_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One audit record, before it is written."""

    name: str
    at: datetime
    actor: str
    outcome: str = "success"
    resource_type: str = "cluster"
    resource: str = ""
    fields: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """All that a node knows. Only `Rules` decides on a new one."""

    claim: Claim | None = None
    claim_changed_at: float = float("-inf")  # monotonic; answers to older questions know nothing of the claim
    lock_held: bool = False
    lease_until: float = float("-inf")  # monotonic; until then the server has not ended the lock's session
    leadership: Leadership = Leadership()  # as shown: where replicas are asked for, once one has it
    durable: Leadership = Leadership()  # as last read
    unconfirmed: tuple[Database | None, int] | None = None  # since where in which log `durable` is not shown
    database: Database | None = None  # that was asked last
    lock_database: Database | None = None  # that the lock is held on
    open_epochs: tuple[int, ...] = ()
    replicas: tuple[Replica, ...] = ()
    lost_reason: str | None = STARTING
    answered_once: bool = False
    detected_loss_count: int = 0
    last_lost_at: datetime | None = None
    last_restored_at: datetime | None = None
    risk: Risk = "none"


@dataclass(frozen=True, slots=True)
class Quorum:
    """The row of the quorum table that holds."""

    health: Literal["healthy", "degraded", "lost"]
    write_block: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class SplitBrain:
    """What an observation says about this node's claim."""

    risk: Risk
    local_epoch: int | None
    durable_epoch: int
    unclosed_epochs: tuple[int, ...]
    holder_match: bool | None

    @property
    def recommended_action(self) -> str:
        """What an operator should do."""
        return _ADVICE[self.risk]


Decision = tuple[State, tuple[Event, ...]]


class Rules:
    """The decisions of one node. Every method is pure; each safety is one method."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    # What happens to a node ------------------------------------------------------------------------------

    def polled(self, state: State, seen: Observation, now: Instant) -> Decision:
        """PostgreSQL answered: it is there, and this is what it holds."""
        events = []
        if state.answered_once and state.lost_reason is not None:
            state = replace(state, last_restored_at=now.wall)
            events.append(self._event("ha.quorum.restored", now, lost_at=_stamp(state.last_lost_at)))
        state = replace(state, answered_once=True, lost_reason=None, replicas=seen.replicas)
        state = replace(state, database=seen.database)
        elsewhere = None not in (state.lock_database, seen.database) and state.lock_database != seen.database
        if seen.asked_at > state.claim_changed_at and not elsewhere:
            state = replace(self._shown(state, seen), durable=seen.leadership, open_epochs=seen.open_epochs)
            # Between two claims, or with a lease that ran out, nobody can say whether a claim is still there.
            if self.leads(state, now) or not state.lock_held:
                state, told = self._assess_risk(state, seen, now)
                events += told
        return state, tuple(events)

    def poll_failed(self, state: State, reason: str, now: Instant) -> Decision:
        """PostgreSQL is not reachable, or did not answer within the deadline."""
        if not state.answered_once:
            return state, ()
        if state.lost_reason is not None:
            return replace(state, lost_reason=reason), ()
        lost = replace(
            state,
            lost_reason=reason,
            detected_loss_count=state.detected_loss_count + 1,
            last_lost_at=now.wall,
        )
        return lost, (self._event("ha.quorum.lost", now, "failure", reason=reason),)

    def campaigned(self, state: State, won: Leadership, asked_at: float, now: Instant) -> State:
        """The campaign sent at `asked_at` is durable: from here this node leads, and says so at once."""
        return replace(
            state,
            claim=Claim(won.epoch, won.acquired_at or now.wall),
            claim_changed_at=now.monotonic,
            lock_held=True,
            lease_until=asked_at + self.limits.lock_bound_s,
            leadership=won,
            durable=won,
            unconfirmed=None,
            open_epochs=(won.epoch,),
        )

    def heartbeat(self, state: State, asked_at: float, _now: Instant) -> State:
        """The lock's session answered a question asked at `asked_at` (monotonic seconds).

        The lease counts from the question, not from now: the server's own count began no earlier.
        """
        return replace(state, lease_until=asked_at + self.limits.lock_bound_s)

    def claim_dropped(self, state: State, now: Instant) -> State:
        """Stop accepting, the lock still held: the first step of resigning and of a new campaign."""
        return replace(state, claim=None, claim_changed_at=now.monotonic)

    def lock_lost(self, state: State, now: Instant) -> State:
        """The lock's session is gone, for whatever reason, and the claim with it."""
        dropped = self.claim_dropped(state, now)
        return replace(dropped, lock_held=False, lease_until=float("-inf"), lock_database=None)

    def recovered(self, state: State) -> State:
        """An operator's recovery went through; the event was written with it."""
        return replace(state, risk="none")

    # What a state means ----------------------------------------------------------------------------------

    def holds_lock(self, state: State, now: Instant) -> bool:
        """The lock's session is held, and the server cannot have ended it yet.

        The lease is what makes a node that was stopped and woken know it before it asks anybody.
        """
        return state.lock_held and now.monotonic < state.lease_until

    def claim(self, state: State, now: Instant) -> Claim | None:
        """The claim that counts: one that the lock's session is held for."""
        return state.claim if self.holds_lock(state, now) else None

    def leads(self, state: State, now: Instant) -> bool:
        """This node has a claim, and holds the lock's session for it."""
        return self.claim(state, now) is not None

    def quorum(self, state: State, now: Instant) -> Quorum:
        """The quorum table: the first row that holds."""
        if state.lost_reason is not None:
            return Quorum("lost", True, state.lost_reason)
        measured = self._measured(state)
        if self.limits.maintenance:
            return Quorum(measured.health, True, MAINTENANCE)
        fenced = self._fenced(state, now)
        if fenced:
            return Quorum(measured.health, True, fenced)
        return measured

    def write_block(self, state: State, now: Instant) -> str | None:
        """SAFETY: why no protected write may be accepted now; None when nothing forbids it."""
        quorum = self.quorum(state, now)
        return quorum.reason if quorum.write_block else None

    def can_accept(self, state: State, now: Instant) -> bool:
        """A protected write would be accepted: this node leads and there is no write block."""
        return self.leads(state, now) and self.write_block(state, now) is None

    def split_brain(self, claim: Claim | None, seen: Observation) -> SplitBrain:
        """Compare this node's claim with what is durable."""
        durable = seen.leadership
        match = None if claim is None else durable.holder_id == self.limits.node_id
        risk: Risk = "none"
        if claim is not None and claim.epoch != durable.epoch:
            risk = "detected"
        elif len(seen.open_epochs) > 1 or match is False:
            risk = "possible"
        return SplitBrain(risk, claim.epoch if claim else None, durable.epoch, seen.open_epochs, match)

    def max_replay_lag_ms(self, state: State) -> float | None:
        """The largest replay lag of any replica; None when none has anything in flight."""
        return max((r.replay_lag_ms for r in state.replicas if r.replay_lag_ms is not None), default=None)

    def max_write_lag_ms(self, state: State) -> float | None:
        """The largest write lag of any replica; None when none has anything in flight."""
        return max((r.write_lag_ms for r in state.replicas if r.write_lag_ms is not None), default=None)

    def lag_status(self, state: State) -> str:
        """`healthy`, `warning` or `critical`; `unknown` while PostgreSQL is away."""
        if state.lost_reason is not None:
            return "unknown"
        lag = self.max_replay_lag_ms(state) or 0
        if lag > self.limits.lag_critical_ms:
            return "critical"
        return "warning" if lag >= self.limits.lag_warning_ms else "healthy"

    def _measured(self, state: State) -> Quorum:
        synchronous = sum(replica.synchronous for replica in state.replicas)
        needed = self.limits.min_sync_replicas
        if synchronous < needed:
            return Quorum("degraded", True, f"{synchronous} of {needed} synchronous replicas")
        lag = self.max_replay_lag_ms(state)
        if lag is not None and lag >= self.limits.lag_warning_ms:
            return Quorum("degraded", False, f"replay lag {lag:.0f} ms")
        return Quorum("healthy", False, None)

    def _fenced(self, state: State, now: Instant) -> str | None:
        claim = self.claim(state, now)
        if claim is None or claim.epoch == state.durable.epoch:
            return None
        return f"fenced: durable epoch {state.durable.epoch}, local epoch {claim.epoch}"

    def _shown(self, state: State, seen: Observation) -> State:
        """SAFETY: an epoch is shown once it is as durable as the writes that it protects.

        A row that was read is on this server. Where replicas are asked for, it is shown when a synchronous
        one has the log as far as it went when the row was first read: then no promotion can lose it.
        """
        if not self.limits.min_sync_replicas or seen.leadership == state.leadership:
            return replace(state, leadership=seen.leadership, unconfirmed=None)
        since = state.unconfirmed
        if since is None or seen.leadership != state.durable or since[0] != seen.database:
            since = (seen.database, seen.written)
        if seen.confirmed is not None and seen.confirmed >= since[1]:
            return replace(state, leadership=seen.leadership, unconfirmed=None)
        return replace(state, unconfirmed=since)

    def _assess_risk(self, state: State, seen: Observation, now: Instant) -> tuple[State, list[Event]]:
        found = self.split_brain(self.claim(state, now), seen)
        before, state = state.risk, replace(state, risk=found.risk)
        facts: dict[str, object] = {"local_epoch": found.local_epoch, "durable_epoch": found.durable_epoch}
        if _SEVERITY[found.risk] > _SEVERITY[before]:
            facts |= {"risk": found.risk, "unclosed_epochs": list(found.unclosed_epochs)}
            return state, [self._event("ha.split_brain.detected", now, "failure", **facts)]
        if found.risk == "none" and before != "none":
            return state, [self._event("ha.split_brain.recovered", now, **facts)]
        return state, []

    def _event(self, name: str, now: Instant, result: str = "success", /, **fields: object) -> Event:
        return Event(name, now.wall, self.limits.node_id, result, fields=tuple(fields.items()))


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def stamp(moment: datetime) -> str:
    """Write an aware UTC time as RFC 3339 with microseconds and Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
