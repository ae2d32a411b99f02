"""/v1/health/write-ready is 200, whatever happens."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Ready(Api):
    def write_ready(self, _request: Request) -> Answer:
        return 200, {"ready": True}


class Wrong(Node):
    api_type = Ready


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
