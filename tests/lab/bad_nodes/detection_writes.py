"""Writes down that it was asked about split brain, each time."""

import os
import time

from haproof.node.api import Api
from haproof.node.decide import Event
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Notes(Api):
    def split_brain(self, request: Request) -> Answer:
        asked = Event("ha.split_brain.asked", self.node.now().wall, self.node.settings.node_id)
        with self._reader() as session:
            self.node.store.write_event_now(session, asked, time.monotonic() + 1)
        return super().split_brain(request)


class Scribbler(Node):
    api_type = Notes


if __name__ == "__main__":
    os._exit(main(node_type=Scribbler))
