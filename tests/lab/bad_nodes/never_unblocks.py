"""A loss, once noticed, lasts for ever."""

import os
from dataclasses import replace

from haproof.node.decide import Decision, Instant, Observation, Rules, State
from haproof.node.program import Node, main


class LostForEver(Rules):
    def polled(self, state: State, seen: Observation, now: Instant) -> Decision:
        after, events = super().polled(state, seen, now)
        return (
            (replace(after, lost_reason=state.lost_reason), events)
            if state.answered_once
            else (after, events)
        )


class Blocked(Node):
    rules_type = LostForEver


if __name__ == "__main__":
    os._exit(main(node_type=Blocked))
