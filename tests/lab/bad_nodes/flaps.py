"""Leadership wanders between its nodes, without a fault: a leader gives up after 700 ms."""

import os
import time

from haproof.node.leadership import LeadershipLoop
from haproof.node.program import Node, main
from haproof.node.session import Session

REIGN_SECONDS = 0.7


class Restless(LeadershipLoop):
    def _lead(self, session: Session) -> None:
        until = time.monotonic() + REIGN_SECONDS
        while time.monotonic() < until and not self._node.stopping.is_set():
            asked_at = time.monotonic()
            self._store.heartbeat(session, asked_at + 1)
            self._node.heartbeat(asked_at)
            session.idle(time.monotonic() + 0.1, self._bell)
        self._resign(session, self._node.settings.node_id, "it felt like it")


class Flapping(Node):
    leadership_type = Restless


if __name__ == "__main__":
    os._exit(main(node_type=Flapping))
