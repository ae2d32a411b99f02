"""Recovers by making its own old epoch the durable one again."""

import os
import time

from haproof.node.commands import Command
from haproof.node.decide import Claim, Event
from haproof.node.leadership import LeadershipLoop
from haproof.node.program import Node, main
from haproof.node.session import Session

BACK = "UPDATE haproof_ha.leadership_state SET current_epoch = $1, holder_id = $2"


class Backwards(LeadershipLoop):
    def _promote(self, session: Session, claim: Claim, command: Command) -> dict[str, object]:
        node_id, deadline = self._node.settings.node_id, time.monotonic() + 5
        session.run(BACK, [claim.epoch, node_id], deadline=deadline)
        recovered = Event("ha.split_brain.recovered", self._node.now().wall, command.operator)
        self._store.write_event_now(session, recovered, deadline)
        self._node.recovered()
        return {"success": True, "node_id": node_id, "previous_epoch": claim.epoch, "epoch": claim.epoch}


class Reactionary(Node):
    leadership_type = Backwards


if __name__ == "__main__":
    os._exit(main(node_type=Reactionary))
