"""A follower that is sent promote-leader takes the epoch, without the lock."""

import os
import time

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Usurping(Api):
    def recover(self, request: Request) -> Answer:
        view = self.node.view()
        if request.body.get("strategy") != "promote-leader" or self.node.rules.leads(*view):
            return super().recover(request)
        deadline = time.monotonic() + 2
        with self.node.store.open("request", deadline=deadline) as session:
            won = self.node.store.campaign(session, self.node.now().wall, deadline)
        node_id = self.node.settings.node_id
        return 200, {"success": True, "node_id": node_id, "previous_epoch": won.epoch - 1, "epoch": won.epoch}


class Wrong(Node):
    api_type = Usurping


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
