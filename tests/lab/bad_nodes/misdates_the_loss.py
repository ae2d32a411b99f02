"""Gives a loss that it noticed a time of its own."""

import os
from dataclasses import replace
from datetime import timedelta

from haproof.node.decide import Decision, Instant, Rules, State
from haproof.node.program import Node, main


class Yesterday(Rules):
    def poll_failed(self, state: State, reason: str, now: Instant) -> Decision:
        lost, events = super().poll_failed(state, reason, now)
        if events:
            lost = replace(lost, last_lost_at=now.wall - timedelta(days=1))
        return lost, events


class Dreamer(Node):
    rules_type = Yesterday


if __name__ == "__main__":
    os._exit(main(node_type=Dreamer))
