"""Healthy, with a long memory: its list of backups is larger than 3 MB."""

import os

from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main
from haproof.node.session import Session


class Talkative(Backups):
    def list(self, session: Session, deadline: float) -> list[dict[str, object]]:
        told = super().list(session, deadline)
        return [entry | {"log": "dumped a table\n" * (3_200_000 // 15 // len(told))} for entry in told]


class Archivist(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.backups = Talkative(node.store, node.scribe)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Archivist))
