"""A session of the lab's own that reads single rows at once, past the system under test."""

from dataclasses import dataclass
from typing import Any

import psycopg

from haproof.lab.ground import ADMIN
from haproof.lab.postgres import Server, Session

READ_MS = 1_000
"""A read that takes longer is one that PostgreSQL did not answer."""


@dataclass(frozen=True)
class Found:
    """What PostgreSQL answered: the payload that it holds for an id; None where it holds no such row."""

    payload: Any


class ReadBack:
    """Reads rows of `[sql] protected_rows` by their id; the session stays open. Used by one thread."""

    def __init__(self, server: Server, protected_rows: str) -> None:
        self._server = server
        inner = protected_rows.strip().rstrip(";").replace("%", "%%")
        self._statement = f"select payload from ({inner}) as stored (id, payload) where id = %s".encode()
        self._session: Session | None = None

    def row(self, row_id: str) -> Found | None:
        """The row of an id; None where PostgreSQL did not answer."""
        try:
            if self._session is None:
                self._session = self._server.connect(ADMIN, options=f"-c statement_timeout={READ_MS}")
            found = self._session.execute(self._statement, (row_id,), prepare=True).fetchone()
        except psycopg.Error:
            self.close()
            return None
        return Found(found[0] if found else None)

    def close(self) -> None:
        """Close the session, if there is one."""
        if self._session is not None:
            self._session.close()
            self._session = None
