"""One write in fifty is refused with 503, and stored."""

import itertools
import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Refused, Request


class SaysNo(Api):
    _numbers = itertools.count(1)

    def write_rollout(self, request: Request) -> Answer:
        answer = super().write_rollout(request)
        if next(self._numbers) % 50 == 0:
            raise Refused(503, "too busy")
        return answer


class Contrary(Node):
    api_type = SaysNo


if __name__ == "__main__":
    os._exit(main(node_type=Contrary))
