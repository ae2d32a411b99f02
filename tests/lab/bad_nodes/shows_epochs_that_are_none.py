"""Shows whether there is an epoch in place of which one."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Flags(Api):
    def split_brain(self, request: Request) -> Answer:
        status, body = super().split_brain(request)
        return status, body | {"local_epoch": body["local_epoch"] is not None, "durable_epoch": 1 << 60}


class Evasive(Node):
    api_type = Flags


if __name__ == "__main__":
    os._exit(main(node_type=Evasive))
