"""The event of an election has the right epoch and time, and names the holder before."""

import os

from haproof.node import store
from haproof.node.program import Node, main

store._CAMPAIGN = store._CAMPAIGN.replace(
    "'holder_id', $2::text)",
    "'holder_id', coalesce((SELECT holder_id FROM haproof_ha.leadership_state), $2::text))",
)


class Wrong(Node):
    pass


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
