"""The two nodes of the control plane, each on a host of its own, and the faults that hit one of them."""

import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from haproof.core.record import LARGEST
from haproof.errors import LabError, NotRun
from haproof.lab.client import Answer, Client
from haproof.lab.cluster import OPERATOR
from haproof.lab.ground import NODE_ROLE
from haproof.lab.sandbox.machines import kill_all
from haproof.lab.sandbox.network import Drop
from haproof.lab.systems.managed import PORT
from haproof.lab.target import Target, fill, fill_all
from haproof.lab.trials.bench import DATABASE, USER, Bench
from haproof.lab.trials.placed import environment

HOSTS = ("node1", "node2")
NODE_PORT = 8441
ASK_SECONDS = 1.0
"""For an answer, where the target allows itself no longer (`answer_deadline_ms`)."""

LOOK_SECONDS = 0.1

NEEDS = (
    "on_cluster.start", "timing.lock_bound_ms", "api.status", "api.protected_write", "api.audit_events",
    "sql.protected_rows",
)  # fmt: skip
"""What a target must offer to be measured so."""

TOKEN = "token"
"""The file with the nodes' bearer token."""

COLUMNS = ("id", "payload", "epoch")
TOLD = ("role", "holder_id", "can_accept_protected_writes")
Undo = Callable[[], None]


def must_offer(target: Target) -> None:
    """Raises NotRun with what the target does not offer."""
    missing = target.lacks(*NEEDS)
    if missing:
        raise NotRun(f"the target {target.name} does not offer {', '.join(missing)}")


