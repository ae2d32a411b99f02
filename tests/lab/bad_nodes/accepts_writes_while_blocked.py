"""Says that writes are blocked, and accepts one all the same."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Refused, Request


class Accepts(Api):
    def write_rollout(self, request: Request) -> Answer:
        try:
            return super().write_rollout(request)
        except Refused as refusal:
            if refusal.status != 503:
                raise
            return 201, {"id": request.text("id"), "epoch": 1, "node_id": self.node.settings.node_id}


class Yes(Node):
    api_type = Accepts


if __name__ == "__main__":
    os._exit(main(node_type=Yes))
