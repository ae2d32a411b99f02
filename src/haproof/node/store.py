"""What the node asks of PostgreSQL: every statement on the schema `haproof_ha`, and the kinds of sessions.

A method takes the session that it runs on and the deadline (monotonic) that it has; the session decides what
a timeout means. The methods marked SAFETY are each the one place where that safety is.
"""

import json
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from haproof.node import schema
from haproof.node.decide import Event, Leadership, Observation, Replica, stamp
from haproof.node.session import DeadlinePassed, Row, Session, SqlError, Wakeup
from haproof.node.sessions import WHO, Sessions, only

# One number for all nodes of a database; advisory locks are per database.
LEADERSHIP_LOCK = 7_230_145_000

_POLL = f"""
SELECT s.current_epoch, s.holder_id, s.acquired_at,
    (SELECT json_agg(epoch ORDER BY epoch) FROM (
        SELECT epoch FROM haproof_ha.leader_epochs WHERE resigned_at IS NULL ORDER BY epoch LIMIT 1000) o),
    (SELECT json_agg(json_build_array(application_name, coalesce(state, ''), coalesce(sync_state, ''),
            extract(epoch FROM write_lag) * 1000, extract(epoch FROM replay_lag) * 1000)
        ORDER BY application_name) FROM pg_stat_replication),
    greatest(s.current_epoch, (SELECT max(epoch) FROM haproof_ha.leader_epochs)),
    CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') END,
    (SELECT pg_wal_lsn_diff(max(flush_lsn), '0/0') FROM pg_stat_replication
        WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')),
    {WHO}
FROM haproof_ha.leadership_state s
"""

_EVENT_COLUMNS = (
    "event_id, event_name, category, action, outcome, source, timestamp, actor,"
    " resource_type, resource, fields"
)
_INSERT_EVENTS = f"""
INSERT INTO haproof_ha.audit_events ({_EVENT_COLUMNS})
SELECT {_EVENT_COLUMNS} FROM json_populate_recordset(NULL::haproof_ha.audit_events, $1::json)
ON CONFLICT (event_id) DO NOTHING
"""

# The epoch is computed from the row that the UPDATE locks, so that a change that commits meanwhile is seen.
_CAMPAIGN = f"""
WITH won AS (
    UPDATE haproof_ha.leadership_state s
    SET current_epoch = greatest(s.current_epoch, (SELECT max(epoch) FROM haproof_ha.leader_epochs), $4) + 1,
        holder_id = $2, acquired_at = $3
    RETURNING s.current_epoch AS epoch
), closed AS (
    UPDATE haproof_ha.leader_epochs e SET resigned_at = $3, notes = 'superseded by ' || won.epoch
    FROM won WHERE e.resigned_at IS NULL
), opened AS (
    INSERT INTO haproof_ha.leader_epochs (epoch, holder_id, acquired_at) SELECT epoch, $2, $3 FROM won
), told AS (
    INSERT INTO haproof_ha.audit_events ({_EVENT_COLUMNS})
    SELECT e.event_id, e.event_name, e.category, e.action, e.outcome, e.source, e.timestamp, e.actor,
        e.resource_type, e.resource,
        e.fields || jsonb_build_object('epoch', won.epoch, 'holder_id', $2::text)
    FROM won, jsonb_populate_recordset(NULL::haproof_ha.audit_events, $1::jsonb) e
)
SELECT epoch FROM won
"""

_RESIGN = f"""
WITH closed AS (
    UPDATE haproof_ha.leader_epochs SET resigned_at = $3 WHERE epoch = $2 AND resigned_at IS NULL
)
{_INSERT_EVENTS.strip()}
"""

