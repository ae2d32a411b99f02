"""Healthy: an early hint before each answer, bodies in chunks, events newest first and in whole seconds."""

import json
import os

from haproof.node import http
from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request

HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"


class Unusual(http.Handler):
    def _answer(self, status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> None:
        self.wfile.write(HINT)
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        data = json.dumps(body, indent=1).encode()
        for start in range(0, len(data), 1000):
            part = data[start : start + 1000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\nDigest: none\r\n\r\n")
        self.wfile.flush()


class NewestFirst(Api):
    def audit_events(self, request: Request) -> Answer:
        status, body = super().audit_events(request)
        events = body["events"]
        assert isinstance(events, list)
        return status, {"events": [event | {"timestamp": whole(event)} for event in reversed(events)]}


def whole(event: dict[str, str]) -> str:
    return event["timestamp"][:19] + "Z"


class Unlike(Node):
    api_type = NewestFirst


if __name__ == "__main__":
    http.Handler = Unusual  # type: ignore[misc]
    os._exit(main(node_type=Unlike))
