"""The control-plane nodes on one PostgreSQL server: started, asked, signalled."""

import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from haproof.errors import LabError, NotRun
from haproof.lab.client import Answer, Client
from haproof.lab.ground import Ground
from haproof.lab.journal import Journal
from haproof.lab.measure import Seen, Waits
from haproof.lab.portrait import portrait
from haproof.lab.ports import is_free
from haproof.lab.postgres import Server
from haproof.lab.process import Child, Done, NeverRan, held_at_most
from haproof.lab.target import Target, fill, fill_all

OPERATOR = "haproof-lab"
EXIT_SECONDS = 5.0
"""How long a node may take to leave after SIGTERM before it is killed (and said to be)."""


LAST_WORDS_BYTES = 500
LONGEST_OUTPUT = 4_000
"""Characters of a command's output that the journal keeps."""


class Node:
    """One node of the system under test: a command line, a URL, a log."""

    def __init__(
        self, ground: Ground, target: Target, journal: Journal, name: str, folder: Path, names: dict[str, str]
    ) -> None:
        self._ground = ground
        self._target = target
        self._journal = journal
        self._child: Child | None = None
        self._peak_bytes = 0
        self.starts = 0
        """How often a process of the node was started."""
        self.name = name
        self.log = folder / f"{name}.log"
        self.port = ground.ports.reserve()
        own = names | {"node": name, "port": str(self.port), "dir": str(folder / name)}
        self.names = own | {"url": fill(target.node.url, own)}
        Path(own["dir"]).mkdir(mode=0o700)
        self.client = Client(target, self.names["url"], self.names)

    def start(self, maintenance: bool = False) -> None:
        """Start the node without waiting for it. Raises LabError where its port was taken from us."""
        self._port_is_ours()
        argv = self._target.node.maintenance if maintenance else self._target.node.start
        if argv is None:
            raise LabError("the target has no [node] maintenance; the scenario must list it in its needs")
        env = {key: fill(value, self.names) for key, value in self._target.node.env.items()}
        self._peak_bytes = self.peak_bytes()
        try:
            self._child = self._ground.children.start(
                self.name,
                fill_all(argv, self.names),
                log=self.log,
                env=self._ground.child_environment() | env,
                cwd=self.names["dir"],
            )
        except NeverRan as fault:
            raise NotRun(f"{self.name} cannot be started: {fault}") from None
        self.starts += 1
        self._journal.act("node.start", node=self.name, pid=self._child.pid, maintenance=maintenance)

    def _port_is_ours(self) -> None:
        if not is_free(self.port):
            raise LabError(f"port {self.port} of {self.name} was taken by another program; run the lab again")

    @property
    def started(self) -> bool:
        """Whether a process of the node was ever started."""
        return self._child is not None

    @property
    def running(self) -> bool:
        """Whether the node's process is alive."""
        return self._child is not None and self._child.running

    def family(self) -> list[int]:
        """The numbers of its processes, whatever sessions they made for themselves."""
        return self._child.family() if self._child is not None else []

    def peak_bytes(self) -> int:
        """The most memory that its processes held at a time, also those of earlier starts."""
        now = sum(held_at_most(pid) for pid in self.family())
        return max(self._peak_bytes, now, self._child.peak_bytes if self._child is not None else 0)

    @property
    def last_words(self) -> str:
        """How a node that was started ended, with the last line of its log, without secrets."""
        status = self._child.exit_status() if self._child is not None else None
        with open(self.log, "rb") as stream:
            stream.seek(max(self.log.stat().st_size - LAST_WORDS_BYTES, 0))
            lines = stream.read().decode("utf-8", "replace").split("\n")
        words = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        return f"{self.name} ended with status {status}: {self._ground.secrets.redact(words)}"

    def send(self, number: signal.Signals) -> None:
        """Signal the node's process group, at once and without waiting."""
        if self._child is not None:
            self._child.send(number)

    def leave(self) -> bool:
        """Wait for the end of a node that was told to end; one that does not is killed (False)."""
        if self._child is None or self._child.wait(EXIT_SECONDS):
            return True
        self._journal.saw("node.does_not_end", node=self.name, after_s=EXIT_SECONDS)
        self._child.send(signal.SIGKILL)
        self._child.wait(EXIT_SECONDS)
        return False

    def stop(self) -> bool:
        """SIGTERM, and the end of the process; False when it had to be killed."""
        self.send(signal.SIGTERM)
        self._journal.act("node.stop", node=self.name, signal="SIGTERM")
        return self.leave()

    def status(self) -> Answer:
        """Its `GET /v1/ha/status`."""
        return self.client.status()

    def command(self, argv: tuple[str, ...], seconds: float, **names: str) -> Done:
        """Run one of the target's `[cli]` commands against this node. Raises LabError at the deadline."""
        filled = fill_all(argv, self.names | names)
        done = self._ground.children.run(
            f"{self.name}-cli",
            filled,
            seconds=seconds,
            env=self._ground.child_environment(),
            cwd=self.names["dir"],
        )
        # The interpreter's path names a person's home folder, and says nothing about the system under test.
        shown = ["{python}" if word == sys.executable else word for word in filled]
        said = {
            "status": done.status,
            "output": _beginning(done.output),
            "errors": _beginning(done.errors),
            "elapsed_ms": done.elapsed_ms,
        }
        self._journal.act("cli", node=self.name, argv=shown, **said)
        return done

    def is_ready(self) -> bool | None:
        """True once its readiness path answers 200; False when its process has ended; else None."""
        if self.client.get(self._target.node.ready).status == 200:
            return True
        if self.running:
            return None
        self._port_is_ours()
        return False


