"""Compares the checksum once the restore is done, and refuses then."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from haproof.node import restore
from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Refused
from haproof.node.restore import Restores
from haproof.node.shared import Shared


class Late(Restores):
    @contextmanager
    def _verified(self, backup_id: str) -> Iterator[int]:
        wrong = []

        def note(one: str, other: str) -> bool:
            if one != other:
                wrong.append(one)
            return True

        vars(restore)["hmac"] = SimpleNamespace(compare_digest=note)
        with super()._verified(backup_id) as descriptor:
            yield descriptor
        if wrong:
            raise Refused(409, "the checksum is not that of the backup")


class WithLate(Api):
    def __init__(self, node: Shared) -> None:
        super().__init__(node)
        self.restores = Late(node.store, node.scribe, self.backups)


class Wrong(Node):
    api_type = WithLate


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
