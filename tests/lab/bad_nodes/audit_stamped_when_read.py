"""Every event carries the time at which it is read."""

import os
from datetime import UTC, datetime

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Restamped(Api):
    def audit_events(self, request: Request) -> Answer:
        status, body = super().audit_events(request)
        for event in body["events"]:  # type: ignore[attr-defined]
            event["timestamp"] = self.node.stamp(datetime.now(UTC))
        return status, body


class Wrong(Node):
    api_type = Restamped


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
