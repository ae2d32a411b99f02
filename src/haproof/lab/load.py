"""The lab's clients: concurrent writers, writes to nodes that do not hold, and what they see.

    load = Load(stage, cluster)
    load.start()                  # eight writers follow the leader, as clients would
    load.write(node)              # one row from the main thread
    load.burst(node, 20)          # so many at once
    with load.silence(): ...      # nobody asks the nodes anything
    load.stop()
    load.final()                  # the whole table, as the last line of the history

Every operation is in the history (`writes.jsonl`) before it is sent, and again when its outcome is known.
A row that was acknowledged is read at once by a session of the lab's own.
"""

import contextlib
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from haproof.core import raw_names
from haproof.errors import LabError
from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node
from haproof.lab.history import History
from haproof.lab.in_flight import rows_held
from haproof.lab.load_client import Client
from haproof.lab.loop import Loop
from haproof.lab.measure import Waits
from haproof.lab.readback import ReadBack
from haproof.lab.scenario import Stage
from haproof.lab.transport import Line
from haproof.lab.writes import DirectRows, Row, Sent, Write

WRITERS = 8
CONNECTING = 2
"""Of the writers: those that make a new connection for each write; the others keep theirs, as pools do."""

THINK_SECONDS = 0.06
"""Between two writes of one writer, on average: a takeover must not wait for the lab's own clients. What has
to be in flight at a fault is put there (`hurry`, `lab.in_flight`)."""

RETRY_SECONDS = 0.1
"""After a write that was not acknowledged: a follower that is about to lead must not be kept busy."""

BYSTANDER_SECONDS = 0.06
CROWD = 4
"""So many writes at the same moment are a crowd."""

BURST = 20
"""So many writes at once: fewer than the connections that small servers queue."""

PAYLOAD_BYTES = 16


