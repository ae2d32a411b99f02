"""What it calls a backup is a list of row counts: complete, digested, and of no use."""

import os
from hashlib import sha256
from pathlib import Path

from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main


class CountsOnly(Backups):
    def _dump(self, partial: Path, final: Path) -> tuple[str, int, int]:
        _, _, rows = super()._dump(partial, final)
        content = f"app: {rows} rows\n".encode()
        final.write_bytes(content)
        return sha256(content).hexdigest(), len(content), rows


class Bookkeeper(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.backups = CountsOnly(node.store, node.scribe)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Bookkeeper))
