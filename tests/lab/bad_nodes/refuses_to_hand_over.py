"""Never hands over: a planned failover at the leader is refused, whatever its state."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Refused, Request


class Stubborn(Api):
    def failover(self, request: Request) -> Answer:
        raise Refused(409, "not now")


class Wrong(Node):
    api_type = Stubborn


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
