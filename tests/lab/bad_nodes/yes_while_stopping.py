"""Between SIGTERM and its end it says yes to every write, and writes none."""

import os
import time

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request
from haproof.node.writes import Writes


class Polite(Api):
    def write_rollout(self, request: Request) -> Answer:
        if self.node.stopping.is_set():
            epoch = self.node.view().state.leadership.epoch
            body = {"id": request.text("id"), "epoch": epoch, "node_id": self.node.settings.node_id}
            return 201, dict(body)
        return super().write_rollout(request)


class Grace(Writes):
    def drain(self, seconds: float) -> bool:
        time.sleep(0.3)
        return super().drain(seconds)


class Wrong(Node):
    api_type = Polite
    writes_type = Grace


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