class ControlPlane:
    """Nodes that know every member of the cluster."""

    def __init__(self, bench: Bench, target: Target, binaries: str) -> None:
        """`binaries` is the folder of PostgreSQL's programs."""
        self._bench = bench
        self._target = target
        self._folder = bench.machines.folder
        self.lock_bound_ms = target.timing.lock_bound_ms or 0
        self.rows = target.sql.protected_rows or ""
        self._env = {"HAPROOF_PG_BIN": binaries, "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
        token, file = secrets.token_hex(16), self._folder / TOKEN
        file.write_text(token + "\n", encoding="utf-8")
        shared = target.constants | {"token": token, "token_file": str(file), "operator": OPERATOR}
        self.names = {name: self._names(name, shared) for name in HOSTS}
        """What fills the target's templates, by node."""

        self._clients = {name: Client(target, names["url"], names) for name, names in self.names.items()}

    def _names(self, node: str, shared: Mapping[str, str]) -> dict[str, str]:
        folder = self._folder / f"of-{node}"
        folder.mkdir(mode=0o700)
        own = {
            **shared,
            "node": node,
            "address": self._bench.network.hosts[node].address,
            "port": str(NODE_PORT),
            "dsn": self._dsn(),
            "dir": str(folder),
            "backup_dir": str(self._folder / "backups"),
            "min_sync_replicas": "1" if self._bench.system.sync else "0",
        }
        return own | {"url": fill(self._target.on_cluster.url, own)}

    def _dsn(self) -> str:
        """All members; the node finds out which one takes writes."""
        members = self._bench.system.members
        hosts = ",".join(self._bench.network.hosts[name].address for name in members)
        return f"host={hosts} port={PORT} dbname={DATABASE} user={USER} target_session_attrs=read-write"

    def prepare(self) -> None:
        """The target's own tables, where its file makes them: the role that it may name is there."""
        if self._target.sql.setup is not None:
            primary = self._bench.wait_healthy()
            for statement in (f"create role {NODE_ROLE}", self._target.sql.setup):
                self._bench.must(primary.member, statement)

    def start(self, names: Sequence[str] = HOSTS) -> None:
        """Start nodes."""
        for name in names:
            own = self.names[name]
            given = {key: fill(value, own) for key, value in self._target.node.env.items()}
            argv = fill_all(self._target.on_cluster.start or (), own)
            self._bench.machines.start(
                name, name, argv, role="manager", account=None, env=environment() | self._env | given,
                cwd=own["dir"],
            )  # fmt: skip

    def end(self) -> None:
        """End every node."""
        for name in HOSTS:
            self._kill(name)

    def statuses(self) -> dict[str, Answer]:
        """What the nodes that answer say."""
        seconds = max(ASK_SECONDS, self._target.timing.answer_deadline_ms / 1000)
        said = {name: client.call("status", seconds) for name, client in self._clients.items()}
        return {name: answer for name, answer in said.items() if answer.status == 200}

    def settled(self) -> str | None:
        """The leader, where both nodes answer, name it, and it accepts writes; else None."""
        seen = self.statuses()
        leaders = [name for name, said in seen.items() if said.value("role") == "leader"]
        if len(seen) != len(HOSTS) or len(leaders) != 1:
            return None
        agreed = all(
            said.value("holder_id") == leaders[0] and said.value("quorum_health") != "lost"
            for said in seen.values()
        )
        return leaders[0] if agreed and seen[leaders[0]].flag("can_accept_protected_writes") else None

    def healthy(self) -> int:
        """How many nodes answer and see their database."""
        seen = self.statuses().values()
        return sum(said.value("quorum_health") in ("healthy", "degraded") for said in seen)

    def events(self) -> list[Answer]:
        """The trail that the nodes share, or those of each by time; empty where none is shown."""
        said = [client.call("audit_events", ASK_SECONDS * 3) for client in self._clients.values()]
        trails = [
            [one.part(event) for event in one.items("events") if isinstance(event, dict)]
            for one in said
            if one.status == 200
        ]
        return merged(trails)

    def cut(self, name: str) -> Undo:
        """The node's host loses the database, and nothing else: whoever asks it still reaches it."""
        network = self._bench.network
        node, members = network.hosts[name], [network.hosts[one] for one in self._bench.system.members]
        drops = network.drop(
            [drop for one in members for drop in (Drop.between(node, one), Drop.between(one, node))]
        )
        return lambda: network.pass_again(drops)

    def kill(self, name: str) -> Undo:
        """SIGKILL; healed by a start."""
        self._kill(name)
        return lambda: self.start([name])

    def _kill(self, name: str) -> None:
        kill_all(lambda: self._bench.machines.processes(name))


def merged(trails: Sequence[Sequence[Answer]]) -> list[Answer]:
    """One trail, in its own order; several as one, by their times, each event once."""
    first, *others = trails or [[]]
    known = [event.reply.body for event in first]
    more = [event for trail in others for event in trail if event.reply.body not in known]
    if not more:
        return list(first)
    dated = [(at, event) for event in (*first, *more) if (at := event.instant("timestamp")) is not None]
    return [event for _, event in sorted(dated, key=lambda pair: pair[0])]


def as_row(row: Sequence[Any]) -> tuple[str, str | None, int | None]:
    """A row of `[sql] protected_rows` as a history has it. Raises LabError where it has other columns."""
    if len(row) != len(COLUMNS):
        raise LabError(f"[sql] protected_rows must give {', '.join(COLUMNS)}; it gave {len(row)} columns")
    row_id, payload, epoch = row
    if isinstance(epoch, Decimal):
        epoch = int(epoch) if epoch.is_finite() and epoch == epoch.to_integral_value() else None
    counts = isinstance(epoch, int) and not isinstance(epoch, bool) and 0 <= epoch <= LARGEST
    return str(row_id), None if payload is None else str(payload), epoch if counts else None


def words(statuses: Mapping[str, Answer]) -> str:
    """What the nodes said of themselves, for a sentence."""
    each = (
        f"{name}: " + ", ".join(f"{field} {said.quoted(field)}" for field in TOLD)
        for name, said in statuses.items()
    )
    return "; ".join(each) or "no node answered"


def wait_settled(plane: ControlPlane, seconds: float) -> str | None:
    """The leader once the nodes are settled; None where they are not in time."""
    deadline_s = time.monotonic() + seconds
    while time.monotonic() < deadline_s:
        leader = plane.settled()
        if leader is not None:
            return leader
        time.sleep(LOOK_SECONDS)
    return None
