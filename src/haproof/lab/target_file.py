"""Reading a target file: strictly, before anything starts, and with one sentence for each fault."""

import math
import os
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from haproof.errors import UsageError
from haproof.lab.contract import (
    BODY_NAMES,
    CLI_NAMES,
    CLUSTER_NAMES,
    FIELDS,
    HEADERS,
    OPERATIONS,
    PROCESS_NAMES,
    ROW_NAMES,
    Operation,
)
from haproof.lab.target import PLACEHOLDER, Cli, NodeTemplate, OnCluster, Sql, Target, Timing, fill
from haproof.lab.toml_keys import (
    NO_NAMES,
    Fault,
    argv_at,
    line_at,
    only_known,
    only_names,
    read_table,
    required_text,
    table_at,
    text_at,
)

KEYS = {
    "kind",
    "name",
    "version",
    "version_command",
    "cluster",
    "database",
    "timing",
    "node",
    "on_cluster",
    "api",
    "cli",
    "sql",
}
KIND = "control-plane"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VARIABLE_NAME = re.compile(r"[^=]+")
PATH = re.compile(r"/[!-~]*")
QUOTED_NAME = re.compile(r"'\{(?:id|payload)\}'")
TABLE_NAME = re.compile(r"[^\s.\"']+(\.[^\s.\"']+)?")
POINTER = re.compile(r"(/([^~]|~[01])*)+")


def load_target(path: Path, folder: Path | None = None) -> Target:
    """Read and validate a target file. Raises UsageError with the key at fault. One with a `folder` is a copy
    of a file of that folder, which was validated where its programs are."""
    table = read_table(path)
    try:
        return parse_target(table, folder or path.resolve().parent, programs=folder is None)
    except Fault as fault:
        raise UsageError(f"target file {path}: {fault}") from None


def parse_target(table: dict[str, Any], folder: Path, programs: bool = True) -> Target:
    """A target from its table; `folder` is where `{target_dir}` points, and with `programs` each program must
    be there. Raises Fault."""
    only_known(table, "", KEYS)
    if table.get("kind", KIND) != KIND:
        raise Fault("kind", f"must be {KIND!r}, or 'database' for a PostgreSQL cluster")
    api = table_at(table, "api", "")
    only_known(api, "api", {"headers", "fields", *OPERATIONS})
    target = Target(
        name=required_text(table, "name", ""),
        folder=folder,
        version=text_at(table, "version", "", NO_NAMES),
        version_command=argv_at(table, "version_command", "", PROCESS_NAMES),
        cluster=line_at(table, "cluster"),
        database=line_at(table, "database"),
        timing=_timing(table_at(table, "timing", "")),
        node=_node(table_at(table, "node", "")),
        on_cluster=_on_cluster(table_at(table, "on_cluster", "")),
        headers={
            **HEADERS,
            **_named(_texts(api, "headers", "api", PROCESS_NAMES), "api.headers", HEADER_NAME),
        },
        operations={name: _operation(api, name) for name in OPERATIONS},
        fields=_pointers(api),
        cli=_cli(table_at(table, "cli", "")),
        sql=_sql(table_at(table, "sql", "")),
    )
    if (target.version is None) == (target.version_command is None):
        raise Fault("version", "give either version or version_command")
    if programs:
        _programs_exist(target)
    return target


def _node(table: dict[str, Any]) -> NodeTemplate:
    only_known(table, "node", {"start", "maintenance", "env", "url", "ready"})
    start = argv_at(table, "start", "node", PROCESS_NAMES)
    if start is None:
        raise Fault("node.start", "the command line that starts a node is missing")
    default = NodeTemplate(start)
    maintenance = argv_at(table, "maintenance", "node", PROCESS_NAMES)
    env = _named(_texts(table, "env", "node", PROCESS_NAMES), "node.env", VARIABLE_NAME)
    url = _url(text_at(table, "url", "node", PROCESS_NAMES - {"url"}) or default.url, "node.url")
    ready = text_at(table, "ready", "node", PROCESS_NAMES) or default.ready
    return NodeTemplate(start, maintenance, env, url, _path(ready, "node.ready"))


