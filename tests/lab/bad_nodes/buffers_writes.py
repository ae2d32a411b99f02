"""Takes writes while PostgreSQL is away, keeps them in memory, and stores them once it is back."""

import json
import os
import threading
import time
from contextlib import suppress
from typing import Any

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request
from haproof.node.session import SessionLost, SqlError

INSERT = (
    "INSERT INTO app.rollouts (id, payload, epoch, node_id, created_at)"
    " SELECT id, payload, epoch, node_id, clock_timestamp()"
    " FROM json_to_recordset($1::json) AS kept (id text, payload text, epoch bigint, node_id text)"
    " ON CONFLICT (id) DO NOTHING"
)
KEPT: list[dict[str, Any]] = []
STORER = threading.Lock()
"""Held by the one thread that stores all that is kept, at once: this node loses nothing."""


class Buffers(Api):
    def write_rollout(self, request: Request) -> Answer:
        state, _ = self.node.view()
        if not state.answered_once or state.lost_reason is None:
            return super().write_rollout(request)
        epoch, node_id = state.leadership.epoch, self.node.settings.node_id
        row = {"id": request.text("id", required=True), "epoch": epoch, "node_id": node_id}
        KEPT.append({**row, "payload": request.payload()})
        if STORER.acquire(blocking=False):
            threading.Thread(target=self._store_for_ever, daemon=True).start()
        return 201, row

    def _store_for_ever(self) -> None:
        while True:
            time.sleep(0.02)
            kept = list(KEPT)
            if not kept:
                continue
            with suppress(SessionLost, SqlError):
                deadline = time.monotonic() + 1
                with self.node.store.open("request", deadline=deadline) as session:
                    session.run(INSERT, [json.dumps(kept)], deadline=deadline)
                del KEPT[: len(kept)]


class Hopeful(Node):
    api_type = Buffers


if __name__ == "__main__":
    os._exit(main(node_type=Hopeful))
