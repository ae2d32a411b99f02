"""A restore brings back the leadership row of the time of the backup."""

import os
import time

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request

_BACK = (
    "UPDATE haproof_ha.leadership_state SET current_epoch = $1",
    "DELETE FROM haproof_ha.leader_epochs WHERE epoch > $1",
)


class Whole(Api):
    def create_backup(self, request: Request) -> Answer:
        status, body = super().create_backup(request)
        note = self.node.settings.backup_dir / f".{body['backup_id']}.epoch"
        note.write_text(str(self.node.view().state.leadership.epoch))
        return status, body

    def restore_backup(self, request: Request, backup_id: str) -> Answer:
        answer = super().restore_backup(request, backup_id)
        epoch = int((self.node.settings.backup_dir / f".{backup_id}.epoch").read_text())
        deadline = time.monotonic() + 2
        with self.node.store.open("request", deadline=deadline) as session:
            for statement in _BACK:
                session.run(statement, [epoch], deadline=deadline)
        return answer


class Wrong(Node):
    api_type = Whole


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
