"""Looks at somebody's own cluster before anything is touched: reads only, and refuses with one sentence.

What is asked: every member by SQL (who it is, whether the cluster is healthy, what the user may do), and
every member's host by a command that does nothing.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from haproof.errors import UsageError
from haproof.lab.own.described import SCHEMA, Member, OwnTarget
from haproof.lab.own.reach import Reach, run, shown
from haproof.lab.own.writers import obstacle
from haproof.lab.systems.members import CONNECT_SECONDS, Members
from haproof.lab.target import fill_all
from haproof.lab.trials.under_test import Sight

LEAST_VERSION = 140_000
ASK_SECONDS = 10.0

WHO = """
select current_database(), current_user::text, current_setting('server_version'),
       current_setting('server_version_num')::integer, pg_is_in_recovery(),
       (select system_identifier::text from pg_control_system()),
       pg_postmaster_start_time() || coalesce(' ' || inet_server_addr() || ':' || inet_server_port(), ''),
       pg_has_role(current_user, 'pg_read_all_stats', 'usage'),
       has_database_privilege(current_database(), 'create'),
       current_setting('synchronous_standby_names')
"""
EARLIER = """
select n.nspowner::regrole::text, (select count(*) from pg_stat_activity
        where application_name like 'haproof %%' and datname = current_database() and pid <> pg_backend_pid())
  from pg_namespace n where nspname = %s
"""


@dataclass(frozen=True)
class Server:
    """One member as it described itself."""

    member: str
    database: str
    user: str
    version: str
    version_number: int
    in_recovery: bool
    system_identifier: str
    incarnation: str
    """When it was started, and its own address: no two servers have both in common."""

    reads_all: bool
    may_create: bool
    synchronous_standby_names: str


@dataclass(frozen=True)
class Examined:
    """A cluster that can be put under test."""

    target: OwnTarget
    servers: tuple[Server, ...]
    primary: Server
    version: str


def member_dsn(target: OwnTarget, member: Member, **further: Any) -> str:
    """One member's connection string."""
    return make_conninfo(target.conninfo, host=member.host, port=str(member.port), **further)


def password(target: OwnTarget) -> tuple[str, ...]:
    """The password of the connection string, where it holds one: never to be shown."""
    found = conninfo_to_dict(target.conninfo).get("password")
    return (str(found),) if found else ()


def by_hand(target: OwnTarget, member: Member, statement: str) -> str:
    """The command line by which a person does the same, without the password."""
    words = {key: value for key, value in conninfo_to_dict(target.conninfo).items() if key != "password"}
    where = make_conninfo("", **{"host": member.host, "port": str(member.port)} | words)
    return shown(["psql", where, "-c", statement])


def examine(target: OwnTarget, mode: str) -> Examined:
    """Ask everything. Raises UsageError for whatever stands in the way."""
    with ThreadPoolExecutor(max_workers=len(target.members)) as pool:
        servers = tuple(pool.map(lambda member: _server(target, member), target.members))
        unreached = next(filter(None, pool.map(_probing(target), target.names)), None)
    for reason in (*_strange(target, servers), *_no_rights(target, servers), *_no_primary(target, servers)):
        raise UsageError(reason)
    if unreached is not None:
        raise UsageError(unreached)
    primary = next(server for server in servers if not server.in_recovery)
    _healthy(target)
    _writers(target, primary)
    _mode(target, primary, mode)
    _nobody_else(target, primary)
    return Examined(target, servers, primary, _version(target))


def _server(target: OwnTarget, member: Member) -> Server:
    try:
        with _connected(target, member) as session:
            row = session.execute(WHO).fetchone()
    except (psycopg.Error, OSError) as fault:
        said = " ".join(str(fault).split())
        raise UsageError(f"{member.name} ({member.host}:{member.port}) cannot be asked: {said}") from None
    return Server(member.name, *(row or ()))


def _connected(target: OwnTarget, member: Member) -> "psycopg.Connection[Any]":
    dsn = member_dsn(target, member, connect_timeout=CONNECT_SECONDS * 2)
    limit = f"-c statement_timeout={round(ASK_SECONDS * 1000)}"
    return psycopg.connect(
        dsn, autocommit=True, options=limit, application_name="haproof lab", client_encoding="utf8"
    )


def _probing(target: OwnTarget) -> Any:
    reach, seconds = Reach(target), target.timing.command_s
    return lambda name: reach.probe(name, seconds)


