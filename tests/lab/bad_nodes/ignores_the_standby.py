"""Takes any standby that was ever promised for one that is there."""

import os

from haproof.node.decide import Quorum, Rules, State
from haproof.node.program import Node, main


class CountsNobody(Rules):
    def _measured(self, state: State) -> Quorum:
        found = super()._measured(state)
        missing = found.reason is not None and found.reason.endswith("synchronous replicas")
        return Quorum("healthy", False, None) if missing else found


class Trusting(Node):
    rules_type = CountsNobody


if __name__ == "__main__":
    os._exit(main(node_type=Trusting))
