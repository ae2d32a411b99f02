"""Its restore brings back tables that are missing; those that are there it leaves as they are."""

import os
import time

from haproof.node.api import Api
from haproof.node.decide import Event
from haproof.node.program import Node, main
from haproof.node.restore import Restores
from haproof.node.session import Session


class LeavesWhatIsThere(Restores):
    def _replace(self, session: Session, descriptor: int, event: Event) -> None:
        self._store.write_event_now(session, event, time.monotonic() + 10)


class Gentle(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.restores = LeavesWhatIsThere(node.store, node.scribe, api.backups)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Gentle))
