"""After a dry run the leader shows no risk any more."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request


class Calmed(Api):
    calm = False

    def _plan(self, force: bool) -> Answer:
        answer = super()._plan(force)
        self.calm = True
        return answer

    def split_brain(self, request: Request) -> Answer:
        status, body = super().split_brain(request)
        if self.calm and body["risk"] == "detected":
            body = {**body, "risk": "none", "recommended_action": "none"}
        return status, body


class Wrong(Node):
    api_type = Calmed


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