def _beginning(text: str) -> str:
    """Of a long output the beginning, and how long it is."""
    if len(text) <= LONGEST_OUTPUT:
        return text
    return f"{text[:LONGEST_OUTPUT]}… ({len(text):,} characters in all)"


@dataclass(frozen=True)
class Settled:
    """A cluster with one leader that every node names, and which takes protected writes."""

    leader: Node
    followers: tuple[Node, ...]
    answers: dict[str, Answer]

    @property
    def follower(self) -> Node:
        """The first follower."""
        return self.followers[0]

    def changed(self) -> str | None:
        """What became of a leader that nobody touched, where it does not lead the same epoch any more."""
        before, now = self.answers[self.leader.name], self.leader.status()
        if now.text("role") == "leader" and now.count("current_epoch") == before.count("current_epoch"):
            return None
        return (
            f"nobody touched {self.leader.name}, which led epoch {before.quoted('current_epoch')}; later it "
            f"answered role {now.quoted('role')}, epoch {now.quoted('current_epoch')}, "
            f"holder {now.quoted('holder_id')}"
        )


class Cluster:
    """The nodes node1, node2, … on one server."""

    def __init__(
        self,
        ground: Ground,
        target: Target,
        server: Server,
        journal: Journal,
        waits: Waits,
        folder: Path,
        nodes: int,
        min_sync_replicas: int,
    ) -> None:
        self._target = target
        self._waits = waits
        self._last: dict[str, Answer] = {}
        self._was_settled = False
        self.server = server
        self.backup_dir = folder / "backups"
        self.backup_dir.mkdir(mode=0o700, exist_ok=True)
        names = target.constants | {
            "dsn": server.dsn(),
            "token": ground.secrets.token,
            "token_file": str(ground.token_file),
            "operator": OPERATOR,
            "backup_dir": str(self.backup_dir),
            "min_sync_replicas": str(min_sync_replicas),
        }
        self.nodes = tuple(
            Node(ground, target, journal, f"node{number}", folder, names) for number in range(1, nodes + 1)
        )

    def start(self, maintenance: bool = False) -> int:
        """Start every node and wait until each is ready or gone; returns how many are ready."""
        for node in self.nodes:
            node.start(maintenance)
        return self.await_ready(self.nodes)

    def await_ready(self, nodes: Iterable[Node]) -> int:
        """Wait until each of these nodes is ready or gone, at most `start_deadline_s`; how many are ready."""
        probes = {node.name: node.is_ready for node in nodes}
        found = self._waits.each("nodes ready", self._target.timing.start_deadline_s, probes)
        return sum(1 for seen in found.values() if seen is not None and seen.value)

    def node(self, name: str | None) -> Node | None:
        """The node of that name."""
        return next((node for node in self.nodes if node.name == name), None)

    def others(self, node: Node) -> tuple[Node, ...]:
        """Every node but that one."""
        return tuple(other for other in self.nodes if other is not node)

    def statuses(self) -> dict[str, Answer]:
        """Every node's status, asked one after the other."""
        self._last = {node.name: node.status() for node in self.nodes}
        return self._last

    def settled(self) -> Settled | None:
        """Whether, now, one node leads and takes writes, every node names it, and all are healthy."""
        answers = self.statuses()
        leaders = [node for node in self.nodes if answers[node.name].text("role") == "leader"]
        if len(leaders) != 1:
            return None
        leader = leaders[0]
        agreed = all(answer.text("holder_id") == leader.name for answer in answers.values())
        healthy = all(answer.text("quorum_health") == "healthy" for answer in answers.values())
        if not (agreed and healthy and answers[leader.name].flag("can_accept_protected_writes")):
            return None
        return Settled(leader, self.others(leader), answers)

    def settle(self, seconds: float | None = None) -> Settled | None:
        """Wait until the cluster is settled, at most the target's start deadline; None when it never is.

        Returns at once where a node has ended by itself.
        """
        limit = self._target.timing.start_deadline_s if seconds is None else seconds
        seen = self._waits.until(
            "one leader that all agree on", limit, lambda: self._ended() or self.settled()
        )
        settled = seen.value if seen is not None and isinstance(seen.value, Settled) else None
        self._was_settled = settled is not None
        return settled

    def last_words(self) -> str:
        """Who has ended, how, and its last words; while every node runs, what each answered last, unsettled.

        Empty while every node runs and nothing was wrong when they were looked at last.
        """
        ended = "; ".join(node.last_words for node in self._ended())
        return ended or ("" if self._was_settled else self._portraits(self._last))

    def portraits(self) -> str:
        """What each node answers now when it is asked for its status, in words."""
        return self._portraits(self.statuses())

    def _portraits(self, answers: dict[str, Answer]) -> str:
        deadline_ms = self._target.timing.answer_deadline_ms
        return "; ".join(portrait(name, answer, deadline_ms) for name, answer in answers.items())

    def _ended(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if not node.running)

    def await_all(
        self, what: str, seconds: float, holds: str, value: object, since_s: float | None = None
    ) -> dict[str, Seen[Answer] | None]:
        """Wait until every node's status has `value` in the field `holds`, polled at the slice's interval.

        Each node is polled in a thread of its own; `elapsed_ms` of each counts from `since_s`.
        """
        every_s = self._target.timing.poll_interval_ms / 1000

        def probe(node: Node) -> Answer | None:
            answer = node.status()
            return answer if answer.value(holds) == value else None

        probes = {node.name: (lambda node=node: probe(node)) for node in self.nodes}
        return self._waits.each(
            what, seconds, probes, every_s=every_s, since_s=time.monotonic() if since_s is None else since_s
        )
