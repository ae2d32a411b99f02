"""Somebody's own cluster as a system under test: broken and undone by the commands of its file."""

import contextlib
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from haproof.errors import NotRun
from haproof.lab.faults.catalogue import FAULTS
from haproof.lab.faults.fault import ClusterFault, Declined, Undo
from haproof.lab.interrupt import uninterrupted
from haproof.lab.journal import Journal
from haproof.lab.own.described import DEEDS, OwnTarget
from haproof.lab.own.ledger import Broken, Ledger
from haproof.lab.own.reach import LONGEST_WORDS, Reach, Said, run, shown
from haproof.lab.systems.managed import Promise

EFFECT_SECONDS = 15.0
"""A server that still answers new clients as before, so long after it was to be gone, was not touched."""

RETRY_SECONDS = 2.0
HEAL_SECONDS = 60.0
MARGIN_SECONDS = 30.0
"""A cut undoes itself so long after the lab means to undo it."""

LATE_SECONDS = 5.0
"""It was begun somewhat later than the lab asked for it."""

MOST_SETTINGS = 40

Started = Callable[[str], str | None]
"""When the server of a member was started, as a new client is told; None where none is answered."""


class Own:
    """The cluster, and what of it is broken."""

    def __init__(self, target: OwnTarget, mode: str, journal: Journal, started: Started) -> None:
        self._target = target
        self._journal = journal
        self._started = started
        self._mode = mode
        self.reach = Reach(target)
        self.ledger = Ledger()
        self.name = target.name
        self.members = target.names
        self.sync = mode == "sync"

    def promises(self) -> dict[str, Promise]:
        """What the file declares."""
        return self._target.promises(self._mode)

    def store_ready(self) -> bool:
        """The store is its manager's own: a cluster that is healthy by SQL has one."""
        return True

    def rejoin(self, host: str, primary: str) -> tuple[int, str] | None:
        """A file has no such command."""
        return None

    def last_words(self, host: str) -> str:
        """As the file's command `log` prints it."""
        if "log" not in self._target.commands:
            return "not known (the target file gives no command log)"
        said = self.command("log", host)
        lines = said.output.strip().splitlines()
        return lines[-1][-LONGEST_WORDS:] if said.done and lines else f"not known (log {said.words})"

    def lacks(self, fault: str) -> str | None:
        """Why a fault cannot be made."""
        return self._target.obstacle(fault, self._mode)

    def command(self, name: str, member: str) -> Said:
        """One of the file's commands on a member, journalled."""
        return self._run(self.reach.named(member, name), name, member)

    def settings(self, member: str) -> dict[str, Any] | None:
        """The manager's own settings, as the file's command prints them; None where it has none."""
        if "settings" not in self._target.commands:
            return None
        said = self.command("settings", member)
        with contextlib.suppress(ValueError):
            found = json.loads(said.output)
            if isinstance(found, dict):
                plain = {
                    str(key): value
                    for key, value in found.items()
                    if isinstance(value, str | int | float | bool | None) and "passw" not in str(key).lower()
                }
                return dict(list(plain.items())[:MOST_SETTINGS])
        return None

    def break_(self, fault: str, member: str) -> Undo:
        """Make a fault on a member's host; what is handed back undoes it. Raises Declined where a switchover
        was refused, NotRun where the command failed or had no effect; what undoes it is then run too."""
        deed = DEEDS[fault]
        before = self._started(member) if deed.gone else None
        seconds = self._target.timing.trial_s + MARGIN_SECONDS if deed.timed else None
        argv = self.reach.named(member, deed.does, seconds)
        one = None
        with uninterrupted():
            if deed.undoes is not None:
                undo = self.reach.named(member, deed.undoes)
                self._journal.note("to be undone", fault=fault, member=member, command=shown(undo))
                one = self.ledger.enter(fault, member, undo, seconds)
            said = self._run(argv, deed.does, member)
        failed = f"{deed.does} on {member} {said.words}"
        if fault == "switchover" and not said.done:
            raise Declined(failed)
        # A cut may end the connection that its command came over: only what it did says whether it was done.
        if not said.done and not deed.timed:
            raise NotRun(failed)
        if deed.gone:
            self._await_effect(
                member, before, f"{failed}, and" if not said.done else f"{deed.does} was run, but"
            )
        return (lambda: None) if one is None else (lambda: self._ended(one))

    def _ended(self, one: Broken) -> None:
        """Undo it in its time. Raises NotRun where a cut had ended before: then nothing was measured."""
        deed = DEEDS[one.fault]
        early = deed.timed and deed.gone and self._started(one.member) is not None
        self.undo(one)
        if early:
            raise NotRun(
                f"{one.member} answered new clients before it was healed: the cut undid itself too early, or "
                "the one before it has only now"
            )

    def undo(self, one: Broken) -> None:
        """Undo one thing; nothing can interrupt this. What cannot be undone is kept in the ledger."""
        if one not in self.ledger.open:
            return
        with uninterrupted():
            deadline = time.monotonic() + HEAL_SECONDS
            if one.undoes_itself_s is not None:
                deadline = max(deadline, one.since_s + one.undoes_itself_s + HEAL_SECONDS)
            while not (undone := self._undone(one)) and time.monotonic() < deadline:
                time.sleep(RETRY_SECONDS)
            self.ledger.close(one, undone)
            if not undone:
                self._journal.note("not undone", fault=one.fault, member=one.member, command=shown(one.argv))

    def undo_all(self) -> None:
        """Undo everything that is open."""
        for one in list(self.ledger.open):
            self.undo(one)

    def _undone(self, one: Broken) -> bool:
        if self._run(one.argv, DEEDS[one.fault].undoes or "", one.member).done:
            return True
        if one.undoes_itself_s is None:
            return False
        if time.monotonic() < one.since_s + one.undoes_itself_s + LATE_SECONDS:
            return False
        return self.reach.probe(one.member, self._target.timing.command_s) is None

    def _run(self, argv: list[str], name: str, member: str) -> Said:
        said = run(argv, self._target.timing.command_s)
        words = None if said.done else said.words
        self._journal.act("command", command=name, member=member, status=said.status, said=words)
        return said

    def _await_effect(self, member: str, before: str | None, why: str) -> None:
        deadline = time.monotonic() + EFFECT_SECONDS
        while before is not None and self._started(member) == before:
            if time.monotonic() > deadline:
                raise NotRun(f"{why} {member} still answered new clients {EFFECT_SECONDS:g} s later")
            time.sleep(RETRY_SECONDS / 10)


def started_by(connect: Callable[[str], Any]) -> Started:
    """Asks over a new connection; a server that takes it and then says nothing answers nothing."""

    def ask(member: str, found: list[str]) -> None:
        with contextlib.suppress(Exception), connect(member) as session:
            found.append(str(session.execute("select pg_postmaster_start_time()").fetchone()[0]))

    def started(member: str) -> str | None:
        found: list[str] = []
        asking = threading.Thread(target=ask, args=(member, found), daemon=True)
        asking.start()
        asking.join(RETRY_SECONDS * 2)
        return found[0] if found else None

    return started


def own_faults() -> dict[str, ClusterFault[Own]]:
    """The fifteen faults, made by commands."""
    return {
        name: ClusterFault(
            name,
            f"{fault.done}, by the target file's command" if name in DEEDS else fault.done,
            _injecting(name),
            _lacking(name),
            short=fault.short,
        )
        for name, fault in FAULTS.items()
    }


def _injecting(name: str) -> Callable[[Own, str], Undo]:
    return lambda system, primary: system.break_(name, primary)


def _lacking(name: str) -> Callable[[Own], str | None]:
    return lambda system: system.lacks(name)
