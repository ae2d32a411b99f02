"""A leader that finds its epoch raised drops a table of its own."""

import os
import time

from haproof.node.decide import Observation
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class Tidy(Store):
    def observe(self, session: Session, asked_at: float, deadline: float) -> Observation:
        seen = super().observe(session, asked_at, deadline)
        if seen.open_epochs == (1,) and seen.leadership.epoch > 1:
            session.run("DROP TABLE IF EXISTS haproof_ha.backups", deadline=time.monotonic() + 1)
        return seen


class Cleaner(Node):
    store_type = Tidy


if __name__ == "__main__":
    os._exit(main(node_type=Cleaner))
