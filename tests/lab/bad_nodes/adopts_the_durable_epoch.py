"""A leader whose epoch is no longer durable takes the durable one for its own after two polls."""

import os
from dataclasses import replace

from haproof.node.decide import Decision, Instant, Observation, Rules, State
from haproof.node.program import Node, main


class Adopting(Rules):
    polls = 0

    def polled(self, state: State, seen: Observation, now: Instant) -> Decision:
        state, events = super().polled(state, seen, now)
        claim = self.claim(state, now)
        if claim is None or claim.epoch == state.durable.epoch:
            self.polls = 0
            return state, events
        self.polls += 1
        if self.polls > 2:
            state = replace(state, claim=replace(claim, epoch=state.durable.epoch))
        return state, events


class Wrong(Node):
    rules_type = Adopting


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
