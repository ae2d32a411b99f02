"""Takes 1.3 seconds for each answer."""

import os
import time

from haproof.node import http
from haproof.node.program import main

SECONDS = 1.3


class Late(http.Handler):
    def _answer(self, status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> None:
        time.sleep(SECONDS)
        super()._answer(status, body, headers)


if __name__ == "__main__":
    http.Handler = Late  # type: ignore[misc]
    os._exit(main())
