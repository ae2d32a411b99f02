"""The recovery writes the new epoch into every protected row."""

import os
import time

from haproof.node.commands import Command
from haproof.node.decide import Claim
from haproof.node.leadership import LeadershipLoop
from haproof.node.program import Node, main
from haproof.node.session import Session


class Restamping(LeadershipLoop):
    def _promote(self, session: Session, claim: Claim, command: Command) -> dict[str, object]:
        answer = super()._promote(session, claim, command)
        epoch, deadline = str(answer["epoch"]), time.monotonic() + 1
        session.run("UPDATE app.rollouts SET epoch = $1", [epoch], deadline=deadline)
        return answer


class Wrong(Node):
    leadership_type = Restamping


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
