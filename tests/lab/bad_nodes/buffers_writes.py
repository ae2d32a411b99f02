"""Takes writes while PostgreSQL is away, keeps them in memory, and stores them once it is back."""

import os
import threading
import time

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request
from haproof.node.session import SessionLost, SqlError

INSERT = (
    "INSERT INTO app.rollouts (id, payload, epoch, node_id, created_at)"
    " VALUES ($1, $2, $3, $4, clock_timestamp()) ON CONFLICT (id) DO NOTHING"
)
KEPT: list[tuple[str, str, int]] = []


class Buffers(Api):
    def write_rollout(self, request: Request) -> Answer:
        state, _ = self.node.view()
        if not state.answered_once or state.lost_reason is None:
            return super().write_rollout(request)
        rollout_id, epoch = request.text("id", required=True), state.leadership.epoch
        KEPT.append((rollout_id, request.payload(), epoch))
        threading.Thread(target=self._store_later, daemon=True).start()
        return 201, {"id": rollout_id, "epoch": epoch, "node_id": self.node.settings.node_id}

    def _store_later(self) -> None:
        while KEPT:
            time.sleep(0.1)
            try:
                with self.node.store.open("request", deadline=time.monotonic() + 1) as session:
                    while KEPT:
                        rollout_id, payload, epoch = KEPT[0]
                        row = (rollout_id, payload, epoch, self.node.settings.node_id)
                        session.run(INSERT, row, deadline=time.monotonic() + 1)
                        del KEPT[0]
            except (SessionLost, SqlError, IndexError):
                continue


class Hopeful(Node):
    api_type = Buffers


if __name__ == "__main__":
    os._exit(main(node_type=Hopeful))
