"""Shows a new holder at once, and its epoch half a second later."""

import os
import time

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Lagging(Api):
    shown: tuple[object, object] = (None, None)
    new_at = 0.0

    def status(self, request: Request) -> Answer:
        status, body = super().status(request)
        if body["current_epoch"] != self.shown[1]:
            self.shown, self.new_at = (self.shown[1], body["current_epoch"]), time.monotonic()
        if self.shown[0] is not None and time.monotonic() < self.new_at + 0.5:
            body["current_epoch"] = self.shown[0]
        return status, body


class Wrong(Node):
    api_type = Lagging


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
