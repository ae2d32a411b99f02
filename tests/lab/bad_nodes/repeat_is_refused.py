"""A write that is sent again is refused as a conflict, although its row is there."""

import os

from haproof.node.program import Node, main
from haproof.node.writes import Conflict, Writes, Written


class Forgetful(Writes):
    def write(self, epoch: int, rollout_id: str, payload: str) -> Written:
        written = super().write(epoch, rollout_id, payload)
        if not written.created:
            raise Conflict("a rollout of this id exists")
        return written


class Wrong(Node):
    writes_type = Forgetful


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
