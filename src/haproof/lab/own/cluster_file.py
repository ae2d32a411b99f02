"""Reading the target file of somebody's own cluster: strictly, before anything is touched."""

import re
import shutil
from pathlib import Path
from typing import Any

from haproof.errors import UsageError
from haproof.lab.faults.catalogue import EVERYBODY, FAULTS
from haproof.lab.own.described import DEEDS, READINGS, SWITCHES, Member, OwnTarget, OwnTiming
from haproof.lab.systems.managed import FAILS_OVER, REFUSES, SERVES
from haproof.lab.target import PLACEHOLDER, fill
from haproof.lab.toml_keys import (
    NO_NAMES,
    Fault,
    argv_at,
    line_at,
    only_known,
    read_table,
    required_text,
    table_at,
    text_at,
)

KEYS = {"kind", "name", "version", "version_command", "database", "cluster", "commands", "expected", "timing"}
MODES = ("sync", "async")
OUTCOMES = (FAILS_OVER, SERVES, REFUSES)
PLACES = frozenset(("member", "host", "port", "target_dir", "python"))
BREAKING = PLACES | {"others", "seconds"}
MEMBER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
HOST = re.compile(r"[^\s,'\"\\=]+")
LEAST_MEMBERS, MOST_MEMBERS = 2, 9
USUAL_PORT = 5432
SUFFIX = "_test"
LABS_OWN = (
    "hostaddr",
    "options",
    "target_session_attrs",
    "load_balance_hosts",
    "service",
    "application_name",
)
"""Words of a connection string that only the lab may say."""

LEAST_HOLD_S = 10.0
"""Whether a cluster serves is asked over the last 5 s of a hold."""


def load_cluster(path: Path) -> OwnTarget:
    """Read and validate such a file. Raises UsageError with the key at fault."""
    table = read_table(path)
    try:
        return parse_cluster(table, path.resolve())
    except Fault as fault:
        raise UsageError(f"target file {path}: {fault}") from None


def parse_cluster(table: dict[str, Any], path: Path) -> OwnTarget:
    """A target from its table. Raises Fault."""
    only_known(table, "", KEYS)
    cluster = table_at(table, "cluster", "")
    only_known(cluster, "cluster", {"dsn", "local_dsn", "members", "replication", "exec", "quote"})
    if cluster.get("replication", "streaming") != "streaming":
        raise Fault("cluster.replication", "must be 'streaming': the lab knows no other")
    words = _dsn(cluster, str(path.parent))
    port = words.pop("port", "{port}")
    target = OwnTarget(
        name=_name(table),
        path=path,
        members=_members(cluster, _port(port)),
        conninfo=_conninfo(words),
        database=words["dbname"],
        version=text_at(table, "version", "", NO_NAMES),
        version_command=argv_at(table, "version_command", "", PLACES),
        database_line=line_at(table, "database"),
        quote=_quote(cluster),
        local_dsn=_local_dsn(cluster, words["dbname"]),
        commands=_commands(table_at(table, "commands", "")),
        expected=_expected(table_at(table, "expected", "")),
        timing=_timing(table_at(table, "timing", "")),
    )
    if (target.version is None) == (target.version_command is None):
        raise Fault("version", "give either version or version_command")
    _programs_exist(target)
    return target


def _name(table: dict[str, Any]) -> str:
    required_text(table, "name", "")
    return line_at(table, "name") or ""


def _dsn(cluster: dict[str, Any], folder: str) -> dict[str, str]:
    """The words of the connection string, its host left out. Raises Fault for one that must not be used."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    place, usual = "cluster.dsn", "host={hosts} port={port} dbname=NAME_test user=haproof"
    dsn = required_text_with(cluster, "dsn", "cluster", frozenset(("hosts", "port", "target_dir")))
    if "://" in dsn:
        raise Fault(place, f"write it with keywords: {usual}")
    try:
        words = {key: str(value) for key, value in conninfo_to_dict(dsn).items()}
    except ProgrammingError as fault:
        raise Fault(place, f"is no connection string: {str(fault).strip()}") from None
    for word in LABS_OWN:
        if word in words:
            raise Fault(place, f"{word} is the lab's own to say: leave it out")
    if words.pop("host", None) != "{hosts}":
        raise Fault(place, f"must say host={{hosts}}: the lab asks every member by itself ({usual})")
    database = words.get("dbname", "")
    if not database.endswith(SUFFIX) or PLACEHOLDER.search(database):
        raise Fault(
            place,
            f"the database {database!r} does not end in {SUFFIX}: the lab writes to no other "
            f"(create database haproof{SUFFIX})",
        )
    return {key: fill(value, {"target_dir": folder}) for key, value in words.items()}


def required_text_with(table: dict[str, Any], key: str, place: str, names: frozenset[str]) -> str:
    """A template that cannot be left out."""
    value = text_at(table, key, place, names)
    if value is None:
        raise Fault(f"{place}.{key}", "is missing")
    return value


def _local_dsn(cluster: dict[str, Any], database: str) -> str | None:
    """The connection string of a writer on a member's own host."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    dsn = text_at(cluster, "local_dsn", "cluster", frozenset(("member", "host", "port")))
    if dsn is None:
        return None
    try:
        there = conninfo_to_dict(PLACEHOLDER.sub("1", dsn)).get("dbname")
    except ProgrammingError as fault:
        raise Fault("cluster.local_dsn", f"is no connection string: {str(fault).strip()}") from None
    if there != database:
        raise Fault("cluster.local_dsn", f"must name the same database: dbname={database}")
    return dsn


