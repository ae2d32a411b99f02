"""The command line of the node."""

import argparse
import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from haproof.node.decide import Limits
from haproof.node.hosts import hosts

_NODE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_MAX_TOKEN_BYTES = 4096


class BadArguments(Exception):
    """The command line cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the node was started with; durations in seconds."""

    limits: Limits
    host: str
    port: int
    dsn: str
    token: bytes
    backup_dir: Path
    poll_s: float
    log_file: Path | None

    @property
    def node_id(self) -> str:
        """The name of this node in rows, events and answers."""
        return self.limits.node_id


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadArguments(message)


def parse(argv: Sequence[str]) -> Settings:
    """Read the command line; raises `BadArguments` with what is wrong and where."""
    given = _parser().parse_args(argv)
    if not _NODE_ID.fullmatch(given.node_id):
        raise BadArguments("--node-id must be 1 to 40 letters, digits, dots, dashes or underscores")
    host, port = _address(given.listen, given.allow_remote)
    if given.lag_critical_ms < given.lag_warning_ms:
        raise BadArguments("--lag-critical-ms must not be below --lag-warning-ms")
    limits = Limits(
        node_id=given.node_id,
        maintenance=given.maintenance,
        min_sync_replicas=given.min_sync_replicas,
        lag_warning_ms=given.lag_warning_ms,
        lag_critical_ms=given.lag_critical_ms,
        lock_bound_s=given.lock_bound_ms / 1000,
    )
    return Settings(
        limits=limits,
        host=host,
        port=port,
        dsn=_dsn(given.dsn),
        token=_token(given.token_file),
        backup_dir=_folder(given.backup_dir),
        poll_s=given.poll_ms / 1000,
        log_file=given.log,
    )


def _parser() -> _Parser:
    parser = _Parser(prog="python -m haproof.node", description="One node of the reference control plane.")
    add = parser.add_argument
    add("--node-id", required=True, metavar="ID", help="the node's name in rows, events and answers")
    add("--listen", required=True, metavar="HOST:PORT", help="where to answer HTTP")
    add("--allow-remote", action="store_true", help="permit a --listen that is not loopback")
    add("--dsn", required=True, help="PostgreSQL, without a password (PGPASSFILE)")
    add("--token-file", required=True, type=Path, metavar="FILE", help="the token that operators carry")
    add("--backup-dir", required=True, type=Path, metavar="DIR", help="where backups are kept")
    add("--maintenance", action="store_true", help="do not campaign; permit a restore")
    add("--min-sync-replicas", type=_whole(0, 100), default=0, metavar="N")
    add("--poll-ms", type=_whole(10, 60_000), default=200, metavar="MS", help="quorum poll (200)")
    add("--lock-bound-ms", type=_whole(100, 60_000), default=1000, metavar="MS", help="a hung leader's time")
    add("--lag-warning-ms", type=_whole(0, 86_400_000), default=1000, metavar="MS")
    add("--lag-critical-ms", type=_whole(0, 86_400_000), default=10_000, metavar="MS")
    add("--log", type=Path, metavar="FILE", help="append one line an event (-: stderr)")
    return parser


def _whole(least: int, most: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return convert


def _address(listen: str, allow_remote: bool) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port, re.ASCII) or not 1 <= int(port) <= 65535:
        raise BadArguments(f"--listen {listen!r} is not HOST:PORT with a port from 1 to 65535")
    if host == "localhost":
        host = "127.0.0.1"
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise BadArguments(f"--listen {listen!r} needs an IP address or localhost") from None
    if not loopback and not allow_remote:
        raise BadArguments(
            f"--listen {listen!r} is not a loopback address; add --allow-remote if it is meant"
        )
    return host, int(port)


def _dsn(text: str) -> str:
    try:
        parts = conninfo_to_dict(text)
    except ProgrammingError:
        raise BadArguments("--dsn is not a PostgreSQL connection string") from None
    if parts.get("password"):
        raise BadArguments("--dsn must not carry a password; put it into a file and set PGPASSFILE")
    try:
        hosts(text)
    except ValueError as fault:
        raise BadArguments(f"--dsn {fault}") from None
    return text


def _token(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            token = stream.read(_MAX_TOKEN_BYTES + 1).strip()
    except OSError as error:
        raise BadArguments(f"--token-file {file}: {error.strerror}") from None
    if not token or len(token) > _MAX_TOKEN_BYTES or not token.isascii() or not token.decode().isprintable():
        raise BadArguments(
            f"--token-file {file} must hold one line of 1 to {_MAX_TOKEN_BYTES} ASCII characters"
        )
    return token


def _folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadArguments(f"--backup-dir {folder}: {error.strerror}") from None
    return folder.resolve()
