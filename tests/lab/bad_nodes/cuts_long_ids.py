"""Stores the first 48 characters of an id and answers with the whole."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.writes import Writes, Written


class Narrow(Writes):
    def _stage(self, session: Session, epoch: int, rollout_id: str, payload: str, deadline: float) -> Written:
        written = super()._stage(session, epoch, rollout_id[:48], payload, deadline)
        return Written((rollout_id, *written.row[1:]), written.created)


class Wrong(Node):
    writes_type = Narrow


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
