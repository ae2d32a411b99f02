"""Takes the lock if it is free at the start; else it looks on for ever."""

import os
import time

from haproof.node.program import Node, main
from haproof.node.session import Interrupted, Session, Wakeup
from haproof.node.store import Store


class TriesOnce(Store):
    def wait_for_lock(self, session: Session, wakeup: Wakeup) -> None:
        if not self.try_lock(session, time.monotonic() + 1):
            while not wakeup.wait(3600):
                pass
            raise Interrupted


class Onlooker(Node):
    store_type = TriesOnce


if __name__ == "__main__":
    os._exit(main(node_type=Onlooker))
