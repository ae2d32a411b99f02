"""Writes the event of a complete restore for one that was refused, too."""

import os
from datetime import UTC, datetime

from haproof.node.api import Api
from haproof.node.decide import Event
from haproof.node.program import Node, main
from haproof.node.restore import Restores
from haproof.node.shared import Shared


class Talkative(Restores):
    def _tell_refused(self, backup_id: str, operator: str, sentence: str) -> None:
        super()._tell_refused(backup_id, operator, sentence)
        now = datetime.now(UTC)
        self._scribe.record([Event("ha.backup.restored", now, operator, "success", "backup", backup_id)])
        self._scribe.flush(1)


class WithTales(Api):
    def __init__(self, node: Shared) -> None:
        super().__init__(node)
        self.restores = Talkative(node.store, node.scribe, self.backups)


class Wrong(Node):
    api_type = WithTales


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
