"""Acknowledges rows that PostgreSQL has committed and not yet flushed."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class NeedsNoDisk(Store):
    def open_write_session(self, epoch: int, *, deadline: float) -> Session:
        session = super().open_write_session(epoch, deadline=deadline)
        session.run("SELECT set_config('synchronous_commit', 'off', false)", deadline=deadline)
        return session


class Fast(Node):
    store_type = NeedsNoDisk


if __name__ == "__main__":
    os._exit(main(node_type=Fast))