def _port(word: str) -> int:
    if word == "{port}":
        return USUAL_PORT
    if not word.isascii() or not word.isdecimal() or not 0 < int(word) < 65_536:
        raise Fault("cluster.dsn", "port must be {port} or one port's number")
    return int(word)


def _conninfo(words: dict[str, str]) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo("", **words)


def _members(cluster: dict[str, Any], port: int) -> tuple[Member, ...]:
    place, usual = "cluster.members", '[{ name = "pg1", host = "10.0.0.11", exec = ["ssh", "db1", "--"] }, …]'
    given = cluster.get("members")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Fault(place, f"must be an array of tables: {usual}")
    if not LEAST_MEMBERS <= len(given) <= MOST_MEMBERS:
        raise Fault(place, f"must be {LEAST_MEMBERS} to {MOST_MEMBERS}: all servers of the cluster")
    common = _exec(cluster, "cluster") or ()
    members = tuple(_member(one, f"{place}[{index}]", port, common) for index, one in enumerate(given))
    for what, values in (
        ("name", [member.name for member in members]),
        ("host and port", [f"{member.host}:{member.port}" for member in members]),
    ):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise Fault(place, f"the {what} {twice} is given twice")
    return members


def _member(table: dict[str, Any], place: str, port: int, common: tuple[str, ...]) -> Member:
    only_known(table, place, {"name", "host", "port", "exec"})
    name, host = required_text(table, "name", place), required_text(table, "host", place)
    if not MEMBER_NAME.fullmatch(name):
        raise Fault(f"{place}.name", "must be of letters, digits, '.', '_' and '-'")
    if not HOST.fullmatch(host):
        raise Fault(f"{place}.host", "must be one address or host name")
    given = table.get("port", port)
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < 65_536:
        raise Fault(f"{place}.port", "must be a port's number")
    own = _exec(table, place)
    return Member(name, host, given, common if own is None else own)


def _exec(table: dict[str, Any], place: str) -> tuple[str, ...] | None:
    """The words in front of every command; an empty array is a command of the lab's own machine."""
    return () if table.get("exec") == [] else argv_at(table, "exec", place, PLACES)


def _quote(cluster: dict[str, Any]) -> bool | None:
    value = cluster.get("quote")
    if value is not None and not isinstance(value, bool):
        raise Fault(
            "cluster.quote", "must be true (a shell takes the words apart again, as ssh does) or false"
        )
    return value


def _commands(table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    breaking = {deed.does: deed for deed in DEEDS.values()}
    undoing = {deed.undoes for deed in DEEDS.values() if deed.undoes is not None}
    only_known(table, "commands", {*breaking, *undoing, *SWITCHES, *READINGS})
    found: dict[str, tuple[str, ...]] = {}
    for name in table:
        argv = argv_at(table, name, "commands", BREAKING if name in breaking else PLACES | {"others"})
        found[name] = argv or ()
    for name, deed in breaking.items():
        if name in found and deed.undoes is not None and deed.undoes not in found:
            raise Fault(f"commands.{name}", f"needs the command {deed.undoes}, which undoes it")
        if name in found and deed.timed and not any("{seconds}" in word for word in found[name]):
            raise Fault(
                f"commands.{name}",
                "must undo itself after {seconds}: the lab may not reach a host that is cut off",
            )
    for name, other in (SWITCHES, SWITCHES[::-1]):
        if name in found and other not in found:
            raise Fault(f"commands.{name}", f"needs the command {other}, so that the lab can put it back")
    return found


def _expected(table: dict[str, Any]) -> dict[str, dict[str, str]]:
    found = {}
    for fault, value in table.items():
        place = f"expected.{fault}"
        if fault not in FAULTS:
            raise Fault(place, f"is no fault; known are {', '.join(FAULTS)}")
        if fault in EVERYBODY:
            raise Fault(place, f"after {fault} every cluster must fail over: leave it out")
        by_mode = value if isinstance(value, dict) else dict.fromkeys(MODES, value)
        only_known(by_mode, place, set(MODES))
        for mode, outcome in by_mode.items():
            if outcome not in OUTCOMES:
                where = f"{place}.{mode}" if isinstance(value, dict) else place
                raise Fault(where, f"must be one of {', '.join(map(repr, OUTCOMES))}")
        found[fault] = by_mode
    return found


def _timing(table: dict[str, Any]) -> OwnTiming:
    only_known(table, "timing", set(OwnTiming.__dataclass_fields__))
    for key, value in table.items():
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 3_600:
            raise Fault(f"timing.{key}", "must be a number of seconds above 0")
    timing = OwnTiming(**table)
    if timing.hold_s < LEAST_HOLD_S:
        raise Fault(
            "timing.hold_s", f"must be at least {LEAST_HOLD_S:g}: longer than the manager's own times"
        )
    if timing.hold_s > timing.trial_s:
        raise Fault("timing.hold_s", f"must not be above trial_s ({timing.trial_s:g})")
    return timing


def _programs_exist(target: OwnTarget) -> None:
    """What runs on this machine must be there; what runs on a member is asked there."""
    commands = {**target.commands, "version_command": target.version_command or ()}
    for number, member in enumerate(target.members):
        argvs = {f"cluster.members[{number}].exec": member.exec} if member.exec else commands
        for place, argv in argvs.items():
            program = fill(argv[0], target.constants) if argv else ""
            if program and not PLACEHOLDER.search(program) and shutil.which(program) is None:
                where = place if member.exec or place == "version_command" else f"commands.{place}"
                raise Fault(where, f"there is no program {program!r}")
