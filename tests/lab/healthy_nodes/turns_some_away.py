"""No more than four writes at once; others are refused with a reason."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from haproof.node.program import Node, main
from haproof.node.store import Store
from haproof.node.writes import NotWritten, Writes


class Few(Writes):
    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.few = threading.BoundedSemaphore(4)

    @contextmanager
    def _slot(self, deadline: float) -> Iterator[None]:
        if not self.few.acquire(blocking=False):
            raise NotWritten("not written: too many writes at once")
        try:
            with super()._slot(deadline):
                yield
        finally:
            self.few.release()


class Healthy(Node):
    writes_type = Few


if __name__ == "__main__":
    os._exit(main(node_type=Healthy))