def _strange(target: OwnTarget, servers: Sequence[Server]) -> Iterator[str]:
    """Servers that are not those of one cluster."""
    first = servers[0]
    for server in servers:
        if server.database != target.database:
            yield f"{server.member} connects to the database {server.database!r}, not to {target.database!r}"
        if server.version_number < LEAST_VERSION:
            yield f"{server.member} is PostgreSQL {server.version}: the lab needs 14 or newer"
        if server.system_identifier != first.system_identifier:
            yield f"{server.member} and {first.member} are of two clusters: their system identifiers differ"
        same = next(
            (one for one in servers if one is not server and one.incarnation == server.incarnation), None
        )
        if same is not None:
            yield (
                f"{server.member} and {same.member} are the same server: give each member's own address, "
                "not that of a proxy"
            )


def _no_rights(target: OwnTarget, servers: Sequence[Server]) -> Iterator[str]:
    for server in servers:
        if not server.reads_all:
            yield (
                f"the user {server.user} cannot see the replication of {server.member}: "
                f"grant pg_monitor to {server.user}"
            )
        if not server.may_create:
            yield (
                f"the user {server.user} must not make a schema in the database {server.database}: "
                f"grant create on database {server.database} to {server.user}"
            )


def _no_primary(target: OwnTarget, servers: Sequence[Server]) -> Iterator[str]:
    writing = [server.member for server in servers if not server.in_recovery]
    if not writing:
        yield (
            f"the connection string reaches standbys only ({', '.join(target.names)}): name the primary, and "
            "every other member, under [cluster] members"
        )
    if len(writing) > 1:
        yield f"{' and '.join(writing)} both take writes: the lab begins with one primary only"


def _healthy(target: OwnTarget) -> None:
    members = Members({one.name: member_dsn(target, one) for one in target.members})
    try:
        sight = Sight(members.status(), len(target.members))
    finally:
        members.close()
    if sight.healthy is None:
        streaming = sum(one.streaming for one in sight.writable)
        raise UsageError(
            f"the cluster is not healthy: {sight.words()}; {streaming} stream from the primary: every member "
            "must be named under [cluster] members, and stream, before the cluster is put under test"
        )


def _mode(target: OwnTarget, primary: Server, mode: str) -> None:
    names = primary.synchronous_standby_names
    if "sync_on" in target.commands:
        return
    if mode == "sync" and not names:
        raise UsageError(
            f"--mode sync (the default), but {primary.member} waits for no standby "
            "(synchronous_standby_names is empty): give --mode async, or the commands sync_on and sync_off"
        )
    if mode == "async" and names:
        raise UsageError(
            f"--mode async, but commits on {primary.member} wait for {names}: give --mode sync, "
            "or the commands sync_on and sync_off"
        )


def _writers(target: OwnTarget, primary: Server) -> None:
    """A writer can work on every host, where one is wanted."""
    reach = Reach(target)
    with ThreadPoolExecutor(max_workers=len(target.members)) as pool:
        asked = pool.map(lambda name: obstacle(target, reach, name, primary.user), target.names)
        reason = next(filter(None, asked), None)
    if reason is not None:
        raise UsageError(reason)


def _nobody_else(target: OwnTarget, primary: Server) -> None:
    """One lab at a time: its schema is the mark of another one."""
    member = target.member(primary.member)
    with _connected(target, member) as session:
        row = session.execute(EARLIER, (SCHEMA,)).fetchone()
    if row is not None:
        raise UsageError(occupied(target, member, str(row[0]), int(row[1])))


def occupied(target: OwnTarget, member: Member, owner: str, sessions: int) -> str:
    """What to do about a schema that is there already."""
    found = f"the schema {SCHEMA} (owner {owner}) is already in {target.database}"
    if sessions:
        return f"{found} and {sessions} session(s) of a lab are open: another lab is at work on this cluster"
    remove = by_hand(target, member, f"drop schema {SCHEMA} cascade")
    return f"{found}: a lab that was killed left it, or one is about to begin; if none runs: {remove}"


def _version(target: OwnTarget) -> str:
    """The manager's version, by the file or by its command on the first member."""
    if target.version_command is None:
        return target.version or "unknown"
    reach, first = Reach(target), target.names[0]
    said = run(
        reach.argv(first, fill_all(target.version_command, reach.values(first))), target.timing.command_s
    )
    lines = said.output.strip().splitlines()
    if not said.done or not lines:
        raise UsageError(f"version_command on {first} {said.words}")
    return lines[0][:200]
