"""Each fortieth write puts its payload over an earlier row as well."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.writes import Writes, Written

_SMEAR = """
UPDATE app.rollouts SET payload = $1
WHERE id = (SELECT id FROM app.rollouts WHERE id <> $2 ORDER BY created_at DESC LIMIT 1)
"""


class Smearing(Writes):
    number = 0

    def _stage(self, session: Session, epoch: int, rollout_id: str, payload: str, deadline: float) -> Written:
        written = super()._stage(session, epoch, rollout_id, payload, deadline)
        Smearing.number += 1
        if Smearing.number % 40 == 0:
            session.run(_SMEAR, [payload, rollout_id], deadline=deadline)
        return written


class Wrong(Node):
    writes_type = Smearing


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
