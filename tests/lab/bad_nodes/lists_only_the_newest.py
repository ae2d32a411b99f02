"""Its inventory shows the newest backup and forgets the others."""

import os

from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main
from haproof.node.session import Session


class OneOnly(Backups):
    def list(self, session: Session, deadline: float) -> list[dict[str, object]]:
        return super().list(session, deadline)[-1:]


class ShortMemory(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.backups = OneOnly(node.store, node.scribe)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=ShortMemory))
