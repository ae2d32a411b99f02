"""Counts each loss twice: when it begins and when it ends."""

import os
from dataclasses import replace

from haproof.node.decide import Decision, Instant, Observation, Rules, State
from haproof.node.program import Node, main


class Double(Rules):
    def polled(self, state: State, seen: Observation, now: Instant) -> Decision:
        after, events = super().polled(state, seen, now)
        if any(event.name == "ha.quorum.restored" for event in events):
            after = replace(after, detected_loss_count=after.detected_loss_count + 1)
        return after, events


class Wrong(Node):
    rules_type = Double


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
