"""All times are two hours ahead, and marked as UTC."""

import os
from datetime import datetime, timedelta

from haproof.node import api, decide
from haproof.node.program import Node, main


def stamp(moment: datetime) -> str:
    return decide.stamp(moment + timedelta(hours=2))


vars(api)["stamp"] = stamp


class Wrong(Node):
    pass


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
