"""The two nodes of the control plane, each on a host of its own, and the faults that hit one of them."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from haproof.errors import LabError
from haproof.lab.recovery.clients import Api
from haproof.lab.sandbox.machines import kill_all
from haproof.lab.sandbox.network import Drop
from haproof.lab.systems.managed import PORT
from haproof.lab.trials.bench import DATABASE, USER, Bench
from haproof.lab.trials.placed import environment

HOSTS = ("node1", "node2")
NODE_PORT = 8441
LOCK_BOUND_MS, POLL_MS = 1_000, 200
ASK_SECONDS = 1.0
Undo = Callable[[], None]


class ControlPlane:
    """Nodes that know every member of the cluster."""

    def __init__(self, bench: Bench, token: str) -> None:
        self._bench = bench
        self._token = token
        self._file = bench.machines.folder / "token"
        self._file.write_text(token + "\n", encoding="utf-8")
        self.addresses = {name: bench.network.hosts[name].address for name in HOSTS}
        self._apis = {name: Api(address, NODE_PORT, token) for name, address in self.addresses.items()}

    @property
    def dsn(self) -> str:
        """All members; the node finds out which one takes writes."""
        members = self._bench.system.members
        hosts = ",".join(self._bench.network.hosts[name].address for name in members)
        return f"host={hosts} port={PORT} dbname={DATABASE} user={USER} target_session_attrs=read-write"

    def start(self, names: Sequence[str] = HOSTS) -> None:
        """Start nodes."""
        for name in names:
            self._bench.machines.start(
                name, name, self._command(name), role="manager", account=None, env=environment()
            )

    def end(self) -> None:
        """End every node."""
        for name in HOSTS:
            self._kill(name)

    def statuses(self) -> dict[str, dict[str, Any]]:
        """What the nodes that answer say."""
        said = {name: api.ask("GET", "/v1/ha/status", ASK_SECONDS) for name, api in self._apis.items()}
        return {name: one.body for name, one in said.items() if one.status == 200}

    def settled(self) -> str | None:
        """The leader, where both nodes answer, name it, and it accepts writes; else None."""
        seen = self.statuses()
        leaders = [name for name, body in seen.items() if body.get("role") == "leader"]
        if len(seen) != len(HOSTS) or len(leaders) != 1:
            return None
        agreed = all(
            body.get("holder_id") == leaders[0] and body.get("quorum_health") != "lost"
            for body in seen.values()
        )
        return leaders[0] if agreed and seen[leaders[0]].get("write_ready") is True else None

    def healthy(self) -> int:
        """How many nodes answer and see their database."""
        return sum(body.get("quorum_health") in ("healthy", "degraded") for body in self.statuses().values())

    def events(self) -> list[dict[str, Any]]:
        """The audit trail, by the first node that shows it. Raises LabError where none does."""
        for api in self._apis.values():
            said = api.ask("GET", "/v1/audit/events?limit=10000", ASK_SECONDS * 3)
            found = said.body.get("events")
            if said.status == 200 and isinstance(found, list):
                return [event for event in found if isinstance(event, dict)]
        raise LabError("no node showed its audit trail")

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

    def _command(self, name: str) -> list[str]:
        folder = Path(self._bench.machines.folder)
        replicas = "1" if self._bench.system.sync else "0"
        return [
            *(sys.executable, "-m", "haproof.node", "--node-id", name),
            *("--listen", f"{self.addresses[name]}:{NODE_PORT}", "--allow-remote"),
            *("--dsn", self.dsn, "--token-file", str(self._file)),
            *("--backup-dir", str(folder / f"backups-{name}"), "--log", str(folder / f"{name}.node.log")),
            *("--min-sync-replicas", replicas),
            *("--poll-ms", str(POLL_MS), "--lock-bound-ms", str(LOCK_BOUND_MS)),
        ]


def wait_settled(plane: ControlPlane, seconds: float, every_s: float = 0.1) -> str | None:
    """The leader once the nodes are settled; None where they are not in time."""
    deadline_s = time.monotonic() + seconds
    while time.monotonic() < deadline_s:
        leader = plane.settled()
        if leader is not None:
            return leader
        time.sleep(every_s)
    return None
