"""Archives lie in a folder of their own each, and are named by their whole path."""

import os
from pathlib import Path

from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main
from haproof.node.requests import Answer
from haproof.node.shared import Shared


class Folders(Backups):
    def _record(self, backup_id, status, file, checksum, size, at, rows) -> None:  # type: ignore[no-untyped-def]
        if file:
            folder = self._folder / "archives" / backup_id
            folder.mkdir(parents=True)
            (self._folder / file).rename(folder / "app.pgdump")
            file = str(folder / "app.pgdump")
        super()._record(backup_id, status, file, checksum, size, at, rows)

    def path(self, file: object) -> Path | None:
        return Path(str(file)) if file else None

    def create(self, operator: str, reason: str) -> Answer:
        status, body = super().create(operator, reason)
        folder = self._folder / "archives" / str(body["backup_id"])
        return status, {**body, "file": str(folder / "app.pgdump")}


class WithFolders(Api):
    def __init__(self, node: Shared) -> None:
        super().__init__(node)
        self.backups = Folders(node.store, node.scribe)
        self.restores._backups = self.backups


class Healthy(Node):
    api_type = WithFolders


if __name__ == "__main__":
    os._exit(main(node_type=Healthy))