class Load:
    """Everything that writes to the system under test in one slice."""

    def __init__(self, stage: Stage, cluster: Cluster, writers: int = WRITERS) -> None:
        self._stage = stage
        self._random = random.Random(stage.random.random())
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._writes: list[Write] = []
        self._started = False
        self.said = "nothing was written"
        """The answer to the last write that was not acknowledged, in words."""
        self.invalid: str | None = None
        """The first answer of success that promised nothing, in a sentence."""
        self.answered_elsewhere = 0
        """Writes that were answered by a node that did not hold the leadership then."""
        self.think_s = THINK_SECONDS
        self.cluster = cluster
        self.protected_rows = stage.target.sql.protected_rows
        self.history = History(stage.evidence / raw_names.WRITES, stage.ground.secrets.redact)
        stage.closing.callback(self.history.close)
        stage.closing.callback(self.halt)
        self._own = self._made("lab", pooled=False)
        self._clients = [self._own]
        self._writers = [self._writer(number) for number in range(1, writers + 1)]
        self._others = [self._poller(node) for node in cluster.nodes]
        if stage.target.writes_through_node:
            self._others.append(self._bystander())
        stage.settings |= {"writers": writers, "writer_think_ms": self.think_s * 1000}

    def watch(self) -> None:
        """From now on every status answer is in the history, whoever of the lab asked for it."""
        for node in self.cluster.nodes:
            node.client.on_status = self._seen_by(node)

    # The threads -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin, all of them."""
        self._started = True
        self.watch()
        for loop in (*self._writers, *self._others):
            loop.start()

    @contextlib.contextmanager
    def silence(self) -> Iterator[None]:
        """Within this block nobody asks the nodes anything; it begins once nothing is in flight."""
        loops = (*self._writers, *self._others)
        self._hold(loops)
        yield
        for loop in loops:
            loop.resume()

    def hurry(self) -> None:
        """Let the writers pause for no time, until `relax`: as many writes in flight as there are writers."""
        self.think_s = 0.0

    def relax(self) -> None:
        """Let the writers think between two writes, as they usually do."""
        self.think_s = THINK_SECONDS

    @contextlib.contextmanager
    def no_writers(self) -> Iterator[None]:
        """Within this block none of the writers writes; it begins once none of their writes is in flight."""
        self._hold(self._writers)
        yield
        for loop in self._writers:
            loop.resume()

    def halt(self) -> None:
        """End after the writes in flight."""
        loops = (*self._writers, *self._others)
        for loop in loops:
            loop.tell_end()
        for loop in loops:
            loop.join()
        for client in self._clients:
            client.close()

    def stop(self) -> None:
        """End after the writes in flight. Raises LabError when one of the threads itself broke down."""
        self.halt()
        for loop in (*self._writers, *self._others):
            if isinstance(loop.fault, LabError):
                raise loop.fault
            if loop.fault is not None:
                raise LabError(f"the load broke down: {type(loop.fault).__name__}: {loop.fault}")

    def _hold(self, loops: Sequence[Loop]) -> None:
        for loop in loops:
            loop.hold()
        limit_s = 2 * self._stage.target.timing.answer_deadline_ms / 1000 + 1
        if self._started and not all(loop.await_held(limit_s) for loop in loops):
            raise LabError("a client of the lab did not pause")

    def _writer(self, number: int) -> Loop:
        """A client that writes where the leader is, and looks for it when it is not there any more."""
        client = self._client(f"writer-{number}", pooled=number > CONNECTING)
        rng, nodes = random.Random(self._random.random()), self.cluster.nodes
        where = nodes[0]

        def turn() -> float:
            nonlocal where
            write = client.write(where, self.row())
            if write.outcome == "acknowledged":
                return self.think_s * rng.uniform(0.5, 1.5)
            named = self.cluster.node(write.holder)
            following = nodes[(nodes.index(where) + 1) % len(nodes)]
            where = named if named is not None and named is not where else following
            return RETRY_SECONDS * rng.uniform(0.5, 1.5)

        return Loop(client.name, turn)

    def _bystander(self) -> Loop:
        """A client that writes to nodes that do not hold, which must refuse."""
        client = self._client("bystander", pooled=True)
        rng = random.Random(self._random.random())

        def turn() -> float:
            others = [node for node in self.cluster.nodes if node.name != self.history.holder]
            if len(others) < len(self.cluster.nodes):
                client.write(rng.choice(others), self.row())
            return BYSTANDER_SECONDS * rng.uniform(0.5, 1.5)

        return Loop(client.name, turn)

    def _poller(self, node: Node) -> Loop:
        """Asks one node for its status, at the poll interval; what it answers is seen as any other."""
        every_s = self._stage.target.timing.poll_interval_ms / 1000
        line = Line()
        self._stage.closing.callback(line.close)

        def turn() -> float:
            asked_s = time.monotonic()
            node.client.status(line)
            return max(every_s - (time.monotonic() - asked_s), 0)

        return Loop(f"status of {node.name}", turn)

    def _client(self, name: str, pooled: bool) -> Client:
        self._clients.append(self._made(name, pooled))
        return self._clients[-1]

    def _made(self, name: str, pooled: bool) -> Client:
        back = ReadBack(self.cluster.server, self.protected_rows) if self.protected_rows else None
        return Client(name, pooled, self.history, self._direct_rows(), back, self._note)

    def _seen_by(self, node: Node) -> Callable[[Answer], None]:
        return lambda answer: self.history.status(node.name, answer)

    # Single writes ---------------------------------------------------------------------------------------

    @property
    def through_nodes(self) -> bool:
        """Whether rows go through a node; else straight to PostgreSQL."""
        return self._own.direct is None

    def mark(self) -> str:
        """A text that no other row has."""
        with self._lock:
            return self._random.randbytes(PAYLOAD_BYTES).hex()

    def row(self, row_id: str | None = None) -> Row:
        """A new row."""
        with self._lock:
            number = next(self._numbers)
            return Row(row_id or f"row-{number:06}", self._random.randbytes(PAYLOAD_BYTES).hex())

    def write(self, node: Node, row: Row | None = None) -> Write:
        """One row from the main thread, a new one or one that is sent again."""
        return self._own.write(node, row or self.row())

    def burst(self, node: Node, count: int) -> list[Write]:
        """So many rows at once, each over a connection of its own."""
        if self._own.direct is not None:
            return [self.write(node) for _ in range(count)]
        return [self.answered(one)[0] for one in self.send_some(node, count)]

    def send_some(self, node: Node, count: int) -> list[Sent]:
        """Send so many rows, each over a connection of its own, without awaiting the answers.

        None where rows go straight to PostgreSQL.
        """
        return [self.send(node) for _ in range(count)] if self._own.direct is None else []

    def crowd(self, node: Node, count: int) -> list[Write]:
        """As `burst`, several of them inside the system at the same moment: PostgreSQL makes them wait.

        Where it cannot be made to (`rows_held`), they are a burst.
        """
        if self._own.direct is not None:
            return self.burst(node, count)
        with rows_held(self._stage.journal, self.cluster.server, self.protected_rows) as held:
            sent = self.send_some(node, count)
            waiting = held.await_waiting(CROWD)
            self._stage.journal.saw("rows that wait inside PostgreSQL", sessions=waiting)
        return [self.answered(one)[0] for one in sent]

    def ask_others(self, count: int) -> None:
        """Write to nodes that do not hold the leadership until at least so many writes were answered by them.

        Gives up on nodes of which none answers.
        """
        others = [node for node in self.cluster.nodes if node.name != self.history.holder]
        while self._own.direct is None and self.answered_elsewhere < count:
            before = self.answered_elsewhere
            for node in others:
                self.burst(node, BURST)
            if self.answered_elsewhere == before:
                return

    def send(self, node: Node, row_id: str | None = None) -> Sent:
        """Send a row without awaiting the answer (`answered` does that)."""
        row = self.row(row_id)
        self.history.invoked(self._own, row, node.name)
        return Sent(node, row)

    def answered(self, sent: Sent, until_s: float | None = None) -> tuple[Write, Answer]:
        """The answer to a row that was sent."""
        write, answer = sent.answer(until_s)
        return self._own.ended(write), answer

    def accepted(self, node: Node, waits: Waits, seconds: float) -> bool:
        """Whether `node` takes a row; one of unknown outcome is sent again, as a client would send it.

        On a slow disk a commit may outlast the node's deadline for it: that is neither a yes nor a no. The
        writers rest meanwhile: a system may turn writes away when there are too many.
        """
        with self.no_writers():
            write = self.write(node)

            def known() -> Write | None:
                nonlocal write
                if write.outcome == "unknown":
                    write = self.write(node, write.row)
                return None if write.outcome == "unknown" else write

            seen = waits.until(f"the outcome of {write.row.id}", seconds, known)
        return seen is not None and seen.value.outcome == "acknowledged"

    def accepted_by(self, followers: Sequence[Node]) -> int:
        """How many of these nodes take a protected write, which only a leader may: one row to each.

        0 where rows go straight to PostgreSQL: no node is asked then.
        """
        if self._own.direct is not None:
            return 0
        return sum(1 for node in followers if self.write(node).outcome == "acknowledged")

    def _direct_rows(self) -> DirectRows | None:
        """A session for rows that go straight to PostgreSQL, where the target wants it so."""
        statement = self._stage.target.sql.write_row
        return DirectRows(self.cluster.server, statement) if statement is not None else None

    # What came of them -----------------------------------------------------------------------------------

    def _note(self, write: Write) -> None:
        """Keep an outcome."""
        if write.invalid is not None and self.invalid is None:
            self.invalid = f"{write.node} answered {write.status} to a write, where {write.invalid}"
        if write.outcome != "acknowledged" and write.node is not None:
            self.said = f"{write.node} {write.said}"
        answered_elsewhere = write.status is not None and write.node not in (None, self.history.holder)
        with self._lock:
            self._writes.append(write)
            self.answered_elsewhere += answered_elsewhere

    def acknowledged(self) -> dict[str, str]:
        """Every acknowledged row: id and payload."""
        done = list(self._writes)
        return {write.row.id: write.row.payload for write in done if write.outcome == "acknowledged"}

    def taken_over(self, by: Node, since_s: float) -> Write | None:
        """The first row that `by` acknowledged and that was sent after `since_s`."""
        for write in list(self._writes):
            if write.outcome == "acknowledged" and write.sent_s >= since_s and write.node in (by.name, None):
                return write
        return None