def _on_cluster(table: dict[str, Any]) -> OnCluster:
    only_known(table, "on_cluster", {"start", "url"})
    url = text_at(table, "url", "on_cluster", CLUSTER_NAMES - {"url"}) or OnCluster.url
    return OnCluster(argv_at(table, "start", "on_cluster", CLUSTER_NAMES), _url(url, "on_cluster.url"))


def _url(url: str, place: str) -> str:
    if not url.startswith("http://"):
        raise Fault(place, "must begin with http:// (the lab speaks plain HTTP)")
    try:
        parts = urlsplit(PLACEHOLDER.sub("1", url))
        usable = bool(parts.hostname) and parts.port != 0 and PATH.fullmatch(f"/{parts.netloc}{parts.path}")
    except ValueError:
        usable = None
    if not usable:
        usual = (NodeTemplate if place.startswith("node") else OnCluster).url
        raise Fault(place, f"must be a URL such as {usual}")
    return url.rstrip("/")


def _path(path: str, place: str) -> str:
    if not path.startswith("/"):
        raise Fault(place, "must be a path that begins with /")
    if not PATH.fullmatch(path):
        raise Fault(place, "must not contain spaces or anything else that a path must percent-encode")
    return path


def _named(texts: dict[str, str], place: str, form: re.Pattern[str]) -> dict[str, str]:
    for name in texts:
        if not form.fullmatch(name):
            raise Fault(place, f"{name!a} cannot be a name here")
    return texts


def _timing(table: dict[str, Any]) -> Timing:
    only_known(table, "timing", set(Timing.__dataclass_fields__))
    values: dict[str, Any] = {}
    for key, value in table.items():
        whole = key.endswith("_ms")
        kind = int if whole else (int, float)
        if not isinstance(value, kind) or isinstance(value, bool) or not 0 < value <= 3_600_000:
            raise Fault(f"timing.{key}", f"must be a {'whole ' if whole else ''}number above 0")
        values[key] = value
    return Timing(**values)


def _operation(api: dict[str, Any], name: str) -> Operation | None:
    usual, place = OPERATIONS[name], f"api.{name}"
    given = api.get(name)
    if given is None:
        return usual
    if given is False:
        return None
    if not isinstance(given, dict):
        raise Fault(place, "must be a table with method, path and body, or false where there is none")
    only_known(given, place, {"method", "path", "body"})
    method = text_at(given, "method", place, NO_NAMES) or usual.method
    if method not in METHODS:
        raise Fault(f"{place}.method", f"must be one of {', '.join(METHODS)}")
    path = _path(text_at(given, "path", place, BODY_NAMES) or usual.path, f"{place}.path")
    body = given.get("body", usual.body)
    _body_names(body, f"{place}.body")
    return Operation(method, path, body)


def _body_names(body: Any, place: str) -> None:
    if isinstance(body, str):
        only_names(body, place, BODY_NAMES)
    elif isinstance(body, dict):
        for key, value in body.items():
            _body_names(value, f"{place}.{key}")
    elif isinstance(body, list):
        for index, value in enumerate(body):
            _body_names(value, f"{place}[{index}]")
    elif not isinstance(body, bool | int | float | None) or not math.isfinite(body or 0):
        raise Fault(place, "must be something that JSON can say")


def _pointers(api: dict[str, Any]) -> dict[str, str]:
    pointers = _texts(api, "fields", "api", NO_NAMES)
    for name, pointer in pointers.items():
        if name not in FIELDS:
            raise Fault(f"api.fields.{name}", "is no field of the HTTP contract")
        if not pointer.startswith("/"):
            raise Fault(f"api.fields.{name}", "must be a JSON Pointer, which begins with /")
        if not POINTER.fullmatch(pointer):
            raise Fault(f"api.fields.{name}", "must be a JSON Pointer, where ~ is written ~0 and / is ~1")
    return pointers


