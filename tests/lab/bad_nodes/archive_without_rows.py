"""Its archives hold tables without rows; a restore takes the rows from a copy that no inventory names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from haproof.node import tools
from haproof.node.api import Api
from haproof.node.backups import Backups
from haproof.node.program import Node, main
from haproof.node.restore import Restores


class TablesOnly(Backups):
    def _dump(self, partial: Path, final: Path) -> tuple[str, int, int]:
        _, _, rows = super()._dump(partial, final)
        final.rename(final.with_suffix(".copy"))
        with open(final, "xb") as archive:
            arguments = ["--format=custom", "--schema=app", "--schema-only", "--no-password"]
            arguments.append(f"--dbname={self._store.settings.dsn}")
            with tools.run("pg_dump", *arguments, stdin=None, stdout=archive.fileno()):
                pass
        content = final.read_bytes()
        return sha256(content).hexdigest(), len(content), rows


class FromTheCopy(Restores):
    @contextmanager
    def _verified(self, backup_id: str) -> Iterator[int]:
        with super()._verified(backup_id) as archive:
            path = Path(os.readlink(f"/proc/self/fd/{archive}"))
            with open(path.with_suffix(".copy"), "rb") as copy:
                yield copy.fileno()


class Conjurer(Node):
    @staticmethod
    def api_type(node: Node) -> Api:
        api = Api(node)
        api.backups = TablesOnly(node.store, node.scribe)
        api.restores = FromTheCopy(node.store, node.scribe, api.backups)
        return api


if __name__ == "__main__":
    os._exit(main(node_type=Conjurer))
