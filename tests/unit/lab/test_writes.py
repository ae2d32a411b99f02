"""A probe row and what became of it; the clients that write them, on nodes that answer as they are told."""

import itertools
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

from haproof.lab.client import Answer, Client
from haproof.lab.cluster import Cluster, Node
from haproof.lab.journal import Journal
from haproof.lab.load import Load
from haproof.lab.measure import Waits
from haproof.lab.progress import Silent
from haproof.lab.scenario import Stage
from haproof.lab.secret import Secrets
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from haproof.lab.transport import Reply, Trouble
from haproof.lab.writes import Row, judged

NAMES = {"token": "t", "operator": "o"}
PATIENCE = 5.0
MADE = {"id": "row-1", "epoch": 3, "node_id": "node2", "created_at": "2026-11-28T10:00:00Z"}


def answer(status: int | None, body: Any = None, trouble: Trouble | None = None) -> Answer:
    return Answer(Reply(status, body, trouble, 1.0, 2.0))


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (answer(201, MADE), "acknowledged"),
        (answer(200, MADE), "acknowledged"),
        (answer(201, {**MADE, "created_at": None}), "acknowledged"),
        (answer(503, {"error": "blocked"}), "refused"),
        (answer(421, {"holder_id": "node1"}), "refused"),
        (answer(409, {"error": "fenced"}), "refused"),
        (answer(503, None, "rubbish"), "refused"),
        (answer(None, None, "refused"), "refused"),
        (answer(504, {"error": "outcome unknown"}), "unknown"),
        (answer(500, {"error": "fault"}), "unknown"),
        (answer(302, {}), "unknown"),
        (answer(202, MADE), "unknown"),
        (answer(None, None, "timeout"), "unknown"),
        (answer(201, None, "broken"), "unknown"),
        (answer(503, None, "broken"), "unknown"),
    ],
)
def test_what_an_answer_promises(given: Answer, outcome: str) -> None:
    write = judged(Row("row-1", "p"), "node1", given)
    assert write.outcome == outcome
    assert write.invalid is None
    assert (write.by, write.epoch) == (("node2", 3) if outcome == "acknowledged" else (None, None))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (None, "id is absent or null, not row-1"),
        ({}, "id is absent or null, not row-1"),
        ({**MADE, "id": "row-2"}, 'id is "row-2", not row-1'),
        ({**MADE, "epoch": True}, "epoch is true, not a whole number"),
        ({**MADE, "epoch": 2**60}, f"epoch is {2**60}, not a whole number"),
        ({**MADE, "epoch": "3"}, 'epoch is "3", not a whole number'),
        ({**MADE, "node_id": 7}, "node_id is 7, not the name of a node"),
        ({**MADE, "created_at": "now"}, 'created_at is "now", not a time'),
        ({**MADE, "success": False}, "success is false"),
        ({**MADE, "error": "not stored"}, 'error is "not stored"'),
    ],
)
def test_an_answer_of_success_that_promises_nothing(body: Any, says: str) -> None:
    write = judged(Row("row-1", "p"), "node1", answer(201, body))
    assert (write.outcome, write.invalid) == ("unknown", says)
    assert (write.by, write.epoch) == (None, None)


def test_an_answer_that_is_no_json_is_no_promise_either() -> None:
    assert judged(Row("row-1", "p"), "node1", answer(201, None, "rubbish")).invalid is not None


Respond = Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]]


@dataclass
class Fake:
    """A node that answers protected writes as it is told, and its status with a holder."""

    name: str
    respond: Respond
    holder: str = "node1"
    asked: list[dict[str, Any]] = field(default_factory=list)


