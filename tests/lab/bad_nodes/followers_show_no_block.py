"""While PostgreSQL is away, a node that did not lead shows no write block; it refuses writes all the same."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.shared import View


class Unconcerned(Api):
    def _quorum(self, view: View) -> dict[str, object]:
        led = view.state.leadership.holder_id == self.node.settings.node_id
        return super()._quorum(view) | ({} if led else {"write_block_active": False})


class Bystander(Node):
    api_type = Unconcerned


if __name__ == "__main__":
    os._exit(main(node_type=Bystander))
