"""Backups of the schema `app`: a pg_dump archive, its SHA-256, and a row that says so."""

import hashlib
import os
import re
import secrets
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from haproof.node import tools
from haproof.node.decide import Event, stamp
from haproof.node.requests import Answer, Refused
from haproof.node.scribe import Scribe
from haproof.node.session import Row, Session
from haproof.node.store import Store, moment

_SECONDS = 60.0
_EVENT_SECONDS = 1.0
_HANG_TIMEOUT = {"idle_in_transaction_session_timeout": f"{tools.MOST_SECONDS:.0f}s"}
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,159}")

_COLUMNS = "backup_id, status, file, checksum, bytes, created_at, rows"
_INSERT = f"INSERT INTO haproof_ha.backups ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)"
_LIST = f"SELECT {_COLUMNS} FROM haproof_ha.backups ORDER BY created_at, backup_id"
_ONE = f"SELECT {_COLUMNS} FROM haproof_ha.backups WHERE backup_id = $1"
_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'app' AND c.relkind = 'r' ORDER BY 1
"""


class Backups:
    """Makes and lists backups; one at a time on a node."""

    def __init__(self, store: Store, scribe: Scribe) -> None:
        self._store = store
        self._scribe = scribe
        self._folder = store.settings.backup_dir
        self.busy = threading.Lock()
        self._remove_leftovers()

    def create(self, operator: str, reason: str) -> Answer:
        """Dump, hash, rename, record. A dump that fails is recorded as failed, and leaves no file."""
        if not self.busy.acquire(blocking=False):
            raise Refused(409, "this node is busy with another backup or restore")
        try:
            return self._create(operator, reason)
        finally:
            self.busy.release()

    def list(self, session: Session, deadline: float) -> list[dict[str, object]]:
        """Give the metadata of every backup, oldest first."""
        return [described(row) for row in session.run(_LIST, deadline=deadline)]

    def find(self, session: Session, backup_id: str, deadline: float) -> dict[str, object] | None:
        """Give the metadata of one backup."""
        rows = session.run(_ONE, [backup_id], deadline=deadline)
        return described(rows[0]) if rows else None

    def path(self, file: object) -> Path | None:
        """Give the path of an archive that lies directly in the backup folder; None for anything else."""
        return self._folder / file if isinstance(file, str) and _FILE_NAME.fullmatch(file) else None

    def _remove_leftovers(self) -> None:
        """Remove what this node left half written when it was killed; other nodes may share the folder."""
        ours = re.compile(
            rf"\.\d{{8}}T\d{{6}}Z-{re.escape(self._store.settings.node_id)}-[0-9a-f]{{8}}\.dump\.partial"
        )
        for path in self._folder.iterdir():
            if ours.fullmatch(path.name):
                path.unlink(missing_ok=True)

    def _create(self, operator: str, reason: str) -> Answer:
        at = datetime.now(UTC)
        backup_id = f"{at:%Y%m%dT%H%M%SZ}-{self._store.settings.node_id}-{secrets.token_hex(4)}"
        file = f"{backup_id}.dump"
        try:
            checksum, size, rows = self._dump(self._folder / f".{file}.partial", self._folder / file)
        except (tools.ToolFailed, OSError) as error:
            self._record(backup_id, "failed", None, None, None, at, None)
            self._tell("ha.backup.failed", "failure", backup_id, operator, reason=reason, error=str(error))
            raise Refused(500, f"the backup failed: {error}", backup_id=backup_id) from error
        self._record(backup_id, "completed", file, checksum, size, at, rows)
        self._tell("ha.backup.created", "success", backup_id, operator, reason=reason, checksum=checksum)
        values = (backup_id, "completed", file, checksum, str(size), stamp(at), str(rows))
        return 201, described(values)

    def _dump(self, partial: Path, final: Path) -> tuple[str, int, int]:
        """Write the archive; gives its SHA-256, its size in bytes and the rows in its snapshot."""
        try:
            deadline = time.monotonic() + _SECONDS
            with self._store.open("backup", deadline=deadline, settings=_HANG_TIMEOUT) as session:
                snapshot, rows = self._snapshot(session)
                with open(partial, "xb", opener=_private) as archive:
                    arguments = ["--format=custom", "--schema=app", f"--snapshot={snapshot}", "--no-password"]
                    arguments += ["--lock-wait-timeout=10s", f"--dbname={self._store.settings.dsn}"]
                    with tools.run("pg_dump", *arguments, stdin=None, stdout=archive.fileno()):
                        pass
                    os.fsync(archive.fileno())
            with partial.open("rb") as archive:
                checksum = sha256(archive.fileno())
                size = os.fstat(archive.fileno()).st_size
            partial.rename(final)
        finally:
            partial.unlink(missing_ok=True)
        return checksum, size, rows

    def _snapshot(self, session: Session) -> tuple[str, int]:
        """Begin a transaction whose snapshot pg_dump will use, and count the rows that it will find."""
        deadline = time.monotonic() + _SECONDS
        session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", deadline=deadline)
        snapshot = session.run("SELECT pg_export_snapshot()", deadline=deadline)[0][0]
        rows = 0
        for (table,) in session.run(_TABLES, deadline=deadline):
            rows += int(session.run(f"SELECT count(*) FROM {table}", deadline=deadline)[0][0] or 0)
        return str(snapshot), rows

    def _record(
        self,
        backup_id: str,
        status: str,
        file: str | None,
        checksum: str | None,
        size: int | None,
        at: datetime,
        rows: int | None,
    ) -> None:
        values = [backup_id, status, file, checksum, size, stamp(at), rows]
        with self._store.open("backup", deadline=time.monotonic() + _SECONDS) as session:
            session.run(_INSERT, values, deadline=time.monotonic() + _SECONDS)

    def _tell(self, name: str, outcome: str, backup_id: str, operator: str, **fields: object) -> None:
        self._scribe.record(
            [Event(name, datetime.now(UTC), operator, outcome, "backup", backup_id, tuple(fields.items()))]
        )
        self._scribe.flush(_EVENT_SECONDS)


def described(row: Row) -> dict[str, object]:
    """Make the metadata of a backup from its row."""
    backup_id, status, file, checksum, size, created_at, rows = row
    at = moment(created_at)
    return {
        "backup_id": backup_id,
        "status": status,
        "file": file,
        "checksum": checksum,
        "bytes": None if size is None else int(size),
        "created_at": None if at is None else stamp(at),
        "rows": None if rows is None else int(rows),
    }


def sha256(descriptor: int) -> str:
    """Hash a whole file, from its start; the position is left at its end."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    digest = hashlib.sha256()
    while part := os.read(descriptor, 1 << 20):
        digest.update(part)
    return digest.hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)
