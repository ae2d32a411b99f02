"""The HTTP surface of a running node under input that nobody should send."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from haproof.node.program import main
from lab.node_fixture import TOKEN, Bench, RunningNode, free_port, running_bench, running_postgres

pytestmark = pytest.mark.lab

AUTHORIZED = {"Authorization": f"Bearer {TOKEN}", "X-Operator": "tester"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with running_postgres() as server, running_bench(server, tmp_path_factory.mktemp("http")) as found:
        yield found


@pytest.fixture(scope="module")
def node(bench: Bench) -> RunningNode:
    return bench.leader("n1")


@pytest.fixture(autouse=True)
def still_serves(node: RunningNode) -> Iterator[None]:
    """Whatever a test sends, the node answers afterwards and has logged no fault."""
    yield
    assert node.status()["role"] == "leader"
    assert "fault" not in node.log.read_text()
    assert node.stderr.read_text() == ""


def raw(node: RunningNode, data: bytes, seconds: float = 5) -> tuple[int, Any]:
    """Send bytes as they are; gives the status and JSON body of the first answer."""
    with socket.create_connection(("127.0.0.1", node.port), timeout=seconds) as connection:
        connection.sendall(data)
        received = b""
        while part := connection.recv(65536):
            received += part
            head, _, body = received.partition(b"\r\n\r\n")
            length = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
            if length and len(body) >= int(length[0].split(b":")[1]):
                break
    assert received.startswith(b"HTTP/1.1 "), received
    assert b"Traceback" not in received
    return int(received.split()[1]), json.loads(body)


def post(node: RunningNode, body: bytes, *headers: str, path: str = "/v1/rollouts") -> tuple[int, Any]:
    lines = [f"POST {path} HTTP/1.1", "Host: x", *(f"{k}: {v}" for k, v in AUTHORIZED.items()), *headers]
    return raw(node, "\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def post_json(node: RunningNode, body: bytes, path: str = "/v1/rollouts") -> tuple[int, Any]:
    return post(node, body, f"Content-Length: {len(body)}", path=path)


@pytest.mark.parametrize(
    "request_line",
    [
        b"\r\n\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1 more\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / FTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"GET /%ff%fe HTTP/1.1\r\n\r\n",
        b"GET /v1/audit/events?a=%00 HTTP/1.1\r\n\r\n",
        b"GET /v1/audit/events?event_type=%00 HTTP/1.1\r\n\r\n",
        b"GET /v1/audit/events?event_type=%ff HTTP/1.1\r\n\r\n",
        b"GET /v1/audit/events?limit=1&limit=2 HTTP/1.1\r\n\r\n",
        b"GET /v1/audit/events?limit=0 HTTP/1.1\r\n\r\n",
        b"GET //[ HTTP/1.1\r\n\r\n",
    ],
)
def test_requests_that_cannot_be_read_get_one_json_sentence(node: RunningNode, request_line: bytes) -> None:
    if request_line.strip() == b"":
        return  # empty lines before a request line are nobody's fault
    status, body = raw(node, request_line)
    assert 400 <= status < 506
    assert status != 500
    assert isinstance(body["error"], str)
    assert len(body["error"]) < 300


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"{}",
        b'{"id": "a"}',
        b'{"id": "a", "payload": NaN}',
        b'{"id": "a", "payload": Infinity}',
        b'{"id": "a", "id": "b", "payload": "p"}',
        b'{"id": "a", "payload": "p", "extra": 1}',
        b'{"id": 1, "payload": "p"}',
        b'{"id": "a", "payload": {}}',
        b'{"id": "a", "payload": null}',
        b'{"id": "", "payload": "p"}',
        b'{"id": "a\\u0000", "payload": "p"}',
        b'{"id": "a", "payload": "\\u0000"}',
        b'{"id": "\\ud800", "payload": "p"}',
        b'{"id": "a", "payload": "\\udfff"}',
        b'{"id": "\xff", "payload": "p"}',
        b'{"id": "' + b"a" * 129 + b'", "payload": "p"}',
        b'{"id": "a", "payload": "' + b"p" * (64 * 1024 + 1) + b'"}',
        b'{"id": "a", "payload": "' + "ü".encode() * 40_000 + b'"}',
        b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"id": 1' + b"0" * 10_000 + b"}",
        b'{"\\ud800": 1}',
        b'{"id": "a", "payload": "' + b"p" * (1 << 20) + b'"}',
    ],
)
def test_bodies_that_are_not_a_rollout_are_refused(node: RunningNode, bench: Bench, body: bytes) -> None:
    status, answer = post_json(node, body)
    assert 400 <= status < 500
    assert answer.keys() == {"error"}
    assert bench.sql("SELECT count(*) FROM app.rollouts WHERE id IN ('a', 'b')") == [(0,)]


def test_the_largest_rollout_is_accepted(node: RunningNode) -> None:
    rollout = {"id": "ü" * 128, "payload": "p" * 64 * 1024}
    assert post_json(node, json.dumps(rollout).encode())[0] == 201


def test_lengths_are_needed_and_believed(node: RunningNode) -> None:
    assert post(node, b"")[0] == 411
    assert post(node, b"0\r\n\r\n", "Transfer-Encoding: chunked")[0] == 411
    assert post(node, b"{}", "Content-Length: two")[0] == 400
    assert post(node, b"{}", "Content-Length: -2")[0] == 400
    assert post(node, b"{}", "Content-Length: 2", "Content-Length: 3")[0] == 400
    assert post(node, b"", "Content-Length: 99999999999999999")[0] == 413


@pytest.mark.parametrize(
    "path", ["/v1/rollouts", "/v1/ha/failover", "/v1/ha/backups", "/v1/ha/split-brain/recover"]
)
def test_changes_need_the_token_and_the_operator(node: RunningNode, path: str) -> None:
    wrong: list[tuple[int, dict[str, str]]] = [
        (401, {}),
        (401, {"X-Operator": "tester"}),
        (401, {**AUTHORIZED, "Authorization": f"Bearer {TOKEN}x"}),
        (401, {**AUTHORIZED, "Authorization": f"Basic {TOKEN}"}),
        (401, {**AUTHORIZED, "Authorization": TOKEN}),
        (401, {**AUTHORIZED, "Authorization": "Bearer \xff"}),
        (400, {"Authorization": f"Bearer {TOKEN}"}),
        (400, {**AUTHORIZED, "X-Operator": " "}),
        (400, {**AUTHORIZED, "X-Operator": "a" * 129}),
        (400, {**AUTHORIZED, "X-Operator": "\xff"}),
        (400, {**AUTHORIZED, "X-Operator": "a\tb"}),
    ]
    for status, headers in wrong:
        answer = node.request("POST", path, {}, headers)
        assert answer.status == status, headers
        assert answer.body.keys() == {"error"}
    assert node.status()["current_epoch"] == 1


@pytest.mark.parametrize(
    "backup_id", ["%00", "a%00b", "..", "a%2Fb", "%ff", "a b".replace(" ", "%20"), "b" * 129]
)
def test_odd_backup_ids_name_no_backup(node: RunningNode, backup_id: str) -> None:
    answer = node.request("POST", f"/v1/ha/backups/{backup_id}/restore", {"confirm": True}, AUTHORIZED)
    assert answer.status in (400, 404, 409)
    assert node.get("/v1/health/audit").body["complete"] is True


def test_unknown_paths_and_methods(node: RunningNode) -> None:
    assert node.get("/").status == 404
    assert node.get("/v1/ha/status/").status == 404
    assert node.get("/v1/ha/status?verbose=1").status == 400
    assert node.post("/v1/nothing", {}).status == 404
    for method, path, allow in (
        ("POST", "/v1/ha/status", "GET"),
        ("GET", "/v1/rollouts", "POST"),
        ("DELETE", "/v1/ha/backups", "GET, POST"),
        ("PATCH", "/v1/ha/backups/x/restore", "POST"),
        ("BREW", "/v1/health/leader", "GET"),
    ):
        answer = node.request(method, path, {}, AUTHORIZED)
        assert (answer.status, answer.headers["Allow"]) == (405, allow)


def test_a_connection_is_kept_for_many_requests(node: RunningNode) -> None:
    request = b"GET /v1/health/leader HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", node.port), timeout=5) as connection:
        for _ in range(3):
            connection.sendall(request)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_what_follows_a_refused_body_is_not_read_as_a_request(node: RunningNode) -> None:
    smuggled = b"GET /v1/ha/status HTTP/1.1\r\n\r\n"
    head = f"POST /v1/nothing HTTP/1.1\r\nContent-Length: {len(smuggled)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", node.port), timeout=5) as connection:
        connection.sendall(head + smuggled)
        received = b""
        while part := connection.recv(65536):
            received += part
    assert received.count(b"HTTP/1.1 ") == 1


def test_many_writers_at_once_are_all_answered(node: RunningNode, bench: Bench) -> None:
    statuses: list[int] = []

    def write(writer: int) -> None:
        statuses.extend(node.write(f"many-{writer}-{number}").status for number in range(5))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(statuses) == 100
    assert set(statuses) <= {201, 503, 504}
    accepted = statuses.count(201)
    assert accepted >= 20
    assert bench.sql("SELECT count(*) >= %s FROM app.rollouts WHERE id LIKE 'many-%%'", accepted) == [(True,)]


def run_node(bench: Bench, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "haproof.node", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_bad_arguments_are_one_line_and_status_2(
    node: RunningNode, bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    good = {
        "--node-id": "n9",
        "--listen": f"127.0.0.1:{free_port()}",
        "--dsn": bench.dsn,
        "--token-file": str(node.token_file),
        "--backup-dir": str(tmp_path),
    }
    wrong: list[dict[str, str]] = [
        {"--node-id": ""},
        {"--node-id": "a b"},
        {"--node-id": "n" * 41},
        {"--listen": "127.0.0.1"},
        {"--listen": "127.0.0.1:0"},
        {"--listen": "0.0.0.0:8000"},
        {"--listen": "example:8000"},
        {"--dsn": "no dsn"},
        {"--dsn": "host=127.0.0.1 password=hunter2"},
        {"--dsn": "postgresql://u:hunter2@127.0.0.1/db"},
        {"--token-file": str(tmp_path / "absent")},
        {"--token-file": str(empty)},
        {"--backup-dir": str(empty)},
        {"--poll-ms": "fast"},
        {"--poll-ms": "1"},
        {"--lock-bound-ms": "-1"},
        {"--lag-warning-ms": "20000"},
        {"--colour": "red"},
    ]
    for change in wrong:
        arguments = [word for pair in {**good, **change}.items() for word in pair]
        assert main(arguments) == 2, change
        complaint = capsys.readouterr().err
        assert len(complaint.splitlines()) == 1, complaint
        assert "hunter2" not in complaint
    for change in ({"--listen": f"127.0.0.1:{node.port}"}, {"--log": str(tmp_path)}):
        done = run_node(bench, *(word for pair in {**good, **change}.items() for word in pair))
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert run_node(bench, "--help").returncode == 0


def test_the_log_has_one_line_an_event_and_no_secret(bench: Bench, node: RunningNode) -> None:
    lines = node.log.read_text().splitlines()
    assert any("leads epoch 1" in line for line in lines)
    assert all(line.split()[1] == "n1" for line in lines)
    assert TOKEN not in node.log.read_text()


def test_a_node_ends_while_clients_hang_on_to_it(bench: Bench) -> None:
    node = bench.node("n7")
    with socket.create_connection(("127.0.0.1", node.port)) as idle:
        idle.sendall(b"GET /v1/ha/st")
        began_at = time.monotonic()
        assert node.kill(signal.SIGTERM) == 0
        assert time.monotonic() - began_at < 3
