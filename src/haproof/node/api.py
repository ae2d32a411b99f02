"""The operations of the HTTP contract, apart from HTTP itself: a request in, a status and a body out."""

import json
import re
import time
from contextlib import AbstractContextManager
from datetime import datetime

from haproof.node.backups import Backups
from haproof.node.commands import Command, NotLeader
from haproof.node.database import Database
from haproof.node.decide import STARTING, Observation, SplitBrain, stamp
from haproof.node.requests import MAX_ID_CHARACTERS, Answer, Refused, Request, Route
from haproof.node.restore import Restores
from haproof.node.session import Session, SessionLost, SqlError
from haproof.node.shared import Shared, View
from haproof.node.store import moment
from haproof.node.writes import Conflict, Fenced, NotWritten, OutcomeUnknown

_READ_SECONDS = 1.0
_COMMAND_SECONDS = 6.0
_EVENTS_DEFAULT = 1_000
_EVENTS_MOST = 10_000
_RESTORE_PATH = re.compile(r"/v1/ha/backups/([A-Za-z0-9._-]{1,128})/restore")


class Api:
    """The node's answers."""

    def __init__(self, node: Shared) -> None:
        self.node = node
        self.backups = Backups(node.store, node.scribe)
        self.restores = Restores(node.store, node.scribe, self.backups)
        reason = frozenset({"reason"})
        self._routes: dict[str, dict[str, Route]] = {
            "/v1/ha/status": {"GET": Route(self.status)},
            "/v1/health/read-ready": {"GET": Route(self.read_ready)},
            "/v1/health/write-ready": {"GET": Route(self.write_ready)},
            "/v1/health/leader": {"GET": Route(self.leader_health)},
            "/v1/health/quorum": {"GET": Route(self.quorum_health)},
            "/v1/health/audit": {"GET": Route(self.audit_health)},
            "/v1/ha/failover": {"POST": Route(self.failover, reason)},
            "/v1/ha/split-brain": {"GET": Route(self.split_brain)},
            "/v1/ha/split-brain/recover": {
                "POST": Route(self.recover, reason | {"strategy", "operator", "force"})
            },
            "/v1/ha/backups": {
                "GET": Route(self.list_backups),
                "POST": Route(self.create_backup, reason),
            },
            "/v1/rollouts": {"POST": Route(self.write_rollout, frozenset({"id", "payload"}))},
            "/v1/audit/events": {"GET": Route(self.audit_events, query=frozenset({"event_type", "limit"}))},
        }

    def routes(self, path: str) -> dict[str, Route] | None:
        """Give the methods of a path, or None when there is no such path."""
        if restore := _RESTORE_PATH.fullmatch(path):
            backup_id = restore[1]
            fields = frozenset({"confirm", "reason"})
            return {"POST": Route(lambda request: self.restore_backup(request, backup_id), fields)}
        return self._routes.get(path)

    # What the node knows, without asking PostgreSQL ------------------------------------------------------

    def status(self, _request: Request) -> Answer:
        """Everything about this node, as of one moment."""
        view = state, now = self.node.view()
        rules = self.node.rules
        body: dict[str, object] = {
            "node_id": self.node.settings.node_id,
            "role": "leader" if rules.leads(state, now) else "follower",
            **self._leader(view),
            "write_ready": rules.can_accept(state, now),
            **self._quorum(view),
            "replication": {
                "lag_status": rules.lag_status(state),
                "max_write_lag_ms": rules.max_write_lag_ms(state),
                "max_replay_lag_ms": rules.max_replay_lag_ms(state),
                "replicas": [
                    {
                        "name": replica.name,
                        "state": replica.state,
                        "sync_state": replica.sync_state,
                        "write_lag_ms": replica.write_lag_ms,
                        "replay_lag_ms": replica.replay_lag_ms,
                    }
                    for replica in state.replicas
                ],
            },
            "epoch_durability": "synchronous" if rules.limits.min_sync_replicas else "local",
            "database": _database(state.lock_database or state.database),
            "queried_at": stamp(now.wall),
        }
        return 200, body

    def read_ready(self, _request: Request) -> Answer:
        """Whether PostgreSQL answers this node."""
        state, _ = self.node.view()
        if state.lost_reason is None:
            return 200, {"ready": True}
        return 503, _unready(state.lost_reason)

    def write_ready(self, _request: Request) -> Answer:
        """Whether a protected write would be accepted here."""
        state, now = self.node.view()
        if self.node.rules.can_accept(state, now):
            return 200, {"ready": True}
        reason = self.node.rules.write_block(state, now) or "this node is not the leader"
        return 503, _unready(reason)

    def leader_health(self, _request: Request) -> Answer:
        """Who leads, as far as this node knows."""
        return 200, self._leader(self.node.view())

    def quorum_health(self, _request: Request) -> Answer:
        """The quorum fields."""
        return 200, self._quorum(self.node.view())

    def audit_health(self, _request: Request) -> Answer:
        """Whether every event of this node has reached the audit table."""
        pending, dropped = self.node.scribe.backlog()
        complete = pending == 0 and dropped == 0
        return 200, {"complete": complete, "pending_events": pending, "dropped_events": dropped}

    # What changes something ------------------------------------------------------------------------------

    def write_rollout(self, request: Request) -> Answer:
        """Accept one protected write, or say why not."""
        rollout_id = request.text("id", required=True, most=MAX_ID_CHARACTERS)
        payload = request.payload()
        view = self.node.view()
        if reason := self.node.rules.write_block(*view):
            raise Refused(503, reason)
        claim = self.node.rules.claim(*view)
        if claim is None:
            raise self._not_leader(view)
        try:
            written = self.node.writes.write(claim.epoch, rollout_id, payload)
        except NotWritten as error:
            raise Refused(503, str(error)) from error
        except (Fenced, Conflict) as error:
            raise Refused(409, str(error)) from error
        except OutcomeUnknown as error:
            raise Refused(504, str(error)) from error
        row_id, _, epoch, node_id, created_at = written.row
        body: dict[str, object] = {"id": row_id, "epoch": int(epoch or 0), "node_id": node_id}
        body["created_at"] = _stamp(moment(created_at))
        return 201 if written.created else 200, body

    def failover(self, request: Request) -> Answer:
        """Resign, so that the next in line leads."""
        reason = request.text("reason")
        state, now = self.node.view()
        if not self.node.rules.leads(state, now):
            raise Refused(409, "this node is not the leader", holder_id=state.leadership.holder_id)
        if self.node.rules.lag_status(state) == "critical":
            lag = self.node.rules.max_replay_lag_ms(state)
            raise Refused(409, f"replication lag is critical: {lag:.0f} ms")
        try:
            return 200, self._command("failover", request.operator, reason)
        except NotLeader as error:
            holder_id = self.node.view().state.leadership.holder_id
            raise Refused(409, str(error), holder_id=holder_id) from error

    def recover(self, request: Request) -> Answer:
        """End a split-brain by a new epoch, or tell what that would do."""
        strategy = request.text("strategy", required=True)
        if strategy not in ("promote-leader", "manual-reconcile"):
            raise Refused(400, "strategy must be promote-leader or manual-reconcile")
        if request.text("operator", required=True) != request.operator:
            raise Refused(400, "operator and X-Operator differ")
        reason, force = request.text("reason"), request.flag("force")
        if strategy == "manual-reconcile":
            return self._plan(force)
        view = self.node.view()
        if not self.node.rules.leads(*view):
            raise self._not_leader(view)
        self._refuse_without_risk(self._look()[0], force)
        try:
            return 200, self._command("promote", request.operator, reason)
        except NotLeader as error:
            raise self._not_leader(self.node.view()) from error

    def create_backup(self, request: Request) -> Answer:
        """Back up the schema `app`."""
        self._need_postgres()
        return self.backups.create(request.operator, request.text("reason"))

    def restore_backup(self, request: Request, backup_id: str) -> Answer:
        """Put the schema `app` back as it was in a backup."""
        self._need_postgres()
        return self.restores.restore(
            backup_id, request.operator, request.text("reason"), request.flag("confirm")
        )

    # What asks PostgreSQL --------------------------------------------------------------------------------

    def split_brain(self, _request: Request) -> Answer:
        """Compare this node's claim with what is durable; nothing is written."""
        return 200, _finding(self._look()[0])

    def list_backups(self, _request: Request) -> Answer:
        """List what was backed up, oldest first."""
        with self._reader() as session:
            return 200, {"backups": self.backups.list(session, time.monotonic() + _READ_SECONDS)}

    def audit_events(self, request: Request) -> Answer:
        """List audit records, oldest first."""
        limit = request.whole("limit", _EVENTS_DEFAULT, _EVENTS_MOST)
        name = request.query.get("event_type")
        with self._reader() as session:
            rows = self.node.store.read_events(session, name, limit, time.monotonic() + _READ_SECONDS)
        return 200, {"events": [_event(row) for row in rows]}

    def _look(self) -> tuple[SplitBrain, Observation]:
        """Observe now, and judge a claim that did not change meanwhile."""
        with self._reader() as session:
            while True:
                claim = self.node.rules.claim(*self.node.view())
                asked_at = time.monotonic()
                seen = self.node.store.observe(session, asked_at, asked_at + _READ_SECONDS)
                if self.node.rules.claim(*self.node.view()) == claim:
                    return self.node.rules.split_brain(claim, seen), seen

    def _plan(self, force: bool) -> Answer:
        found, seen = self._look()
        self._refuse_without_risk(found, force)
        epoch = seen.highest_epoch + 1
        plan = [f"close epoch {number} as superseded by {epoch}" for number in found.unclosed_epochs]
        plan.append(f"make epoch {epoch} durable, held by the node that has the leadership lock")
        return 200, {"success": True, "dry_run": True, **_finding(found), "plan": plan}

    def _refuse_without_risk(self, found: SplitBrain, force: bool) -> None:
        if found.risk == "none" and not force:
            raise Refused(409, "the risk of split-brain is none; there is nothing to recover from")

    def _need_postgres(self) -> None:
        """Refuse at once what would wait for a server that is known to be away."""
        reason = self.node.view().state.lost_reason
        if reason is not None:
            raise Refused(503, f"PostgreSQL is not reachable: {reason}" if reason != STARTING else reason)

    def _reader(self) -> AbstractContextManager[Session]:
        self._need_postgres()
        return self.node.store.open("request", deadline=time.monotonic() + _READ_SECONDS)

    def _command(self, kind: str, operator: str, reason: str) -> dict[str, object]:
        command = Command("failover" if kind == "failover" else "promote", operator, reason)
        self.node.commands.submit(command)
        try:
            return command.wait(_COMMAND_SECONDS)
        except SessionLost as error:
            raise Refused(504, f"outcome unknown: {error}") from error
        except SqlError as error:
            raise Refused(503, f"PostgreSQL refused it: {error}") from error

    def _leader(self, view: View) -> dict[str, object]:
        state, now = view
        return {
            "holder_id": state.leadership.holder_id,
            "current_epoch": state.leadership.epoch,
            "acquired_at": _stamp(state.leadership.acquired_at),
            "session_lock_held": self.node.rules.holds_lock(state, now),
        }

    def _quorum(self, view: View) -> dict[str, object]:
        state, now = view
        quorum = self.node.rules.quorum(state, now)
        return {
            "quorum_health": quorum.health,
            "write_block_active": self.node.rules.write_block(state, now) is not None,
            "can_accept_protected_writes": self.node.rules.can_accept(state, now),
            "quorum_loss_reason": quorum.reason,
            "last_lost_at": _stamp(state.last_lost_at),
            "last_restored_at": _stamp(state.last_restored_at),
            "detected_loss_count": state.detected_loss_count,
        }

    def _not_leader(self, view: View) -> Refused:
        return Refused(421, "this node is not the leader", holder_id=view.state.leadership.holder_id)


def _unready(reason: str) -> dict[str, object]:
    return {"ready": False, "reason": reason, "error": reason}


def _database(server: Database | None) -> dict[str, object] | None:
    """The server that this node's lock is on, or that it asks."""
    if server is None:
        return None
    return {
        "host": server.host,
        "port": server.port,
        "timeline": server.timeline,
        "in_recovery": server.in_recovery,
    }


def _finding(found: SplitBrain) -> dict[str, object]:
    return {
        "risk": found.risk,
        "local_epoch": found.local_epoch,
        "durable_epoch": found.durable_epoch,
        "unclosed_epochs": list(found.unclosed_epochs),
        "holder_match": found.holder_match,
        "recommended_action": found.recommended_action,
    }


def _event(row: tuple[str | None, ...]) -> dict[str, object]:
    names = ("event_name", "category", "action", "outcome", "source", "timestamp", "actor", "resource_type")
    record: dict[str, object] = dict(zip(names, row[1:9], strict=True))
    record["timestamp"] = _stamp(moment(row[6]))
    record["resource"] = row[9]
    record["fields"] = json.loads(row[10] or "{}")
    return record


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)
