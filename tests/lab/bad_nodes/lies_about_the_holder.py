"""Names itself as the holder, whoever leads."""

import os

from haproof.node.api import Api
from haproof.node.program import Node, main
from haproof.node.shared import View


class ItsMe(Api):
    def _leader(self, view: View) -> dict[str, object]:
        return super()._leader(view) | {"holder_id": self.node.settings.node_id}


class Liar(Node):
    api_type = ItsMe


if __name__ == "__main__":
    os._exit(main(node_type=Liar))