def acknowledges(name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 201, {"id": body["id"], "epoch": 1, "node_id": name}


def refuses(name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 421, {"holder_id": "node1"}


def in_turn(*statuses: int) -> Respond:
    """These statuses, the last one for ever."""
    left = itertools.chain(statuses, itertools.repeat(statuses[-1]))

    def respond(name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return next(left), {"id": body["id"], "epoch": 1, "node_id": name}

    return respond


@contextmanager
def served(fake: Fake) -> Iterator[Node]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.asked.append(body)
            self.reply(*fake.respond(fake.name, body))

        def do_GET(self) -> None:
            self.reply(200, {"role": "follower", "holder_id": fake.holder, "current_epoch": 1})

        def reply(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        client = Client(load_target(REFERENCE), f"http://127.0.0.1:{server.server_port}", NAMES)
        yield cast(Node, SimpleNamespace(name=fake.name, client=client, status=client.status))
        server.shutdown()


@contextmanager
def loaded(folder: Path, *fakes: Fake) -> Iterator[tuple[Load, list[Node], Waits]]:
    journal = Journal(folder / "journal.jsonl", Secrets())
    with ExitStack() as stack:
        stack.callback(journal.close)
        nodes = [stack.enter_context(served(fake)) for fake in fakes]
        target = load_target(REFERENCE)
        object.__setattr__(target.sql, "protected_rows", None)  # there is no database to read from
        stage = SimpleNamespace(
            target=target,
            random=random.Random(1),
            evidence=folder,
            settings={},
            closing=stack.enter_context(ExitStack()),
            ground=SimpleNamespace(secrets=Secrets()),
        )
        cluster = SimpleNamespace(
            nodes=tuple(nodes),
            server=None,
            node=lambda name: next((node for node in nodes if node.name == name), None),
        )
        yield Load(cast(Stage, stage), cast(Cluster, cluster)), nodes, Waits(journal, Silent())


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "writes.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(
    ("statuses", "accepted", "sent"),
    [
        ((201,), True, 1),
        ((504, 504, 200), True, 3),
        ((504, 409), False, 2),
        ((503,), False, 1),
    ],
)
def test_a_row_of_unknown_outcome_is_sent_again_under_its_id(
    tmp_path: Path, statuses: tuple[int, ...], accepted: bool, sent: int
) -> None:
    fake = Fake("node1", in_turn(*statuses))
    with loaded(tmp_path, fake) as (load, [node], waits):
        assert load.accepted(node, waits, PATIENCE) is accepted
    assert len(fake.asked) == sent
    assert len({json.dumps(row, sort_keys=True) for row in fake.asked}) == 1


def test_an_outcome_that_stays_unknown_is_no_yes(tmp_path: Path) -> None:
    fake = Fake("node1", in_turn(504))
    with loaded(tmp_path, fake) as (load, [node], waits):
        assert load.accepted(node, waits, 0.1) is False
    assert len(fake.asked) > 1


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.005)
    return holds()


def test_eight_writers_follow_the_leader_and_others_are_written_to_as_well(tmp_path: Path) -> None:
    leader, follower = Fake("node1", acknowledges), Fake("node2", refuses)
    with loaded(tmp_path, follower, leader) as (load, _, _):
        load.start()
        assert eventually(lambda: len(load.acknowledged()) > 50 and len(follower.asked) > 10)
        load.stop()
        promised = load.acknowledged()
    written = lines(tmp_path)
    writers = {line["client"] for line in written if line.get("client", "").startswith("writer")}
    assert len(writers) == 8
    assert {line["via"] for line in written if "via" in line} == {"pooled", "connect"}
    ok = {line["id"] for line in written if line["kind"] == "ok" and line["op"] == "insert"}
    assert ok == promised.keys()
    assert {row["id"]: row["payload"] for row in leader.asked} == promised
    assert len({row["payload"] for row in (*leader.asked, *follower.asked)}) == len(leader.asked) + len(
        follower.asked
    )


def test_every_operation_is_written_down_before_it_is_sent_and_when_it_is_known(tmp_path: Path) -> None:
    there: list[bool] = []

    def looks(name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        there.append(f'"{body["id"]}"' in (tmp_path / "writes.jsonl").read_text())
        return acknowledges(name, body)

    with loaded(tmp_path, Fake("node1", looks)) as (load, [node], _):
        load.burst(node, 5)
        load.write(node)
    assert there == [True] * 6
    kinds: dict[str, list[str]] = {}
    for line in lines(tmp_path):
        kinds.setdefault(line["id"], []).append(line["kind"])
    assert list(kinds.values()) == [["invoke", "ok"]] * 6


def test_in_a_silence_nobody_is_asked(tmp_path: Path) -> None:
    leader, follower = Fake("node1", acknowledges), Fake("node2", refuses)
    with loaded(tmp_path, leader, follower) as (load, _, _):
        load.start()
        assert eventually(lambda: len(leader.asked) > 20 and len(follower.asked) > 3)
        with load.silence():
            asked = len(leader.asked), len(follower.asked)
            time.sleep(0.3)
            assert (len(leader.asked), len(follower.asked)) == asked
        assert eventually(lambda: len(leader.asked) > asked[0] and len(follower.asked) > asked[1])
        load.stop()


def test_a_load_that_breaks_down_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken: list[int] = []

    def breaks(*_: object) -> None:
        broken.append(1)
        raise ValueError("no more")

    with loaded(tmp_path, Fake("node1", acknowledges)) as (load, _, _):
        monkeypatch.setattr(load.history, "invoked", breaks)
        load.start()
        assert eventually(lambda: bool(broken))
        with pytest.raises(Exception, match="the load broke down: ValueError: no more"):
            load.stop()


def test_the_first_write_of_a_new_leader(tmp_path: Path) -> None:
    with loaded(tmp_path, Fake("node1", acknowledges)) as (load, [node], _):
        load.write(node)
        since_s = time.monotonic()
        assert load.taken_over(node, since_s) is None
        write = load.write(node)
        assert load.taken_over(node, since_s) is write
