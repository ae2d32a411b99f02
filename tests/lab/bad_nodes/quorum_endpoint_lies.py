"""/v1/health/quorum says healthy, whatever happens."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Fine(Api):
    def quorum_health(self, request: Request) -> Answer:
        status, body = super().quorum_health(request)
        fine = {"quorum_health": "healthy", "write_block_active": False, "quorum_loss_reason": None}
        return status, {**body, **fine}


class Wrong(Node):
    api_type = Fine


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
