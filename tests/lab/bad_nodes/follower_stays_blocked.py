"""After a loss a follower keeps its write block for ever."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.shared import View


class Blocked(Api):
    def _quorum(self, view: View) -> dict[str, object]:
        fields = super()._quorum(view)
        if view.state.detected_loss_count and not self.node.rules.leads(*view):
            fields["write_block_active"] = True
        return fields


class Wrong(Node):
    api_type = Blocked


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
