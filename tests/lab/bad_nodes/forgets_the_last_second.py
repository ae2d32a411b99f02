"""After an outage the new leader deletes what was written in the second before it."""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta

from haproof.node.arguments import Settings
from haproof.node.decide import Event, Leadership, stamp
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class Tidy(Store):
    node: "Wrong"
    done = 0

    def campaign(
        self, session: Session, at: datetime, deadline: float, events: Iterable[Event] = ()
    ) -> Leadership:
        state = self.node.view().state
        if state.last_lost_at is not None and state.detected_loss_count > self.done:
            self.done = state.detected_loss_count
            since = stamp(state.last_lost_at - timedelta(seconds=1))
            session.run("DELETE FROM app.rollouts WHERE created_at > $1", [since], deadline=deadline)
        return super().campaign(session, at, deadline, events)


class Wrong(Node):
    store_type = Tidy

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.store.node = self  # type: ignore[attr-defined]


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
