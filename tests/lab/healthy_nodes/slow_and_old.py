"""Healthy: it speaks HTTP/1.0, so each connection serves one request, and takes 900 ms for each answer."""

import os
import time

from haproof.node import http
from haproof.node.program import main

SECONDS = 0.9
"""The test gives its target an `answer_deadline_ms` that leaves a busy machine a second."""


class Slow(http.Handler):
    protocol_version = "HTTP/1.0"

    def _answer(self, status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> None:
        time.sleep(SECONDS)
        super()._answer(status, body, headers)


if __name__ == "__main__":
    http.Handler = Slow  # type: ignore[misc]
    os._exit(main())
