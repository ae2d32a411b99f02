"""A follower takes protected writes under the epoch of whoever leads, instead of naming the leader."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Obliging(Api):
    def write_rollout(self, request: Request) -> Answer:
        state, now = self.node.view()
        if self.node.rules.leads(state, now) or self.node.rules.write_block(state, now):
            return super().write_rollout(request)
        rollout_id, epoch = request.text("id", required=True), state.leadership.epoch
        self.node.writes.write(epoch, rollout_id, request.payload())
        return 201, {"id": rollout_id, "epoch": epoch, "node_id": self.node.settings.node_id}


class Helpful(Node):
    api_type = Obliging


if __name__ == "__main__":
    os._exit(main(node_type=Helpful))
