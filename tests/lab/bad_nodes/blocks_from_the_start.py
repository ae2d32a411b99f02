"""Never takes a write: it calls the quorum degraded although nothing is wrong."""

import os

from haproof.node.decide import Quorum, Rules, State
from haproof.node.program import Node, main


class Worries(Rules):
    def _measured(self, _state: State) -> Quorum:
        return Quorum("degraded", True, "it is better to be careful")


class Careful(Node):
    rules_type = Worries


if __name__ == "__main__":
    os._exit(main(node_type=Careful))
