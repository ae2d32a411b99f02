"""A follower takes each twentieth write, counted over all its restarts."""

import os
import threading
from pathlib import Path

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request

COUNT = Path("refused")  # the working folder is the node's own, and outlives it
LOCK = threading.Lock()


def one_in_twenty() -> bool:
    with LOCK:
        count = int(COUNT.read_text()) + 1 if COUNT.exists() else 1
        COUNT.write_text(str(count))
    return count % 20 == 0


class Obliging(Api):
    def write_rollout(self, request: Request) -> Answer:
        view = self.node.view()
        if self.node.rules.leads(*view) or self.node.rules.write_block(*view) or not one_in_twenty():
            return super().write_rollout(request)
        written = self.node.writes.write(
            view.state.leadership.epoch, request.text("id", required=True), request.payload()
        )
        row_id, _, epoch, node_id, _ = written.row
        created_at = self.node.stamp(view.now.wall)
        return 201, {"id": row_id, "epoch": int(epoch or 0), "node_id": node_id, "created_at": created_at}


class Helpful(Node):
    api_type = Obliging


if __name__ == "__main__":
    os._exit(main(node_type=Helpful))
