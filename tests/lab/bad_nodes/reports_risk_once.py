"""Reports a risk to the first who asks, and none to whoever asks after that."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Once(Api):
    reported = "none"

    def split_brain(self, request: Request) -> Answer:
        status, body = super().split_brain(request)
        known, Once.reported = Once.reported, str(body["risk"])
        return status, body | {"risk": "none" if body["risk"] == known else body["risk"]}


class Forgetful(Node):
    api_type = Once


if __name__ == "__main__":
    os._exit(main(node_type=Forgetful))
