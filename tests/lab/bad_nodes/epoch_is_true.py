"""Wherever it shows its epoch it shows `true`."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Boolean(Api):
    def status(self, request: Request) -> Answer:
        status, body = super().status(request)
        return status, body | {"current_epoch": True}

    def write_rollout(self, request: Request) -> Answer:
        status, body = super().write_rollout(request)
        return status, body | {"epoch": True}

    def audit_events(self, request: Request) -> Answer:
        status, body = super().audit_events(request)
        events = body["events"]
        assert isinstance(events, list)
        for event in events:
            if "epoch" in event["fields"]:
                event["fields"]["epoch"] = True
        return status, body


class Truthful(Node):
    api_type = Boolean


if __name__ == "__main__":
    os._exit(main(node_type=Truthful))
