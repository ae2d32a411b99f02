"""Writes are carried out one after another."""

import os
import threading

from haproof.node.program import Node, main
from haproof.node.store import Store
from haproof.node.writes import Writes, Written


class Serial(Writes):
    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.turn = threading.Lock()

    def write(self, epoch: int, rollout_id: str, payload: str) -> Written:
        with self.turn:
            return super().write(epoch, rollout_id, payload)


class Healthy(Node):
    writes_type = Serial


if __name__ == "__main__":
    os._exit(main(node_type=Healthy))
