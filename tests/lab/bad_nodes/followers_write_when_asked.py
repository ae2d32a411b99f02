"""A follower notes down each question about split brain, once its next poll comes; the leader does not."""

import os

from haproof.node.api import Api
from haproof.node.decide import Event
from haproof.node.monitor import QuorumMonitor
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request

QUESTIONS: list[Event] = []


class Listens(Api):
    def split_brain(self, request: Request) -> Answer:
        if not self.node.rules.leads(*self.node.view()):
            QUESTIONS.append(Event("ha.split_brain.asked", self.node.now().wall, "n"))
        return super().split_brain(request)


class Notes(QuorumMonitor):
    def poll(self, deadline: float) -> None:
        super().poll(deadline)
        self._node.scribe.record(QUESTIONS)
        QUESTIONS.clear()


class Clerk(Node):
    api_type = Listens
    monitor_type = Notes


if __name__ == "__main__":
    os._exit(main(node_type=Clerk))
