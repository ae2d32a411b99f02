"""Operate a control-plane node over its HTTP contract: status, failover, split-brain, backups, audit.

Exit status: 0 done, 1 refused by the node (its sentence is shown), 2 usage, 7 node not reachable.
"""

import argparse
import http.client
import json
import os
import re
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from haproof.cli.parser import one_of
from haproof.errors import HaproofError, UsageError
from haproof.named_file import NotAFile, read_named
from haproof.render.visible import json_escaped, visible

_SECONDS = 15.0
_BACKUP_SECONDS = 660.0
_MOST_BYTES = 16 << 20
_MOST_TOKEN_BYTES = 4096
_PLAIN = re.compile(r"[!-~]*")
"""ASCII without spaces: all that the head of a request may hold."""
_NAME_TOKEN = "name the file that holds the node's token (--token-file, HAPROOF_TOKEN_FILE)"

Reply = tuple[int, dict[str, Any]]


class Refused(HaproofError):
    """The node answered, and said no."""

    exit_status = 1


class NodeUnreachable(HaproofError):
    """No node answered at the URL, or what answered is not one."""

    exit_status = 7


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the operations and the options that each of them has."""
    _add_options(parser)
    operations = parser.add_subparsers(dest="operation", metavar="OPERATION", required=True)

    _leaf(operations, "status", "everything the node knows about itself", "GET", "/v1/ha/status")

    failover = _group(operations, "failover", "make the leader resign")
    _leaf(failover, "trigger", "the leader resigns, the next in line leads", "POST", "/v1/ha/failover")

    quorum = _group(operations, "quorum", "whether PostgreSQL and its standbys are there")
    _leaf(quorum, "status", "quorum health and write block", "GET", "/v1/health/quorum")

    split_brain = _group(operations, "split-brain", "compare a leader's claim with what is durable")
    _leaf(split_brain, "detect", "the risk, read only", "GET", "/v1/ha/split-brain")
    recover = _leaf(split_brain, "recover", "begin a new epoch", "POST", "/v1/ha/split-brain/recover")
    recover.add_argument("--strategy", required=True, help="promote-leader acts; manual-reconcile only plans")
    recover.add_argument("--force", action="store_true", help="even though the risk is none")

    backup = _group(operations, "backup", "backups of the schema app")
    _leaf(backup, "create", "back up, print id, size and SHA-256", "POST", "/v1/ha/backups")
    _leaf(backup, "list", "what was backed up", "GET", "/v1/ha/backups")
    restore = _leaf(backup, "restore", "put the schema app back", "POST", "/v1/ha/backups/{id}/restore")
    restore.add_argument("backup_id", metavar="ID", help="as `backup list` shows it")
    restore.add_argument("--confirm", action="store_true", help="yes, replace what is there now")

    audit = _group(operations, "audit", "the audit records")
    query = _leaf(audit, "query", "list them, oldest first", "GET", "/v1/audit/events")
    query.add_argument("--event-type", metavar="NAME", help="only this event, such as ha.leader.elected")


def run(args: argparse.Namespace) -> int:
    """Ask the node and show its answer. Raises `Refused`, `NodeUnreachable` or `UsageError`."""
    _require_text(args)
    path = args.path.format(id=quote(getattr(args, "backup_id", ""), safe=""))
    if getattr(args, "event_type", None) is not None:
        path += "?" + urlencode({"event_type": args.event_type})
    headers: dict[str, bytes] = {}
    body = None
    if args.method == "POST":
        headers = _credentials(args)
        body = json.dumps(_body(args)).encode()
    seconds = _BACKUP_SECONDS if "/backups" in path and body is not None else _SECONDS
    status, answer = _ask(_url(args), args.method, path, headers, body, seconds)
    as_json = getattr(args, "output", "text") == "json"
    if status < 300:
        sys.stdout.write(_json(answer) if as_json else _text(answer))
        return 0
    if as_json:
        sys.stdout.write(_json(answer))
        sys.stdout.flush()
    holder = f" (holder: {answer['holder_id']})" if answer.get("holder_id") else ""
    raise Refused(f"the node refused ({status}): {answer['error']}{holder}")


def _add_options(parser: argparse.ArgumentParser) -> None:
    """The options of every operation; before or after its name, and the last one counts."""
    add = parser.add_argument
    nothing = argparse.SUPPRESS
    add("--url", default=nothing, help="where the node answers (HAPROOF_URL)")
    add("--token-file", default=nothing, metavar="FILE", help="the node's token (HAPROOF_TOKEN_FILE)")
    add("--operator", default=nothing, metavar="NAME", help="who is asking (HAPROOF_OPERATOR)")
    add("--reason", default=nothing, metavar="TEXT", help="why, for the audit record")
    add(
        "--output",
        default=nothing,
        type=one_of(("text", "json")),
        metavar="FORMAT",
        help="text (default) or json",
    )


def _group(operations: Any, name: str, purpose: str) -> Any:
    parser = operations.add_parser(name, help=purpose, description=purpose)
    return parser.add_subparsers(dest="action", metavar="ACTION", required=True)


def _leaf(operations: Any, name: str, purpose: str, method: str, path: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = operations.add_parser(name, help=purpose, description=purpose)
    _add_options(parser)
    parser.set_defaults(method=method, path=path)
    return parser


def _option(args: argparse.Namespace, name: str, variable: str) -> str:
    """An option, else its environment variable; raises UsageError when there is neither."""
    value = getattr(args, name, None) or os.environ.get(variable)
    if not value:
        raise UsageError(f"--{name.replace('_', '-')} is missing, and {variable} is not set")
    return str(value)


def _require_text(args: argparse.Namespace) -> None:
    """Raise UsageError where an argument holds bytes that are no text: they cannot be sent."""
    words = {"backup_id": "ID", "event_type": "--event-type", "reason": "--reason", "strategy": "--strategy"}
    for name, called in words.items():
        try:
            str(getattr(args, name, "")).encode()
        except UnicodeEncodeError:
            raise UsageError(f"{called} is not UTF-8: give it in characters") from None


def _url(args: argparse.Namespace) -> str:
    url = _option(args, "url", "HAPROOF_URL")
    if not _usable(url):
        raise UsageError(f"{url} is not a URL such as http://127.0.0.1:8441")
    return url.rstrip("/")


def _usable(url: str) -> bool:
    """Whether a request can be sent there: a host that can be looked up, a path that needs no encoding."""
    try:
        parts = urlsplit(url)
        port = 1 if parts.port is None else parts.port
        host = (parts.hostname or "").encode("idna")  # raises where a part of it is empty or too long
    except ValueError:
        return False
    plain = _PLAIN.fullmatch(parts.path) and _PLAIN.fullmatch(host.decode("ascii"))
    return bool(parts.scheme in ("http", "https") and host and port > 0 and plain)


def _credentials(args: argparse.Namespace) -> dict[str, bytes]:
    file = _option(args, "token_file", "HAPROOF_TOKEN_FILE")
    try:
        token = read_named(file, _MOST_TOKEN_BYTES).content.strip()
    except NotAFile as fault:
        raise UsageError(f"the token file {file} is {fault.so(_NAME_TOKEN)}") from None
    if not token.isascii() or not token.decode().isprintable():
        raise UsageError(f"the token file {file} does not hold one line of ASCII characters: {_NAME_TOKEN}")
    operator = _option(args, "operator", "HAPROOF_OPERATOR")
    if not operator.isprintable():
        raise UsageError("--operator must be printable")
    return {"Authorization": b"Bearer " + token, "X-Operator": operator.encode()}


def _body(args: argparse.Namespace) -> dict[str, object]:
    """The fields of the request that were given."""
    body: dict[str, object] = {}
    if getattr(args, "reason", None):
        body["reason"] = args.reason
    if hasattr(args, "strategy"):
        operator = _option(args, "operator", "HAPROOF_OPERATOR")
        body |= {"strategy": args.strategy, "operator": operator, "force": args.force}
    if hasattr(args, "confirm"):
        body["confirm"] = args.confirm
    return body


class _Final(http.client.HTTPResponse):
    """An answer; informational ones before it (103 Early Hints, which a proxy may send) are passed over."""

    def begin(self) -> None:
        super().begin()
        while 100 <= self.status < 200:
            # The library reads a head only where there is none yet.
            self.headers = None  # type: ignore[assignment]
            super().begin()


def _ask(
    url: str, method: str, path: str, headers: Mapping[str, bytes], body: bytes | None, seconds: float
) -> Reply:
    """Send one request; gives the status and the object that the node answered."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(str(parts.hostname), parts.port, timeout=seconds)
    connection.response_class = _Final
    try:
        connection.request(method, parts.path + path, body, dict(headers))
        answer = connection.getresponse()
        data = answer.read(_MOST_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
        raise NodeUnreachable(f"no node answered at {url}: {why}") from None
    finally:
        connection.close()
    found = _object(data)
    if found is None or (answer.status >= 300 and not isinstance(found.get("error"), str)):
        raise NodeUnreachable(f"what answered at {url} (status {answer.status}) is not a control-plane node")
    return answer.status, found


def _object(data: bytes) -> dict[str, Any] | None:
    if len(data) > _MOST_BYTES:
        return None
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _json(answer: dict[str, Any]) -> str:
    return json_escaped(json.dumps(answer, indent=2, ensure_ascii=False)) + "\n"


def _text(answer: dict[str, Any], prefix: str = "") -> str:
    """One line a value; a list of records is a table."""
    lines = ""
    for name, value in answer.items():
        name = visible(prefix + name)
        if isinstance(value, dict) and value:
            lines += _text(value, f"{name}.")
        elif isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            lines += f"{name}:\n{_table(value)}"
        else:
            lines += f"{name}: {_word(value)}\n"
    return lines


def _table(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[visible(name) for name in names]]
    cells += [[_word(row.get(name)) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "".join("  " + "  ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in cells)


def _word(value: object) -> str:
    """A value as one word or sentence that cannot lie on a terminal."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return visible(value)
    return visible(json.dumps(value, ensure_ascii=False))
