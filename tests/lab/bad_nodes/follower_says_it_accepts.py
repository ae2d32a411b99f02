"""A follower says that it can accept protected writes, and refuses them."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Boastful(Api):
    def status(self, request: Request) -> Answer:
        status, body = super().status(request)
        ready = not body["write_block_active"]
        return status, {**body, "can_accept_protected_writes": ready, "write_ready": ready}


class Wrong(Node):
    api_type = Boastful


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
