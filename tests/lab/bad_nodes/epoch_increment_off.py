"""Leads the epoch that it finds: every holder has the same one."""

import os
from collections.abc import Iterable
from datetime import datetime

from haproof.node.decide import Event, Leadership, stamp
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store

TAKE = """
UPDATE haproof_ha.leadership_state SET current_epoch = greatest(current_epoch, 1), holder_id = $1,
    acquired_at = $2 RETURNING current_epoch
"""


class SameEpoch(Store):
    def campaign(
        self, session: Session, at: datetime, deadline: float, events: Iterable[Event] = ()
    ) -> Leadership:
        node_id = self.settings.node_id
        epoch = int(session.run(TAKE, [node_id, stamp(at)], deadline=deadline)[0][0] or 0)
        told = Event("ha.leader.elected", at, node_id, fields=(("epoch", epoch), ("holder_id", node_id)))
        for event in (told, *events):
            self.write_event_now(session, event, deadline)
        return Leadership(epoch, node_id, at)


class OneEpoch(Node):
    store_type = SameEpoch


if __name__ == "__main__":
    os._exit(main(node_type=OneEpoch))
