"""The first epoch is 4,000,001."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class High(Store):
    def ensure_schema(self, session: Session, deadline: float) -> None:
        super().ensure_schema(session, deadline)
        high = "UPDATE haproof_ha.leadership_state SET current_epoch = 4000000 WHERE current_epoch = 0"
        session.run(high, deadline=deadline)


class Healthy(Node):
    store_type = High


if __name__ == "__main__":
    os._exit(main(node_type=Healthy))
