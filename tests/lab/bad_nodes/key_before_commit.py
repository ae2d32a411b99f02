"""Notes a request as done before it is: the retry of a write that was refused is answered from that note."""

import os
import threading
from datetime import UTC, datetime
from typing import ClassVar

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Refused, Request


class WithNotes(Api):
    noted: ClassVar[dict[str, str]] = {}
    lock = threading.Lock()

    def write_rollout(self, request: Request) -> Answer:
        rollout_id, payload = request.text("id", required=True), request.payload()
        with self.lock:
            if rollout_id in self.noted:
                if self.noted[rollout_id] != payload:
                    raise Refused(409, "a rollout of this id with another payload exists")
                state = self.node.view().state
                epoch = state.claim.epoch if state.claim else state.leadership.epoch
                at = self.node.stamp(datetime.now(UTC))
                body = {"id": rollout_id, "epoch": epoch, "node_id": self.node.settings.node_id}
                if state.claim is None:
                    return super().write_rollout(request)
                return 200, {**body, "created_at": at}
            self.noted[rollout_id] = payload
        return super().write_rollout(request)


class Wrong(Node):
    api_type = WithNotes


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
