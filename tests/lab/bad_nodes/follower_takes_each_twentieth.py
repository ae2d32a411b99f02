"""A follower takes each twentieth write that it should refuse, counted over its restarts."""

import os
from pathlib import Path

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request

COUNT = Path("asked")  # in the folder of the node's own


class NowAndThen(Api):
    def write_rollout(self, request: Request) -> Answer:
        state, now = self.node.view()
        if self.node.rules.leads(state, now) or self.node.rules.write_block(state, now):
            return super().write_rollout(request)
        asked = (int(COUNT.read_text()) if COUNT.exists() else 0) + 1
        COUNT.write_text(str(asked))
        if asked % 20:
            return super().write_rollout(request)
        rollout_id, epoch = request.text("id", required=True), state.leadership.epoch
        self.node.writes.write(epoch, rollout_id, request.payload())
        return 201, {"id": rollout_id, "epoch": epoch, "node_id": self.node.settings.node_id}


class Obliging(Node):
    api_type = NowAndThen


if __name__ == "__main__":
    os._exit(main(node_type=Obliging))
