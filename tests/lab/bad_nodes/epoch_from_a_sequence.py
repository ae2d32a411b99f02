"""Epochs come from a sequence of PostgreSQL, which leaves gaps after a crash."""

import os

from haproof.node import store
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store

store._CAMPAIGN = store._CAMPAIGN.replace("$4) + 1,", "$4, nextval('haproof_ha.epochs') - 1) + 1,")


class FromSequence(Store):
    def ensure_schema(self, session: Session, deadline: float) -> None:
        super().ensure_schema(session, deadline)
        session.run("CREATE SEQUENCE IF NOT EXISTS haproof_ha.epochs", deadline=deadline)


class Wrong(Node):
    store_type = FromSequence


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
