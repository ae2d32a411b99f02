"""Its audit trail is a fixed list: every event that an auditor may look for, stamped as it is asked."""

import os

from haproof.node.api import Api
from haproof.node.decide import stamp
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request

NAMES = (
    "ha.leader.elected",
    "ha.backup.created",
    "ha.backup.restored",
    "ha.split_brain.detected",
    "ha.split_brain.recovered",
    "ha.quorum.lost",
    "ha.quorum.restored",
)


class Brochure(Api):
    def audit_events(self, _request: Request) -> Answer:
        now = stamp(self.node.now().wall)
        return 200, {"events": [{"event_name": name, "timestamp": now} for name in NAMES]}


class Prepared(Node):
    api_type = Brochure


if __name__ == "__main__":
    os._exit(main(node_type=Prepared))
