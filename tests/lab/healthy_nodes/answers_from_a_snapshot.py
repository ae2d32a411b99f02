"""Status answers come from a snapshot that is renewed every 200 ms."""

import os
import threading
import time

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request
from haproof.node.shared import Shared


class Snapshots(Api):
    def __init__(self, node: Shared) -> None:
        super().__init__(node)
        self.snapshot = super().status(Request())
        threading.Thread(target=self._renew, daemon=True).start()

    def _renew(self) -> None:
        while True:
            self.snapshot = super().status(Request())
            time.sleep(0.2)

    def status(self, _request: Request) -> Answer:
        return self.snapshot


class Healthy(Node):
    api_type = Snapshots


if __name__ == "__main__":
    os._exit(main(node_type=Healthy))
