"""A process that has led once never stands in line again."""

import os

from haproof.node.decide import Leadership
from haproof.node.leadership import LeadershipLoop
from haproof.node.program import Node, main


class Once(LeadershipLoop):
    led = False

    def one_term(self) -> None:
        if self.led:
            self._bell.wait(0.2)
            return
        super().one_term()

    def _campaign(self, session, *events) -> Leadership:  # type: ignore[no-untyped-def]
        self.led = True
        return super()._campaign(session, *events)


class Wrong(Node):
    leadership_type = Once


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
