"""Its backups are made and listed, and whoever asked for one is told that it failed."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Refused, Request


class Modest(Api):
    def create_backup(self, request: Request) -> Answer:
        super().create_backup(request)
        raise Refused(500, "the backup failed")


class Unsure(Node):
    api_type = Modest


if __name__ == "__main__":
    os._exit(main(node_type=Unsure))
