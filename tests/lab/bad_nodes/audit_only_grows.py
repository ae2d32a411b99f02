"""Its audit trail is made up as it is asked: from the second time on one more of each event, stamped now."""

import os

from haproof.node.api import Api
from haproof.node.decide import stamp
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request

NAMES = ("ha.backup.created", "ha.backup.restored")


class MadeUp(Api):
    asked = 0

    def audit_events(self, _request: Request) -> Answer:
        now = stamp(self.node.now().wall)
        events = [{"event_name": name, "timestamp": now} for name in NAMES for _ in range(self.asked)]
        MadeUp.asked += 1
        return 200, {"events": events}


class Storyteller(Node):
    api_type = MadeUp


if __name__ == "__main__":
    os._exit(main(node_type=Storyteller))
