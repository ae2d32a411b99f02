"""A backup within ten minutes of the last one is a copy of it."""

import os
import shutil
from pathlib import Path

from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main
from haproof.node.shared import Shared


class Cached(Backups):
    def _dump(self, partial: Path, final: Path) -> tuple[str, int, int]:
        checksum, size, rows = super()._dump(partial, final)
        first = sorted(file for file in self._folder.glob("*.dump") if file != final)
        if not first:
            return checksum, size, rows
        shutil.copy(first[0], final)
        with final.open("rb") as archive:
            from haproof.node.backups import sha256

            return sha256(archive.fileno()), final.stat().st_size, rows


class WithCache(Api):
    def __init__(self, node: Shared) -> None:
        super().__init__(node)
        self.backups = Cached(node.store, node.scribe)
        self.restores._backups = self.backups


class Wrong(Node):
    api_type = WithCache


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
