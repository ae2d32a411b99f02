"""Keeps no record of a loss: no reason, no time of its end, and it counts every failed poll."""

import os
from dataclasses import replace

from haproof.node.api import Api
from haproof.node.decide import Decision, Instant, Rules, State
from haproof.node.program import Node, main
from haproof.node.shared import View


class Miscounts(Rules):
    def poll_failed(self, state: State, reason: str, now: Instant) -> Decision:
        after, events = super().poll_failed(state, reason, now)
        return replace(after, detected_loss_count=state.detected_loss_count + after.answered_once), events


class NoRecord(Api):
    def _quorum(self, view: View) -> dict[str, object]:
        return super()._quorum(view) | {"quorum_loss_reason": None, "last_restored_at": None}


class Forgetful(Node):
    rules_type = Miscounts
    api_type = NoRecord


if __name__ == "__main__":
    os._exit(main(node_type=Forgetful))
