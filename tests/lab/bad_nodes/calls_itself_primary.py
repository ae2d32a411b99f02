"""Its role is called primary, which is no role of the contract."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Renamed(Api):
    def status(self, request: Request) -> Answer:
        status, body = super().status(request)
        return status, body | {"role": "primary" if body["role"] == "leader" else body["role"]}


class Primary(Node):
    api_type = Renamed


if __name__ == "__main__":
    os._exit(main(node_type=Primary))
