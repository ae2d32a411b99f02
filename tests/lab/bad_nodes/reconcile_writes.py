"""Begins to act on a manual-reconcile, which is a dry run."""

import os
import time

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer


class Touches(Api):
    def _plan(self, force: bool) -> Answer:
        answer = super()._plan(force)
        with self._reader() as session:
            touch = "UPDATE haproof_ha.leadership_state SET holder_id = holder_id"
            session.run(touch, deadline=time.monotonic() + 1)
        return answer


class Eager(Node):
    api_type = Touches


if __name__ == "__main__":
    os._exit(main(node_type=Eager))
