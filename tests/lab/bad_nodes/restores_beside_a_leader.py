"""In maintenance mode it restores without a look at the lock, under the feet of a node that leads."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.restore import Restores
from haproof.node.session import Session


class NeedsNoLock(Restores):
    @contextmanager
    def _leadership_lock(self) -> Iterator[Session]:
        with self._store.open("restore", deadline=time.monotonic() + 10) as session:
            yield session


class Reckless(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.restores = NeedsNoLock(node.store, node.scribe, api.backups)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Reckless))
