"""Shows the epoch that it is going to begin next, before anything of it is in the database."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Early(Api):
    def status(self, request: Request) -> Answer:
        status, body = super().status(request)
        epoch = body["current_epoch"]
        if body["role"] == "leader" and isinstance(epoch, int):
            body["current_epoch"] = epoch + 1
        return status, body


class Wrong(Node):
    api_type = Early


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
