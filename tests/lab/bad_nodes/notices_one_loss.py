"""Notices the first loss, and no other."""

import os

from haproof.node.decide import Decision, Instant, Rules, State
from haproof.node.program import Node, main


class Once(Rules):
    def poll_failed(self, state: State, reason: str, now: Instant) -> Decision:
        if state.detected_loss_count and state.lost_reason is None:
            return state, ()
        return super().poll_failed(state, reason, now)


class Wrong(Node):
    rules_type = Once


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
