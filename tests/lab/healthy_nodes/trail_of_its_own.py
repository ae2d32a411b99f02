"""Each node lists only the events that it wrote itself."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class OwnTrail(Api):
    def audit_events(self, request: Request) -> Answer:
        status, body = super().audit_events(request)
        node_id = self.node.settings.node_id
        return status, {"events": [event for event in body["events"] if event["source"] == node_id]}  # type: ignore[attr-defined]


class Healthy(Node):
    api_type = OwnTrail


if __name__ == "__main__":
    os._exit(main(node_type=Healthy))
