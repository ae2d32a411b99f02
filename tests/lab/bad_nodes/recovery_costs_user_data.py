"""Its recovery takes user data with it: the rows of the epoch that was given up."""

import os

from haproof.node.commands import Command
from haproof.node.decide import Claim
from haproof.node.leadership import LeadershipLoop
from haproof.node.program import Node, main
from haproof.node.session import Session

SWEEP = "DELETE FROM app.rollouts WHERE id = (SELECT max(id) FROM app.rollouts)"


class Sweeps(LeadershipLoop):
    def _promote(self, session: Session, claim: Claim, command: Command) -> dict[str, object]:
        answer = super()._promote(session, claim, command)
        session.run(SWEEP, deadline=None)
        return answer


class Sweeper(Node):
    leadership_type = Sweeps


if __name__ == "__main__":
    os._exit(main(node_type=Sweeper))
