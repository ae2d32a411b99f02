"""Restores in the middle of normal service, under the feet of whoever writes."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main
from haproof.node.restore import Restores
from haproof.node.scribe import Scribe
from haproof.node.session import Session
from haproof.node.store import Store


class NeedsNoMaintenance(Restores):
    def __init__(self, store: Store, scribe: Scribe, backups: Backups) -> None:
        super().__init__(store, scribe, backups)
        self._maintenance = True

    @contextmanager
    def _leadership_lock(self) -> Iterator[Session]:
        with self._store.open("restore", deadline=time.monotonic() + 10) as session:
            yield session


class Reckless(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.restores = NeedsNoMaintenance(node.store, node.scribe, api.backups)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Reckless))
