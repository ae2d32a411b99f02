"""Its epochs begin at 2^60, more than evidence can carry; it says so in status and events."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request

ABOVE = 2**60


class Enormous(Api):
    def status(self, request: Request) -> Answer:
        status, body = super().status(request)
        epoch = body["current_epoch"]
        assert isinstance(epoch, int)
        return status, body | {"current_epoch": ABOVE + epoch}

    def audit_events(self, request: Request) -> Answer:
        status, body = super().audit_events(request)
        events = body["events"]
        assert isinstance(events, list)
        for event in events:
            if "epoch" in event["fields"]:
                event["fields"]["epoch"] += ABOVE
        return status, body


class Astronomer(Node):
    api_type = Enormous


if __name__ == "__main__":
    os._exit(main(node_type=Astronomer))