_WRITERS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'haproof write %'
"""

_END_SESSIONS = "SELECT pg_terminate_backend(pid) FROM ({}) AS found (pid)"

_LOCK_HOLDER = """
SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (l.classid::bigint << 32 | l.objid::bigint) = $1
"""


class Store(Sessions):
    """The node's view of its database."""

    def ensure_schema(self, session: Session, deadline: float) -> None:
        """Create the tables where they are missing."""
        schema.ensure(session, deadline)

    # Leadership ------------------------------------------------------------------------------------------

    def rehearse(self, session: Session, deadline: float) -> None:
        """Plan what a takeover will run, so that the server has read its catalogues before it counts.

        The first plans of a session cost about as much as the takeover itself (6 of 12 ms at a load of 8,
        medians of 40 sessions each way); nothing is run, and a plan that cannot be had is no reason not to
        stand in line.
        """
        with suppress(SqlError):
            session.run(f"EXPLAIN {_END_SESSIONS.format(_WRITERS)}", deadline=deadline)
            session.run(_WRITERS, deadline=deadline)
            session.run(f"EXPLAIN {_CAMPAIGN}", ["[]", self.settings.node_id, None, 0], deadline=deadline)

    def wait_for_lock(self, session: Session, wakeup: Wakeup) -> None:
        """Stand in line for the leadership lock, as long as it takes; a ring ends wait and session."""
        session.run("SELECT pg_advisory_lock($1)", [LEADERSHIP_LOCK], deadline=None, wakeup=wakeup)

    def try_lock(self, session: Session, deadline: float) -> bool:
        """Take the leadership lock if nobody holds it."""
        return session.run("SELECT pg_try_advisory_lock($1)", [LEADERSHIP_LOCK], deadline=deadline) == [
            ("t",)
        ]

    def lock_holder(self, session: Session, deadline: float) -> str | None:
        """Name the node whose session holds the leadership lock now; None when nobody does."""
        rows = session.run(_LOCK_HOLDER, [LEADERSHIP_LOCK], deadline=deadline)
        name = rows[0][0] if rows else None
        return name.rpartition(" ")[2] if name else None

    def end_earlier_writers(self, session: Session, deadline: float) -> None:
        """End the write sessions of earlier holders: a hung writer must not hold up the new leader.

        What waits for a row lock after that gives up after a while, so that the caller can end them again.
        """
        session.run("SELECT set_config('lock_timeout', $1, false)", [250], deadline=deadline)
        self.end_sessions(session, _WRITERS, deadline)

    def end_sessions(self, session: Session, pids: str, deadline: float) -> None:
        """End the sessions whose process ids a query gives; those of a superuser may be out of reach.

        All at once, because a takeover waits for it; one by one where one of them may not be ended.
        """
        with suppress(SqlError):
            session.run(_END_SESSIONS.format(pids), deadline=deadline)
            return
        for (pid,) in session.run(pids, deadline=deadline):
            with suppress(SqlError):
                session.run("SELECT pg_terminate_backend($1)", [pid], deadline=deadline)

    def campaign(
        self, session: Session, at: datetime, deadline: float, events: Iterable[Event] = ()
    ) -> Leadership:
        """SAFETY: begin a new epoch, higher than any before, in one statement; its events go with it."""
        node_id = self.settings.node_id
        elected = Event("ha.leader.elected", at, node_id, resource_type="leadership")
        told = self._as_json([elected, *events])
        values: list[str | int | None] = [told, node_id, stamp(at), self.horizon.epoch]
        rows = session.run(_CAMPAIGN, values, deadline=deadline)
        if self._durable and session.warnings:
            # Success, and a warning that the wait for a standby was cancelled: nobody confirmed the epoch.
            raise DeadlinePassed(session.warnings[0])
        won = Leadership(_whole(only(rows)[0]), node_id, at)
        self.horizon.saw_epoch(won.epoch)
        return won

    def heartbeat(self, session: Session, deadline: float) -> None:
        """SAFETY: keep the server from ending the lock's session, and learn whether it has."""
        session.run("SELECT 1", deadline=deadline)

    def resign(
        self, session: Session, epoch: int, at: datetime, events: Iterable[Event], deadline: float
    ) -> None:
        """Close the epoch and write its events in one statement, then unlock."""
        if self._durable:
            session.run("SELECT set_config('synchronous_commit', 'local', false)", deadline=deadline)
        session.run(_RESIGN, [self._as_json(events), epoch, stamp(at)], deadline=deadline)
        session.run("SELECT pg_advisory_unlock($1)", [LEADERSHIP_LOCK], deadline=deadline)

    def fence(self, session: Session, epoch: int, deadline: float) -> int:
        """SAFETY: lock the leadership row for share, and give the durable epoch.

        Until the transaction ends no campaign can go through, so a write that finds its own epoch here
        commits before any later one begins. The caller writes only if this equals `epoch`.
        """
        rows = session.run(
            "SELECT current_epoch FROM haproof_ha.leadership_state FOR SHARE", deadline=deadline
        )
        return _whole(only(rows)[0])

    # Observation and audit -------------------------------------------------------------------------------

    def observe(self, session: Session, asked_at: float, deadline: float) -> Observation:
        """Read what decisions depend on, in one statement; nothing is written."""
        row = only(session.run(_POLL, deadline=deadline))
        if session.server is not None:
            session.server = self.believed(session.server, row[8], row[9])
        self.horizon.saw_epoch(_whole(row[5]))
        return Observation(
            leadership=Leadership(_whole(row[0]), row[1], moment(row[2])),
            open_epochs=tuple(json.loads(row[3] or "[]")),
            replicas=tuple(Replica(*fields) for fields in json.loads(row[4] or "[]")),
            asked_at=asked_at,
            highest_epoch=_whole(row[5]),
            written=_whole(row[6]),
            confirmed=None if row[7] is None else _whole(row[7]),
            database=session.server,
        )

    def write_events(self, session: Session, events: Iterable[tuple[str, Event]], deadline: float) -> None:
        """Append events under their ids; one that is there already is not written twice."""
        rows = [self._row(event_id, event) for event_id, event in events]
        session.run(_INSERT_EVENTS, [json.dumps(rows)], deadline=deadline)

    def write_event_now(self, session: Session, event: Event, deadline: float) -> None:
        """Append one event in the session's own transaction."""
        self.write_events(session, [(secrets.token_hex(16), event)], deadline)

    def read_events(self, session: Session, name: str | None, limit: int, deadline: float) -> list[Row]:
        """Read the newest `limit` events, oldest first; columns as in `_EVENT_COLUMNS`."""
        sql = (
            f"SELECT * FROM (SELECT {_EVENT_COLUMNS}, id FROM haproof_ha.audit_events"
            " WHERE $1::text IS NULL OR event_name = $1 ORDER BY id DESC LIMIT $2) newest ORDER BY id"
        )
        return session.run(sql, [name, limit], deadline=deadline)

    def _as_json(self, events: Iterable[Event]) -> str:
        return json.dumps([self._row(secrets.token_hex(16), event) for event in events])

    def _row(self, event_id: str, event: Event) -> dict[str, object]:
        _, category, action = event.name.split(".", 2)
        return {
            "event_id": event_id,
            "event_name": event.name,
            "category": category,
            "action": action,
            "outcome": event.outcome,
            "source": self.settings.node_id,
            "timestamp": stamp(event.at),
            "actor": event.actor,
            "resource_type": event.resource_type,
            "resource": event.resource or self.settings.node_id,
            "fields": dict(event.fields),
        }


def moment(text: str | None) -> datetime | None:
    """Read a timestamptz as text in UTC; None for null, `infinity` and times before our era."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _whole(text: str | None) -> int:
    return int(text or 0)
