"""Times at +05:30, with nine decimals."""

import os
from datetime import datetime, timedelta, timezone

from haproof.node import api
from haproof.node.program import Node, main

_ZONE = timezone(timedelta(hours=5, minutes=30))


def stamp(moment: datetime) -> str:
    return moment.astimezone(_ZONE).strftime("%Y-%m-%dT%H:%M:%S.%f000+05:30")


vars(api)["stamp"] = stamp


class Healthy(Node):
    pass


if __name__ == "__main__":
    os._exit(main(node_type=Healthy))
