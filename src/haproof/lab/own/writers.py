"""One writer on every member's own host: started by a command, it writes with psql and needs nothing else.

It alone sees what a primary that is cut off still acknowledges. Its history lies on that host until the trial
is over, by that host's clock; PostgreSQL tells how far that is from the lab's own.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from haproof.lab.journal import Journal
from haproof.lab.own.described import SCHEMA, OwnTarget
from haproof.lab.own.reach import Reach, Said, run
from haproof.lab.systems.members import Members
from haproof.lab.target import fill
from haproof.lab.workload.clients import UNKNOWN

SECONDS = 600
"""So long after a trial's hold and its `trial_s` a writer that nobody stops ends by itself; two minutes later
its file is gone."""

WRITER = """
dsn=$1; trial=$2; client=$3; file=$4; end=$(($(date +%s) + $5)); umask 077; : >"$file" || exit 1
(n=0
while [ ! -e "$file.stop" ] && [ "$(date +%s)" -lt "$end" ]; do
  n=$((n + 1))
  echo "i $n $(date +%s%3N)" >>"$file"
  said=$(LC_ALL=C timeout 10 psql -XqAt -v VERBOSITY=verbose -d "$dsn" -c "
    insert into SCHEMA.haproof_rows values ('$trial/$client/$n', '$trial', false)
    returning pg_walfile_name(pg_current_wal_insert_lsn())" 2>&1)
  status=$?
  echo "e $n $(date +%s%3N) $status $(printf %s "$said" | tr '\\n' ' ' | cut -c1-300)" >>"$file"
  sleep 0.1
done
echo "s $n" >>"$file"
sleep 120; rm -f "$file" "$file.stop") </dev/null >/dev/null 2>&1 &
""".replace("SCHEMA", SCHEMA)
"""As a shell of any Unix takes it. `i`: about to be sent; `e`: ended, with psql's status and words; `s`: no
more."""

STOP = ': >"$1.stop"'
FETCH = """
n=0; while ! grep -q '^s ' "$1" && [ $n -lt 15 ]; do n=$((n + 1)); sleep 1; done
cat "$1" && rm -f "$1" "$1.stop"
"""
CHECK = 'command -v timeout >/dev/null && psql -XqAt -d "$1" -c "select current_user" && date +%s%3N'

CLOCK = "select extract(epoch from clock_timestamp()) * 1000"
CLOCK_SAMPLES = 5
STEP_MS = 1_000.0
ROUNDING_MS = 1.0
"""What `date +%s%3N` and the start of a process leave open."""

SQLSTATE = re.compile(r": +([0-9A-Z]{5}): ")
"""In psql's verbose messages; the word before it is in the server's language."""

WARNING_CLASS = "01"
WAL_FILE = re.compile(r"\b[0-9A-F]{24}\b")
NOT_CONNECTED = re.compile(r"^psql: error: (connection to server|could not connect)")
READ_ONLY = "25006"

Line = dict[str, Any]


@dataclass(frozen=True)
class Clock:
    """A host's wall clock: milliseconds ahead of the lab's monotonic one, known to within `bound_ms`."""

    ahead_ms: float
    bound_ms: float


def obstacle(target: OwnTarget, reach: Reach, member: str, user: str) -> str | None:
    """Why no writer can work on a member's host; None where one can, or none is wanted."""
    if target.local_dsn is None:
        return None
    said = _shell(target, reach, member, CHECK, _dsn(target, reach, member))
    lines = said.output.split()
    if said.done and len(lines) == 2 and lines[0] == user and lines[1].isdecimal():
        return None
    why = said.words if not said.done else f"said {' '.join(lines)[:100]!r} instead of {user!r} and its clock"
    return (
        f"a writer on the host of {member} cannot work (it needs psql, timeout, GNU date and local_dsn): "
        f"it {why}; mend that, or leave local_dsn out"
    )


class HostWriters:
    """The writers of one trial."""

    def __init__(
        self, target: OwnTarget, reach: Reach, members: Members, journal: Journal, folder: Path, trial: str
    ) -> None:
        self._target = target
        self._reach = reach
        self._members = members
        self._journal = journal
        self._folder = folder
        self._trial = trial
        self._file = f"/tmp/haproof-{time.time_ns():x}-{trial}"
        self._clocks: dict[str, Clock | None] = {}
        self._begun: dict[str, Said] = {}
        self.histories: list[Path] = []
        self.unknown_clients: list[str] = []
        self.clock_bound_ms: float | None = None
        """Of two hosts together; None where not every host's history and clock are known."""

    def start(self) -> None:
        """Begin on every host; one that cannot be reached is without a writer."""
        self._clocks = {name: self._clock(name) for name in self._target.names}
        self._begun = self._everywhere(self._begin)

    def _begin(self, name: str) -> Said:
        dsn = _dsn(self._target, self._reach, name)
        timing = self._target.timing
        seconds = str(round(timing.hold_s + timing.trial_s + SECONDS))
        given = (dsn, self._trial, _client(name), f"{self._file}-{name}", seconds)
        return _shell(self._target, self._reach, name, WRITER, *given)

    def stop(self) -> None:
        """No more rows, where that can be said."""
        self._everywhere(lambda name: self._on(name, STOP))

    def collect(self) -> None:
        """Fetch every history, in the lab's own time."""
        fetched = self._everywhere(lambda name: self._on(name, FETCH))
        bounds: list[float] = []
        for name, said in fetched.items():
            clock = _between(self._clocks[name], self._clock(name))
            self._journal.saw(
                "writer on a host",
                member=name,
                trial=self._trial,
                begun=self._begun[name].words,
                fetched="whole" if complete(said) else said.words,
                clock=None if clock is None else {"ahead_ms": clock.ahead_ms, "bound_ms": clock.bound_ms},
            )
            if clock is None or not complete(said):
                self.unknown_clients.append(_client(name))
                continue
            bounds.append(clock.bound_ms)
            self._write(name, said.output, clock)
        if len(bounds) == len(self._target.members):
            self.clock_bound_ms = round(sum(sorted(bounds)[-2:]), 3)

    def _write(self, member: str, content: str, clock: Clock) -> None:
        path = self._folder / f"{self._trial}-{member}.jsonl"
        lines = history(content.splitlines(), self._trial, member, clock)
        path.write_text(
            "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines), encoding="utf-8"
        )
        self.histories.append(path)

    def _on(self, member: str, script: str) -> Said:
        return _shell(self._target, self._reach, member, script, f"{self._file}-{member}")

    def _everywhere(self, what: Callable[[str], Said]) -> dict[str, Said]:
        """On all hosts at once."""
        names = self._target.names
        with ThreadPoolExecutor(max_workers=len(names)) as pool:
            return dict(zip(names, pool.map(what, names), strict=True))

    def _clock(self, member: str) -> Clock | None:
        """The closest of a few readings; None where the server does not answer."""
        found: list[Clock] = []
        for _ in range(CLOCK_SAMPLES):
            before = time.monotonic() * 1000
            rows = self._members.query(member, CLOCK)
            after = time.monotonic() * 1000
            if rows:
                found.append(Clock(float(rows[0][0]) - (before + after) / 2, (after - before) / 2))
        return min(found, key=lambda clock: clock.bound_ms, default=None)


def _between(before: Clock | None, after: Clock | None) -> Clock | None:
    """A clock over a trial; None where it was not read at both ends, or stepped in between."""
    if before is None or after is None:
        return None
    drift_ms = abs(after.ahead_ms - before.ahead_ms)
    if drift_ms >= STEP_MS:
        return None
    bound_ms = max(before.bound_ms, after.bound_ms) + drift_ms + ROUNDING_MS
    return Clock(round(before.ahead_ms, 3), round(bound_ms, 3))


def complete(said: Said) -> bool:
    """Whether a history came whole: its last line says how many rows were begun, and all are there."""
    lines = said.output.splitlines()
    begun = sum(line.startswith("i ") for line in lines)
    return said.done and said.output.endswith("\n") and lines[-1:] == [f"s {begun}"]


def history(lines: Sequence[str], trial: str, member: str, clock: Clock) -> Iterator[Line]:
    """A writer's file as lines of the lab's history, by the lab's clock. What was never sent is left out: no
    connection could be made, or the server was a standby. A line that was cut off ends nothing."""
    ends = {
        words[1]: words
        for words in (line.split(" ", 4) for line in lines)
        if words[0] == "e" and len(words) == 5
    }
    for line in lines:
        words = line.split(" ")
        if words[0] != "i" or len(words) != 3 or not words[2].isdecimal():
            continue
        end = ends.get(words[1])
        kind, further = ("open", {}) if end is None else outcome(int(end[3]), end[4])
        if kind == "unsent":
            continue
        own = {"trial": trial, "client": _client(member), "via": f"local:{member}", "op": "insert"}
        own |= {"id": f"{trial}/{_client(member)}/{words[1]}", "member": member}
        sent_ms = round(int(words[2]) - clock.ahead_ms, 3)
        yield {"t_ms": sent_ms, "kind": "invoke"} | own
        if end is not None:
            yield {"t_ms": max(round(int(end[2]) - clock.ahead_ms, 3), sent_ms), "kind": kind} | own | further


def outcome(status: int, said: str) -> tuple[str, Line]:
    """How a row ended by psql's status and words (`ok`, `fail`, `unknown` or `unsent`), and what more is
    known."""
    states = SQLSTATE.findall(said)
    errors = [state for state in states if not state.startswith(WARNING_CLASS)]
    if status == 0:
        wal_file, warnings = WAL_FILE.search(said), states
        known: Line = {"timeline": int(wal_file[0][:8], 16)} if wal_file else {}
        return "ok", known | ({"warnings": warnings} if warnings else {})
    if NOT_CONNECTED.match(said) or READ_ONLY in errors:
        return "unsent", {}
    if status == 1 and errors and errors[-1] not in UNKNOWN:
        return "fail", {"sqlstate": errors[-1]}
    return "unknown", {"sqlstate": errors[-1]} if errors else {}


def _client(member: str) -> str:
    return f"{member}-writer-1"


def _shell(target: OwnTarget, reach: Reach, member: str, script: str, *given: str) -> Said:
    return run(reach.argv(member, ("sh", "-c", script, "haproof", *given)), target.timing.command_s)


def _dsn(target: OwnTarget, reach: Reach, member: str) -> str:
    return fill(target.local_dsn or "", reach.values(member))
