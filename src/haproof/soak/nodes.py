"""A control plane under soak: nodes known by a target file and their URLs, writing to one PostgreSQL."""

import time
from collections.abc import Iterable
from pathlib import Path

import psycopg

from haproof.errors import UsageError
from haproof.lab.client import Client
from haproof.lab.target import REFERENCE, Target
from haproof.lab.target_file import load_target
from haproof.lab.writes import Row, judged
from haproof.named_file import NotAFile, read_named
from haproof.soak.database import Database, run_command, stored_rows
from haproof.soak.session import Session, said, settled, since_ms
from haproof.soak.system import Identity, Probed

OPERATOR = "haproof-soak"
MOST_TOKEN_BYTES = 4096
NAME_TOKEN = "name the file that holds the nodes' token (--token-file)"
FAILOVER_SECONDS = 30.0


class Nodes:
    """Protected writes over HTTP to whoever leads; rows are read back straight from PostgreSQL."""

    def __init__(
        self, file: str, urls: list[str], token_file: str, dsn: str, soak: str, failover_command: list[str]
    ) -> None:
        self._target = load_target(REFERENCE if file == "reference" else Path(file))
        self._refuse_what_cannot_be_probed()
        names = self._target.constants | {"operator": OPERATOR, "dsn": dsn, "token": _token(token_file)}
        self._clients = [Client(self._target, url.rstrip("/"), names | {"url": url}) for url in urls]
        self._database = Database(dsn, soak, [])
        self._session = Session(settled(dsn))
        self._soak = soak
        self._command = failover_command
        self._rows = f"({self._target.sql.protected_rows}) as r(id, payload, epoch)"

    def _refuse_what_cannot_be_probed(self) -> None:
        target: Target = self._target
        lacking = target.lacks("api.protected_write", "sql.protected_rows")
        if lacking:
            raise UsageError(
                f"{target.name} offers no {' and no '.join(lacking)} in its target file: a soak writes "
                "over the one and reads by the other; without them observe its database with --dsn alone"
            )

    def identity(self) -> Identity:
        """The target's name; the rest is its database's. Raises Unreachable."""
        below = self._database.identity()
        return Identity(self._target.name, below.cluster_id, below.version, below.database)

    def set_up(self) -> None:
        """Nothing is made: the rows are the target's own. Raises UsageError where none is accepted now."""
        probed = self.probe(0, None, 10.0)
        if not probed.ok:
            raise UsageError(f"{self._target.name} takes no protected write: {probed.why}")

    def probe(self, row: int, previous: int | None, seconds: float) -> Probed:
        """One protected write to the node that led last, else to the others; then the rows, by SQL."""
        started_s, why = time.monotonic(), "no node answered"
        sent = Row(self._id(row), self._payload(row))
        for client in list(self._clients):
            left_s = seconds - (time.monotonic() - started_s)
            if left_s <= 0:
                break
            limit_s = min(left_s, client.answer_seconds)
            answer = client.call("protected_write", limit_s, id=sent.id, payload=sent.payload)
            write = judged(sent, client.url, answer, limit_s * 1000)
            if write.outcome == "acknowledged":
                self._clients.sort(key=lambda one: one is not client)
                return self._read_back(row, previous, seconds, started_s, f"{write.by}/{write.epoch}")
            why = f"{client.url} {write.invalid or write.said}"[:200]
        return Probed(False, since_ms(started_s), why=why)

    def _read_back(
        self, row: int, previous: int | None, seconds: float, started_s: float, server: str
    ) -> Probed:
        wanted = [self._id(one) for one in (previous, row) if one is not None]
        try:
            with self._session.limit(seconds):
                found, _ = self._session.ask(
                    f"select count(*) from {self._rows} where r.id::text = any(%s)", wanted
                )
        except (psycopg.Error, OSError) as fault:
            return Probed(False, since_ms(started_s), True, server, said(fault))
        there = found[0][0] == len(wanted)
        why = None if there else "an acknowledged row could not be read back"
        return Probed(there, since_ms(started_s), True, server, why)

    def rows(self) -> Iterable[int]:
        """Every row of this soak with its payload. Raises Unreachable."""
        start = len(self._id(0))
        return stored_rows(
            self._session,
            f"select substr(r.id::text, {start}) from {self._rows} "
            f"where r.id::text like '{self._prefix}%' "
            f"and r.payload::text = '{self._soak}:' || substr(r.id::text, {start})",
        )

    def fail_over(self) -> str | None:
        """The operator's command, else the leader is asked to resign."""
        if self._command:
            return run_command(self._command)
        if self._target.operations["failover"] is None:
            return f"{self._target.name} offers no planned failover"
        leader = self._clients[0]
        answer = leader.call("failover", FAILOVER_SECONDS)
        return None if answer.ok else f"{leader.url} answered {answer.status}: {answer.quoted_body()}"[:200]

    def close(self) -> None:
        """Drop the connections."""
        self._session.close()
        self._database.close()

    @property
    def _prefix(self) -> str:
        return f"soak-{self._soak}-"

    def _id(self, row: int) -> str:
        return f"{self._prefix}{row}"

    def _payload(self, row: int) -> str:
        return f"{self._soak}:{row}"


def _token(path: str) -> str:
    if not path:
        return ""
    try:
        return read_named(path, MOST_TOKEN_BYTES).content.decode("utf-8").strip()
    except NotAFile as fault:
        raise UsageError(f"the token file {path} is {fault.so(NAME_TOKEN)}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the token file {path} is not UTF-8 text: {NAME_TOKEN}") from None
