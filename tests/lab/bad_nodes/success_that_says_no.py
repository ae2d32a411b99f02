"""One write in ten is not stored, and answered with 201 and a body that says so."""

import itertools
import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Polite(Api):
    _numbers = itertools.count(1)

    def write_rollout(self, request: Request) -> Answer:
        if next(self._numbers) % 10 == 0 and self.node.rules.can_accept(*self.node.view()):
            return 201, {"success": False, "error": "not stored"}
        return super().write_rollout(request)


class SaysYes(Node):
    api_type = Polite


if __name__ == "__main__":
    os._exit(main(node_type=SaysYes))
