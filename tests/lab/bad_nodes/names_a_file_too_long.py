"""Its inventory names an archive by a name that is too long for any file system."""

import os

from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main
from haproof.node.session import Session


class Verbose(Backups):
    def list(self, session: Session, deadline: float) -> list[dict[str, object]]:
        return [entry | {"file": "a" * 300 + ".dump"} for entry in super().list(session, deadline)]


class Wordy(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.backups = Verbose(node.store, node.scribe)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Wordy))
