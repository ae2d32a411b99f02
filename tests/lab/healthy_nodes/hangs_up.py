"""Healthy: it speaks HTTP/1.1 and closes each connection after its answer, whose length it does not give."""

import json
import os

from haproof.node import http
from haproof.node.program import main


class HangsUp(http.Handler):
    def _answer(self, status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> None:
        self.close_connection = True
        self.send_response(status)
        for name, value in {"Connection": "close", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())
        self.wfile.flush()


if __name__ == "__main__":
    http.Handler = HangsUp  # type: ignore[misc]
    os._exit(main())
