"""Asks once for each connection whether it leads: after a handover, those who stayed connected write on."""

import os
import threading
import time

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request
from haproof.node.session import SessionLost, SqlError
from haproof.node.writes import _INSERT

connection = threading.local()  # the server has one thread for each


class Trusting(Api):
    def write_rollout(self, request: Request) -> Answer:
        state = self.node.view().state
        if getattr(connection, "epoch", None) is None or state.claim is not None:
            answer = super().write_rollout(request)
            connection.epoch = answer[1]["epoch"]
            return answer
        rollout_id, payload = request.text("id", required=True), request.payload()
        deadline = time.monotonic() + 0.5
        values = [rollout_id, payload, connection.epoch, self.node.settings.node_id]
        try:
            with self.node.store.open("trusted", deadline=deadline) as session:
                session.run(_INSERT, values, deadline=deadline)
        except (SessionLost, SqlError):
            return super().write_rollout(request)
        return 201, {"id": rollout_id, "epoch": connection.epoch, "node_id": self.node.settings.node_id}


class Wrong(Node):
    api_type = Trusting


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
