"""Stores the first 4,000 characters of a payload and acknowledges all of them."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.writes import Writes, Written


class Narrow(Writes):
    def _stage(self, session: Session, epoch: int, rollout_id: str, payload: str, deadline: float) -> Written:
        return super()._stage(session, epoch, rollout_id, payload[:4000], deadline)


class Wrong(Node):
    writes_type = Narrow


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
