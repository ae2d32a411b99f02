"""Open epochs above the current one are no ghosts to it."""

import os
from dataclasses import replace

from haproof.node.decide import Observation
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class OneSided(Store):
    def observe(self, session: Session, asked_at: float, deadline: float) -> Observation:
        seen = super().observe(session, asked_at, deadline)
        return replace(
            seen, open_epochs=tuple(epoch for epoch in seen.open_epochs if epoch <= seen.leadership.epoch)
        )


class Wrong(Node):
    store_type = OneSided


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
