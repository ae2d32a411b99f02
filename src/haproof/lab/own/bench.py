"""Somebody's own running cluster as the trials see it: nothing is brought up, and everything is put back."""

import contextlib
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from haproof.errors import LabError, NotRun
from haproof.lab.interrupt import uninterrupted
from haproof.lab.journal import Journal
from haproof.lab.own.described import SCHEMA, OwnTarget
from haproof.lab.own.examine import by_hand, member_dsn
from haproof.lab.own.system import Own, started_by
from haproof.lab.own.writers import HostWriters
from haproof.lab.progress import Watcher
from haproof.lab.sandbox.machines import Started
from haproof.lab.systems.members import CONNECT_SECONDS, Members, Status
from haproof.lab.trials.placed import environment
from haproof.lab.trials.under_test import (
    HEALTHY_SECONDS,
    LOOK_SECONDS,
    Access,
    Beside,
    Nobody,
    NotHealthy,
    UnderTest,
)
from haproof.lab.workload import schema

SEARCH_PATH = f"-c search_path={SCHEMA}"
SWITCH_SECONDS = 60.0
ATTEMPTS = 10


class OwnBench(UnderTest[Own]):
    """One cluster, once."""

    may_repeat = False

    def __init__(
        self, target: OwnTarget, mode: str, folder: Path, journal: Journal, watcher: Watcher
    ) -> None:
        self._target = target
        self._mode = mode
        self._folder = folder
        self._switched = False
        self._made = False
        self.journal = journal
        self.watcher = watcher
        self.up_s = []
        self.members = Members(
            {one.name: member_dsn(target, one) for one in target.members}, options=SEARCH_PATH
        )
        self.system = Own(target, mode, journal, started_by(self._connected))

    def bring_up(self, disk: str | None = None) -> Status:
        """Wait until it is healthy in the mode that was asked for, and make the lab's schema. Raises NotRun
        where another lab was faster."""
        self._switch(self.wait("a healthy cluster", HEALTHY_SECONDS, self.healthy, every_s=LOOK_SECONDS))
        primary = self.wait_healthy()
        self.journal.act("schema.create", schema=SCHEMA, member=primary.member)
        with uninterrupted():
            self._made = self.members.execute(primary.member, f"create schema {SCHEMA}")
        if not self._made:
            raise NotRun(
                f"the schema {SCHEMA} cannot be made in {self._target.database} on {primary.member}: "
                "another lab may have begun a moment ago"
            )
        for statement in schema.SETUP.split(";"):
            self.must(primary.member, statement)
        return primary

    def renew(self, disk: str | None, why: str | None) -> None:
        """There is no other: raises LabError with what is wrong with this one."""
        raise LabError(why or "a running cluster is not made anew")

    def mend(self, trial: str, why: str) -> str | None:
        """Undo what is open; whether the cluster is healthy then is for PostgreSQL to say."""
        self.system.undo_all()
        return None

    @property
    def access(self) -> Access:
        """Every member by its own address."""
        members = self._target.members
        return Access(
            {one.name: one.host for one in members},
            {one.name: one.port for one in members},
            make_conninfo(self._target.conninfo, options=SEARCH_PATH),
        )

    @property
    def folder(self) -> Path:
        """On the lab's machine."""
        return self._folder

    @property
    def client_places(self) -> tuple[str, ...]:
        """No member's host: nothing of the lab is installed there."""
        return ()

    @property
    def local_writers(self) -> int:
        """One on every host, where the file says how they connect."""
        return 0 if self._target.local_dsn is None else len(self._target.members)

    def beside(self, trial: str) -> Beside:
        """A writer on every host, started by a command."""
        if self._target.local_dsn is None:
            return Nobody()
        return HostWriters(self._target, self.system.reach, self.members, self.journal, self._folder, trial)

    def start_client(self, member: str | None, name: str, argv: Sequence[str]) -> Started:
        """On the lab's machine; it ends with the lab."""
        log = self._folder / f"{name}.log"
        with open(log, "ab") as output:
            popen = subprocess.Popen(
                list(argv), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env=environment(), cwd="/", start_new_session=True,
            )  # fmt: skip
        return Started("this machine", name, "client", popen, log)

    def put_back(self) -> list[str]:
        """Undo everything that is open, remove the schema, put the mode back; what could not be done, each
        with the command to run."""
        self.system.undo_all()
        left = [one.words for one in self.system.ledger.left]
        self.system.ledger.end()
        if self._made or self._switched:
            primary = self._settled()
            left += self._mode_put_back(primary) + self._schema_removed(primary)
        self.members.close()
        return left

    def _settled(self) -> str | None:
        """The primary, if there is one now."""
        with contextlib.suppress(NotHealthy):
            return self.wait_healthy(SWITCH_SECONDS).member
        return next((one.member for one in self.look().writable), None)

    def _switch(self, primary: Status) -> None:
        """To the mode that was asked for, by the file's own command, where it is another one."""
        wanted = self._mode == "sync"
        name = "sync_on" if wanted else "sync_off"
        if bool(primary.synchronous_standby_names) == wanted or name not in self._target.commands:
            return
        self._switched = True
        said = self.system.command(name, primary.member)
        if not said.done:
            raise NotRun(f"{name} on {primary.member} {said.words}")

        def switched() -> Status | None:
            now = self.healthy()
            return now if now is not None and bool(now.synchronous_standby_names) == wanted else None

        self.wait(f"the effect of {name}", SWITCH_SECONDS, switched, every_s=LOOK_SECONDS)

    def _mode_put_back(self, primary: str | None) -> list[str]:
        if not self._switched:
            return []
        name = "sync_off" if self._mode == "sync" else "sync_on"
        member = primary or self._target.names[0]
        if primary is not None and self.system.command(name, member).done:
            return []
        return [
            f"the cluster may still be in mode {self._mode}: run {name} of the target file on its primary"
        ]

    def _schema_removed(self, primary: str | None) -> list[str]:
        if not self._made:
            return []
        statement = f"drop schema if exists {SCHEMA} cascade"
        self.journal.act("schema.drop", schema=SCHEMA, member=primary)
        for _ in range(ATTEMPTS):
            if primary is not None and self.members.execute(primary, statement):
                return []
        member = self._target.member(primary or self._target.names[0])
        return [f"the schema {SCHEMA} may still be there; run: {by_hand(self._target, member, statement)}"]

    def _connected(self, member: str) -> "psycopg.Connection[Any]":
        dsn = member_dsn(self._target, self._target.member(member), connect_timeout=CONNECT_SECONDS)
        return psycopg.connect(dsn, autocommit=True, application_name="haproof lab")
