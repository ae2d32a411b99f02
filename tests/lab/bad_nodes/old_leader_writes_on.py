"""A leader that was replaced goes on writing under its old epoch, as if nothing had happened."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request
from haproof.node.session import Session
from haproof.node.store import Store


class NoFence(Store):
    def fence(self, session: Session, epoch: int, deadline: float) -> int:
        return epoch


class WritesOn(Api):
    _led = 0

    def write_rollout(self, request: Request) -> Answer:
        view = self.node.view()
        claim = self.node.rules.claim(*view)
        if claim is not None:
            self._led = claim.epoch
        if claim is not None or not self._led or self.node.rules.write_block(*view):
            return super().write_rollout(request)
        written = self.node.writes.write(self._led, request.text("id", required=True), request.payload())
        row_id, _, epoch, node_id, _ = written.row
        created_at = self.node.stamp(view.now.wall)
        return 201, {"id": row_id, "epoch": int(epoch or 0), "node_id": node_id, "created_at": created_at}


class NeverLetsGo(Node):
    store_type = NoFence
    api_type = WritesOn


if __name__ == "__main__":
    os._exit(main(node_type=NeverLetsGo))
