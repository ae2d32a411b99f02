"""A follower that is asked for a dry run closes what it finds open; the leader only looks."""

import os
import time

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer

CLOSE = "UPDATE haproof_ha.leader_epochs SET notes = 'seen by ' || $1"


class InEarnest(Api):
    def _plan(self, force: bool) -> Answer:
        if not self.node.rules.leads(*self.node.view()):
            with self._reader() as session:
                session.run(CLOSE, [self.node.settings.node_id], deadline=time.monotonic() + 1)
        return super()._plan(force)


class Helpful(Node):
    api_type = InEarnest


if __name__ == "__main__":
    os._exit(main(node_type=Helpful))
