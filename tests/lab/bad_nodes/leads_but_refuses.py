"""After a takeover it says that it leads and takes writes, and refuses every one for six seconds."""

import os
import time

from haproof.node.api import Api
from haproof.node.decide import Leadership
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Refused, Request

SECONDS = 6.0


class Shy(Api):
    def write_rollout(self, request: Request) -> Answer:
        assert isinstance(self.node, TakesItsTime)
        if time.monotonic() < self.node.warm_at and self.node.rules.leads(*self.node.view()):
            raise Refused(503, "warming up")
        return super().write_rollout(request)


class TakesItsTime(Node):
    api_type = Shy
    warm_at = 0.0

    def campaigned(self, won: Leadership, asked_at: float) -> None:
        super().campaigned(won, asked_at)
        if won.epoch > 1:
            self.warm_at = time.monotonic() + SECONDS


if __name__ == "__main__":
    os._exit(main(node_type=TakesItsTime))
