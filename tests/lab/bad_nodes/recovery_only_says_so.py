"""Answers that a promote-leader went through, and does nothing."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Promises(Api):
    def recover(self, request: Request) -> Answer:
        if request.text("strategy") != "promote-leader":
            return super().recover(request)
        return 200, {"success": True, "node_id": self.node.settings.node_id, "previous_epoch": 1, "epoch": 2}


class Promiser(Node):
    api_type = Promises


if __name__ == "__main__":
    os._exit(main(node_type=Promiser))