def _cli(table: dict[str, Any]) -> Cli:
    commands = ("backup_create", "backup_list", "backup_restore", "backup_restore_unconfirmed")
    only_known(table, "cli", {*commands, "checksum"})
    checksum = text_at(table, "checksum", "cli", None)
    if checksum is not None and not checksum.startswith("/"):
        try:
            groups = re.compile(checksum).groups
        except re.error as fault:
            raise Fault("cli.checksum", f"is no regular expression: {fault}") from None
        if groups != 1:
            raise Fault("cli.checksum", "must have exactly one group, which is the checksum")
    return Cli(
        backup_create=argv_at(table, "backup_create", "cli", CLI_NAMES),
        backup_list=argv_at(table, "backup_list", "cli", CLI_NAMES),
        backup_restore=argv_at(table, "backup_restore", "cli", CLI_NAMES),
        backup_restore_unconfirmed=argv_at(table, "backup_restore_unconfirmed", "cli", CLI_NAMES),
        checksum=checksum,
    )


def _sql(table: dict[str, Any]) -> Sql:
    names = set(Sql.__dataclass_fields__)
    only_known(table, "sql", names)
    texts = sorted(names - {"state_tables"})
    given = {name: text_at(table, name, "sql", None) for name in texts}
    row = given["write_row"]
    if row is not None:
        only_names(row, "sql.write_row", ROW_NAMES)
        missing = sorted(name for name in ROW_NAMES if f"{{{name}}}" not in row)
        if missing:
            raise Fault("sql.write_row", f"must contain {{{missing[0]}}}")
        if QUOTED_NAME.search(row):
            raise Fault("sql.write_row", "{id} and {payload} become parameters: write them without quotes")
    return Sql(**given, state_tables=_table_names(table))


def _table_names(table: dict[str, Any]) -> tuple[str, ...] | None:
    """`[sql] state_tables`: names as PostgreSQL writes them without quotes."""
    names = table.get("state_tables")
    if names is None:
        return None
    if not isinstance(names, list) or not names:
        raise Fault("sql.state_tables", 'must be an array of names, such as ["haproof_ha", "public.leases"]')
    for name in names:
        if not isinstance(name, str) or not TABLE_NAME.fullmatch(name):
            raise Fault("sql.state_tables", f"{name!r} is no name of a schema, and no SCHEMA.TABLE")
    return tuple(names)


def _programs_exist(target: Target) -> None:
    """Each program must be there before anything starts; one behind an unfilled template is not known yet."""
    commands = {
        "node.start": target.node.start,
        "node.maintenance": target.node.maintenance,
        "on_cluster.start": target.on_cluster.start,
        "version_command": target.version_command,
        "cli.backup_create": target.cli.backup_create,
        "cli.backup_list": target.cli.backup_list,
        "cli.backup_restore": target.cli.backup_restore,
        "cli.backup_restore_unconfirmed": target.cli.backup_restore_unconfirmed,
    }
    for place, argv in commands.items():
        program = fill(argv[0], target.constants) if argv else None
        if program and "/" in program and not os.path.isabs(program):
            raise Fault(place, f"the path of {program!r} must be absolute, or begin with {{target_dir}}/")
        if program and not PLACEHOLDER.search(program) and shutil.which(program) is None:
            raise Fault(place, f"there is no program {program!r}")


def _texts(table: dict[str, Any], key: str, place: str, names: frozenset[str]) -> dict[str, str]:
    inner, where = table_at(table, key, place), f"{place}.{key}"
    return {name: _required(inner, name, where, names) for name in inner}


def _required(table: dict[str, Any], key: str, place: str, names: frozenset[str]) -> str:
    value = table[key]
    if not isinstance(value, str) or any(character in value for character in "\0\r\n"):
        raise Fault(f"{place}.{key}", "must be a text on one line")
    only_names(value, f"{place}.{key}", names)
    return value
