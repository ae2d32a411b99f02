"""The first write after an outage is acknowledged and not stored."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Rusty(Api):
    losses = 0

    def write_rollout(self, request: Request) -> Answer:
        view = self.node.view()
        count = view.state.detected_loss_count
        if count > self.losses and self.node.rules.can_accept(*view) and view.state.claim:
            self.losses = count
            body = {"id": request.text("id"), "node_id": self.node.settings.node_id}
            return 201, {**body, "epoch": view.state.claim.epoch}
        return super().write_rollout(request)


class Wrong(Node):
    api_type = Rusty


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
