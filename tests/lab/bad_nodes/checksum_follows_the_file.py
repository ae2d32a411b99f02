"""The checksum is computed from the file whenever it is asked for, before a restore as well."""

import os

from haproof.node.api import Api
from haproof.node.backups import Backups, sha256
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.shared import Shared


class Following(Backups):
    def _as_it_is(self, entry: dict[str, object]) -> dict[str, object]:
        path = self.path(entry["file"])
        if path is None or not path.is_file():
            return entry
        with path.open("rb") as archive:
            return {**entry, "checksum": sha256(archive.fileno()), "bytes": path.stat().st_size}

    def list(self, session: Session, deadline: float) -> list[dict[str, object]]:
        return [self._as_it_is(entry) for entry in super().list(session, deadline)]

    def find(self, session: Session, backup_id: str, deadline: float) -> dict[str, object] | None:
        entry = super().find(session, backup_id, deadline)
        return entry and self._as_it_is(entry)


class WithFollowing(Api):
    def __init__(self, node: Shared) -> None:
        super().__init__(node)
        self.backups = Following(node.store, node.scribe)
        self.restores._backups = self.backups


class Wrong(Node):
    api_type = WithFollowing


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
