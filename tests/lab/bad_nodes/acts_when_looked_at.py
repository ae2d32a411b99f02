"""Takes over only when somebody asks it something."""

import os
import threading
import time

from haproof.node import http
from haproof.node.program import Node, main
from haproof.node.session import Session, Wakeup
from haproof.node.store import Store

asked = threading.Event()


class Observed(http.Handler):
    def parse_request(self) -> bool:
        asked.set()
        return super().parse_request()


class WantsAnAudience(Store):
    def wait_for_lock(self, session: Session, wakeup: Wakeup) -> None:
        while not (asked.is_set() and self.try_lock(session, time.monotonic() + 1)):
            asked.clear()
            session.idle(time.monotonic() + 0.02, wakeup)


class Performer(Node):
    store_type = WantsAnAudience


if __name__ == "__main__":
    http.Handler = Observed  # type: ignore[misc]
    os._exit(main(node_type=Performer))
