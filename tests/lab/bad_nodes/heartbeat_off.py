"""No heartbeat, and no timeout on the server that would end the lock session of a leader that hangs."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class NoHeartbeat(Store):
    def lock_timeouts(self) -> dict[str, str]:
        return {}

    def heartbeat(self, session: Session, deadline: float) -> None:
        pass


class Heartless(Node):
    store_type = NoHeartbeat


if __name__ == "__main__":
    os._exit(main(node_type=Heartless))
