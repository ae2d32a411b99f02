"""Asked to hand over, it begins a new epoch itself, and says that it resigned."""

import os

from haproof.node.commands import Command
from haproof.node.leadership import LeadershipLoop
from haproof.node.program import Node, main
from haproof.node.session import Session


class Clinging(LeadershipLoop):
    def _carry_out(self, session: Session, command: Command) -> str:
        claim = self._node.view().state.claim
        if command.kind != "failover" or claim is None:
            return super()._carry_out(session, command)
        self._node.drop_claim()
        self._campaign(session)
        answer = {"success": True, "previous_holder": self._node.settings.node_id}
        command.finish({**answer, "previous_epoch": claim.epoch, "message": "resigned"})
        return "leads"


class Wrong(Node):
    leadership_type = Clinging


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
