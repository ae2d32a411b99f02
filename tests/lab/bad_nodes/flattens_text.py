"""Stores a question mark for what is not ASCII, and cuts spaces off at both ends."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.writes import Writes, Written


class Plain(Writes):
    def _stage(self, session: Session, epoch: int, rollout_id: str, payload: str, deadline: float) -> Written:
        plain = payload.strip().encode("ascii", "replace").decode()
        return super()._stage(session, epoch, rollout_id, plain, deadline)


class Wrong(Node):
    writes_type = Plain


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
