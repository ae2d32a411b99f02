"""The claim outlives the lock's session: after an outage two nodes may call themselves leader."""

import os
from dataclasses import replace

from haproof.node.decide import Claim, Instant, Rules, State
from haproof.node.program import Node, main


class Clinging(Rules):
    def lock_lost(self, state: State, now: Instant) -> State:
        return replace(super().lock_lost(state, now), claim=state.claim)

    def claim(self, state: State, now: Instant) -> Claim | None:
        return state.claim

    def _fenced(self, state: State, now: Instant) -> str | None:
        return None


class Wrong(Node):
    rules_type = Clinging


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
