"""`haproof ha …` against a listener that answers whatever a test wants, and against none."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from haproof.cli import main


class Listener:
    """Answers every request with one prepared answer, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.answer: bytes = b"{}"
        self.hint: bytes = b""
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                listener.asked.append((self.command, self.path, dict(self.headers.items()), body))
                self.wfile.write(listener.hint)
                self.send_response(listener.status)
                self.send_header("Content-Length", str(len(listener.answer)))
                self.end_headers()
                self.wfile.write(listener.answer)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, listener: Listener) -> None:
    token = tmp_path / "token"
    token.write_text("secret-token\n")
    monkeypatch.setenv("HAPROOF_URL", listener.url)
    monkeypatch.setenv("HAPROOF_TOKEN_FILE", str(token))
    monkeypatch.setenv("HAPROOF_OPERATOR", "Zoë")


@pytest.mark.parametrize(
    "hint",
    [
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
    ],
)
def test_informational_answers_are_passed_over(
    listener: Listener, hint: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    listener.hint, listener.answer = hint, b'{"backups": []}'
    assert main(["ha", "backup", "list", "--output", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"backups": []}


@pytest.mark.parametrize(
    ("arguments", "method", "path", "body"),
    [
        ("status", "GET", "/v1/ha/status", None),
        ("quorum status", "GET", "/v1/health/quorum", None),
        ("split-brain detect", "GET", "/v1/ha/split-brain", None),
        ("backup list", "GET", "/v1/ha/backups", None),
        ("audit query", "GET", "/v1/audit/events", None),
        ("audit query --event-type a&b", "GET", "/v1/audit/events?event_type=a%26b", None),
        ("failover trigger", "POST", "/v1/ha/failover", {}),
        ("failover trigger --reason drill", "POST", "/v1/ha/failover", {"reason": "drill"}),
        ("backup create", "POST", "/v1/ha/backups", {}),
        ("backup restore b1", "POST", "/v1/ha/backups/b1/restore", {"confirm": False}),
        ("backup restore a/b --confirm", "POST", "/v1/ha/backups/a%2Fb/restore", {"confirm": True}),
        (
            "split-brain recover --strategy promote-leader --force",
            "POST",
            "/v1/ha/split-brain/recover",
            {"strategy": "promote-leader", "operator": "Zoë", "force": True},
        ),
    ],
)
def test_each_operation_asks_its_endpoint(
    listener: Listener, arguments: str, method: str, path: str, body: object
) -> None:
    assert main(["ha", *arguments.split()]) == 0
    asked_method, asked_path, headers, asked_body = listener.asked[0]
    assert (asked_method, asked_path, asked_body) == (method, path, body)
    if method == "POST":
        assert headers["Authorization"] == "Bearer secret-token"
        assert headers["X-Operator"].encode("latin-1").decode() == "Zoë"
    else:
        assert "Authorization" not in headers


def test_text_and_json_show_the_same_without_anything_a_terminal_obeys(
    listener: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {
        "holder_id": "n1\x1b[31m\u202e\nrole: leader",
        "none": None,
        "yes": True,
        "nested": {"max_lag_ms": 1.5, "replicas": []},
        "events": [{"a": "x\x07", "b": {"k\u200b": 1}}, {"a": None, "c": "longer"}],
    }
    listener.answer = json.dumps(answer, ensure_ascii=False).encode()
    assert main(["ha", "status"]) == 0
    text = capsys.readouterr().out
    assert text.splitlines() == [
        "holder_id: n1\\u{001B}[31m\\u{202E}\\u{000A}role: leader",
        "none: -",
        "yes: true",
        "nested.max_lag_ms: 1.5",
        "nested.replicas: []",
        "events:",
        "  a          b                 c",
        '  x\\u{0007}  {"k\\u{200B}": 1}  -',
        "  -          -                 longer",
    ]
    assert main(["ha", "--output", "json", "status"]) == 0
    document = capsys.readouterr().out
    assert json.loads(document) == answer
    assert document.isascii()


def test_a_refusal_is_status_1_with_the_sentence_of_the_node(
    listener: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    listener.status, listener.answer = 421, b'{"error": "not\\u001b the leader", "holder_id": "n2"}'
    assert main(["ha", "failover", "trigger", "--output", "json"]) == 1
    captured = capsys.readouterr()
    assert captured.err == "haproof: the node refused (421): not\\u{001B} the leader (holder: n2)\n"
    assert json.loads(captured.out)["holder_id"] == "n2"


@pytest.mark.parametrize(
    ("status", "answer"),
    [(200, b"<html>"), (200, b"[]"), (200, b""), (404, b"{}"), (500, b'{"error": 1}'), (200, b"[" * 100_000)],
)
def test_what_is_not_a_node_is_status_7(
    listener: Listener, capsys: pytest.CaptureFixture[str], status: int, answer: bytes
) -> None:
    listener.status, listener.answer = status, answer
    assert main(["ha", "status"]) == 7
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_nobody_there_is_status_7(listener: Listener, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ha", "status", "--url", "http://127.0.0.1:1"]) == 7
    assert "no node answered at http://127.0.0.1:1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "nothing",
        "backup",
        "backup restore",
        "split-brain recover",
        "status --output yaml",
        "status --url ftp://x",
        "status --url http://",
        "status --url http://127.0.0.1:port",
        "status --url http://127.0.0.1:1/ä",
        "status --url http://127.0.0.1:1/\udcff",
        "status --url http://a\u2003b/",
        "status --url http://a..b/",
        f"status --url http://{'a' * 70}/",
        "status --url http://\udcff/",
        "audit query --event-type \udcff",
        "backup restore \udcff --confirm",
        "failover trigger --reason \udcff",
        "split-brain recover --strategy \udcff",
        "failover trigger --token-file /nonexistent",
        "failover trigger --token-file /dev/null",
        "failover trigger --operator a\x07",
    ],
)
def test_usage_is_status_2_and_one_line(
    listener: Listener, capsys: pytest.CaptureFixture[str], arguments: str
) -> None:
    assert main(["ha", *arguments.split(" ")] if arguments else ["ha"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert listener.asked == []


@pytest.mark.parametrize("url", ["http://ex ample/", "http://127.0.0.1:1/a b", "http://127.0.0.1:1/\x7f"])
def test_a_url_with_a_space_is_none(capsys: pytest.CaptureFixture[str], url: str) -> None:
    assert main(["ha", "status", "--url", url]) == 2
    assert "is not a URL such as" in capsys.readouterr().err


def test_missing_settings_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("HAPROOF_OPERATOR", "HAPROOF_TOKEN_FILE"):
        monkeypatch.delenv(variable)
        assert main(["ha", "backup", "create"]) == 2
        assert variable in capsys.readouterr().err
    monkeypatch.delenv("HAPROOF_URL")
    for operation in ("status", "quorum status"):
        assert main(["ha", *operation.split()]) == 2
        variable = "HAPROOF_URL"
        assert variable in capsys.readouterr().err
