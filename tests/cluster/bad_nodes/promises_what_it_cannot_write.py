"""Answers 201 where it could not reach the database: it has led, so it will write that later, it thinks."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Refused, Request


class Hopeful(Api):
    epoch = 0

    def write_rollout(self, request: Request) -> Answer:
        try:
            status, body = super().write_rollout(request)
            self.epoch = int(str(body["epoch"]))
            return status, body
        except Refused as refused:
            if not self.epoch or refused.status < 500:
                raise
            return 201, {"id": request.text("id"), "epoch": self.epoch, "node_id": self.node.settings.node_id}


class Wrong(Node):
    api_type = Hopeful


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
