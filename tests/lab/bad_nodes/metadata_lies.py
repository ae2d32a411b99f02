"""Records another size than the archive has."""

import os
from pathlib import Path

from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main


class Rounds(Backups):
    def _dump(self, partial: Path, final: Path) -> tuple[str, int, int]:
        checksum, size, rows = super()._dump(partial, final)
        return checksum, size // 1000 * 1000 + 1000, rows


class Liar(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.backups = Rounds(node.store, node.scribe)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Liar))
