"""Keeps writes that it refused during a loss, and stores them three seconds after the recovery."""

import os
import threading
import time
from contextlib import suppress

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Refused, Request
from haproof.node.session import SessionLost, SqlError
from haproof.node.writes import _INSERT


class Queueing(Api):
    def write_rollout(self, request: Request) -> Answer:
        try:
            return super().write_rollout(request)
        except Refused as refused:
            if refused.status == 503 and self.node.view().state.lost_reason:
                values = [request.text("id"), request.payload()]
                threading.Thread(target=self._later, args=values, daemon=True).start()
            raise

    def _later(self, rollout_id: str, payload: str) -> None:
        while self.node.view().state.lost_reason:
            time.sleep(0.1)
        time.sleep(3)
        epoch = self.node.view().state.leadership.epoch
        deadline = time.monotonic() + 2
        with suppress(SessionLost, SqlError), self.node.store.open("late", deadline=deadline) as session:
            session.run(_INSERT, [rollout_id, payload, epoch, self.node.settings.node_id], deadline=deadline)


class Wrong(Node):
    api_type = Queueing


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
