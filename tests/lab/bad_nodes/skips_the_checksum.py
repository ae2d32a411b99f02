"""Restores whatever lies in the backup's place, and leaves the damage to pg_restore to find."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Refused
from haproof.node.restore import Restores


class NeverLooks(Restores):
    @contextmanager
    def _verified(self, backup_id: str) -> Iterator[int]:
        deadline = time.monotonic() + 10
        with self._store.open("request", deadline=deadline) as session:
            metadata = self._backups.find(session, backup_id, deadline)
        path = self._backups.path(metadata["file"]) if metadata else None
        if path is None:
            raise Refused(404, "there is no backup of this id")
        descriptor = os.open(path, os.O_RDONLY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


class Careless(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.restores = NeverLooks(node.store, node.scribe, api.backups)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Careless))
