"""Healthy: each poll writes a heartbeat into a row of the node's own, and each second one a line of a log."""

import os
import time

from haproof.node.monitor import QuorumMonitor
from haproof.node.program import Node, main

TABLES = """
CREATE TABLE IF NOT EXISTS haproof_ha.heartbeats (node_id text PRIMARY KEY, at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS haproof_ha.heard (node_id text NOT NULL, at timestamptz NOT NULL)
"""
BEAT = (
    "INSERT INTO haproof_ha.heartbeats VALUES ($1, clock_timestamp())"
    " ON CONFLICT (node_id) DO UPDATE SET at = excluded.at"
)
HEARD = "INSERT INTO haproof_ha.heard VALUES ($1, clock_timestamp())"


class Beats(QuorumMonitor):
    polls = 0

    def poll(self, deadline: float) -> None:
        super().poll(deadline)
        if self._session is None:
            return
        soon, node_id = time.monotonic() + 1, self._node.settings.node_id
        if not self.polls:
            for statement in (
                "SELECT pg_advisory_lock(7)",
                *TABLES.split(";"),
                "SELECT pg_advisory_unlock(7)",
            ):
                self._session.run(statement, deadline=soon)
        self.polls += 1
        self._session.run(BEAT, [node_id], deadline=soon)
        if self.polls % 2:
            self._session.run(HEARD, [node_id], deadline=soon)


class Alive(Node):
    monitor_type = Beats


if __name__ == "__main__":
    os._exit(main(node_type=Alive))
