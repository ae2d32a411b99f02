"""Tells the operator the digest of something else than the archive (the record has the right one)."""

import hashlib
import os

from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main
from haproof.node.requests import Answer


class HashesTheName(Backups):
    def create(self, operator: str, reason: str) -> Answer:
        status, body = super().create(operator, reason)
        return status, {**body, "checksum": hashlib.sha256(str(body["file"]).encode()).hexdigest()}


class Confused(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.backups = HashesTheName(node.store, node.scribe)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Confused))
