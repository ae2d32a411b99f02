"""Restore: the schema `app` back as it was in a backup, whole or not at all.

Everything that could refuse comes before the database is touched; from there one transaction drops the
schema, replays the archive and writes the audit event.
"""

import hmac
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from haproof.node import archive, tools
from haproof.node.backups import Backups, sha256
from haproof.node.decide import Event
from haproof.node.requests import Answer, Refused
from haproof.node.scribe import Scribe
from haproof.node.session import Session, SessionLost, SqlError
from haproof.node.store import Store

_STATEMENT_SECONDS = 10.0
_DROP_SECONDS = 30.0
_RETRY_SECONDS = 0.05
_EVENT_SECONDS = 1.0
# A node that hangs in the middle of a restore gives up the leadership lock, and nothing has happened.
_HANG_TIMEOUTS = {"idle_session_timeout": "30s", "idle_in_transaction_session_timeout": "30s"}

# Whoever holds a lock on a relation of `app` would hold up the drop; lock sessions never do.
_USERS_OF_APP = """
SELECT a.pid FROM pg_stat_activity a
WHERE a.pid <> pg_backend_pid() AND coalesce(a.application_name, '') NOT LIKE 'haproof lock %' AND a.pid IN (
    SELECT l.pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
        JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'app' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""
_AGAIN = {"55P03", "40P01"}


class Restores:
    """Carries out restores, and records the refused ones."""

    def __init__(self, store: Store, scribe: Scribe, backups: Backups) -> None:
        self._store = store
        self._scribe = scribe
        self._backups = backups
        self._maintenance = store.settings.limits.maintenance

    def restore(self, backup_id: str, operator: str, reason: str, confirm: bool) -> Answer:
        """Restore one backup, or raise `Refused` with an audit event."""
        if not self._backups.busy.acquire(blocking=False):
            raise Refused(409, "this node is busy with another backup or restore")
        try:
            return self._restore(backup_id, operator, reason, confirm)
        except Refused as refused:
            self._tell_refused(backup_id, operator, str(refused))
            raise
        finally:
            self._backups.busy.release()

    def _restore(self, backup_id: str, operator: str, reason: str, confirm: bool) -> Answer:
        if not confirm:
            raise Refused(400, "a restore replaces the schema app and needs confirm: true")
        if not self._maintenance:
            raise Refused(409, "a restore needs maintenance mode: start every node with --maintenance")
        began_at = time.monotonic()
        with self._verified(backup_id) as descriptor, self._leadership_lock() as session:
            fields = (("reason", reason),)
            event = Event(
                "ha.backup.restored", datetime.now(UTC), operator, "success", "backup", backup_id, fields
            )
            self._replace(session, descriptor, event)
        took_ms = round((time.monotonic() - began_at) * 1000, 3)
        return 200, {"success": True, "backup_id": backup_id, "restore_ms": took_ms}

    @contextmanager
    def _verified(self, backup_id: str) -> Iterator[int]:
        """Open the archive and hash what was opened: what is verified is what will be restored."""
        deadline = time.monotonic() + _STATEMENT_SECONDS
        with self._store.open("request", deadline=deadline) as session:
            metadata = self._backups.find(session, backup_id, deadline)
        if metadata is None:
            raise Refused(404, "there is no backup of this id")
        path = self._backups.path(metadata["file"])
        if metadata["status"] != "completed" or path is None:
            raise Refused(409, "this backup was not completed")
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise Refused(409, f"the archive {path.name} cannot be opened: {error.strerror}") from error
        try:
            if not hmac.compare_digest(sha256(descriptor), str(metadata["checksum"])):
                raise Refused(
                    409, f"the checksum of {path.name} is not that of the backup; nothing was touched"
                )
            yield descriptor
        except OSError as error:
            raise Refused(409, f"the archive {path.name} cannot be read: {error.strerror}") from error
        finally:
            os.close(descriptor)

    @contextmanager
    def _leadership_lock(self) -> Iterator[Session]:
        """Hold the leadership lock, so that no node leads meanwhile."""
        patience = time.monotonic() + self._store.settings.limits.lock_bound_s
        deadline = time.monotonic() + _STATEMENT_SECONDS
        with self._store.open("restore", deadline=deadline, settings=_HANG_TIMEOUTS) as session:
            while not self._store.try_lock(session, time.monotonic() + _STATEMENT_SECONDS):
                if time.monotonic() > patience:
                    holder = self._store.lock_holder(session, time.monotonic() + _STATEMENT_SECONDS)
                    raise Refused(
                        409,
                        f"the leadership lock is held by {holder or 'another session'};"
                        " every node must be in maintenance mode or stopped",
                        holder_id=holder,
                    )
                time.sleep(_RETRY_SECONDS)
            yield session

    def _replace(self, session: Session, descriptor: int, event: Event) -> None:
        deadline = time.monotonic() + tools.MOST_SECONDS
        try:
            self._drop(session)
            archive.replay(descriptor, session, deadline=deadline)
            self._store.write_event_now(session, event, deadline)
        except (tools.ToolFailed, SqlError, SessionLost) as error:
            raise Refused(500, f"the restore failed and was rolled back: {error}") from error
        try:
            session.run("COMMIT", deadline=deadline)
        except SqlError as error:
            raise Refused(500, f"the restore failed and was rolled back: {error}") from error
        except SessionLost as error:
            raise Refused(504, f"outcome unknown: {error}") from error

    def _drop(self, session: Session) -> None:
        """Begin the transaction and drop the schema; who stands in the way is ended, as often as needed."""
        patience = time.monotonic() + _DROP_SECONDS
        while True:
            deadline = time.monotonic() + _STATEMENT_SECONDS
            self._store.end_sessions(session, _USERS_OF_APP, deadline)
            session.run("BEGIN", deadline=deadline)
            try:
                session.run("SET LOCAL lock_timeout = '500ms'", deadline=deadline)
                session.run("DROP SCHEMA IF EXISTS app CASCADE", deadline=deadline)
                return
            except SqlError as error:
                session.run("ROLLBACK", deadline=deadline)
                if error.sqlstate not in _AGAIN or time.monotonic() > patience:
                    raise

    def _tell_refused(self, backup_id: str, operator: str, sentence: str) -> None:
        fields = (("reason", sentence),)
        event = Event(
            "ha.backup.restore_refused",
            datetime.now(UTC),
            operator,
            "refused",
            "backup",
            backup_id[:128],
            fields,
        )
        self._scribe.record([event])
        self._scribe.flush(_EVENT_SECONDS)
