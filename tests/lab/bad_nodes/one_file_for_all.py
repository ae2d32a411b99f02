"""Each backup overwrites the file of the one before; all stay in the list as completed."""

import os

from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main
from haproof.node.requests import Answer
from haproof.node.shared import Shared


class OneFile(Backups):
    def _record(self, backup_id, status, file, checksum, size, at, rows) -> None:  # type: ignore[no-untyped-def]
        if file:
            (self._folder / file).replace(self._folder / "latest.dump")
        super()._record(backup_id, status, file and "latest.dump", checksum, size, at, rows)

    def create(self, operator: str, reason: str) -> Answer:
        status, body = super().create(operator, reason)
        return status, {**body, "file": "latest.dump"}


class WithOneFile(Api):
    def __init__(self, node: Shared) -> None:
        super().__init__(node)
        self.backups = OneFile(node.store, node.scribe)
        self.restores._backups = self.backups


class Wrong(Node):
    api_type = WithOneFile


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
