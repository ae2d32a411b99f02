"""Restores although nobody confirmed it."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer
from haproof.node.restore import Restores


class NeedsNoYes(Restores):
    def restore(self, backup_id: str, operator: str, reason: str, confirm: bool) -> Answer:
        return super().restore(backup_id, operator, reason, confirm=True)


class Hasty(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.restores = NeedsNoYes(node.store, node.scribe, api.backups)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Hasty))
