"""A probe row and what became of it."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

from haproof.lab.client import Client
from haproof.lab.cluster import Cluster, Node
from haproof.lab.journal import Journal
from haproof.lab.measure import Waits
from haproof.lab.progress import Silent
from haproof.lab.secret import Secrets
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from haproof.lab.writes import Writer

NAMES = {"token": "t", "operator": "o"}


@contextmanager
def node(*statuses: int) -> Iterator[tuple[Node, list[Any]]]:
    """A node that answers protected writes with these statuses, the last one for ever; what it was sent."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(statuses[min(len(asked), len(statuses)) - 1])
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        client = Client(load_target(REFERENCE), url, NAMES)
        yield cast(Node, SimpleNamespace(name="node1", client=client)), asked
        server.shutdown()


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
    journal = Journal(tmp_path / "journal.jsonl", Secrets())
    with node(*statuses) as (found, asked):
        cluster = cast(Cluster, SimpleNamespace(nodes=[found], server=None))
        writer = Writer(load_target(REFERENCE), cluster, random.Random(1), tmp_path / "writes.jsonl")
        assert writer.accepted(found, Waits(journal, Silent()), 5.0) is accepted
        writer.halt()
    journal.close()
    assert len(asked) == sent
    assert len({json.dumps(row, sort_keys=True) for row in asked}) == 1


def test_an_outcome_that_stays_unknown_is_no_yes(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl", Secrets())
    with node(504) as (found, asked):
        cluster = cast(Cluster, SimpleNamespace(nodes=[found], server=None))
        writer = Writer(load_target(REFERENCE), cluster, random.Random(1), tmp_path / "writes.jsonl")
        assert writer.accepted(found, Waits(journal, Silent()), 0.1) is False
        writer.halt()
    journal.close()
    assert len(asked) > 1
