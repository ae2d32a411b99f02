"""The fence compares the name of the holder, not the epoch."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class ByName(Store):
    def fence(self, session: Session, epoch: int, deadline: float) -> int:
        rows = session.run("SELECT holder_id FROM haproof_ha.leadership_state FOR SHARE", deadline=deadline)
        return epoch if rows[0][0] == self.settings.node_id else -1


class Wrong(Node):
    store_type = ByName


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
