"""Nodes in maintenance elect a leader among themselves, and it takes writes."""

import os
from dataclasses import replace

from haproof.node import store
from haproof.node.api import Api
from haproof.node.arguments import Settings
from haproof.node.program import Node, main
from haproof.node.session import Session, Wakeup
from haproof.node.shared import Shared
from haproof.node.store import Store


class Another(Store):
    maintenance = False

    def wait_for_lock(self, session: Session, wakeup: Wakeup) -> None:
        super().wait_for_lock(session, wakeup)
        if self.maintenance:
            session.run("SELECT pg_advisory_unlock($1)", [store.LEADERSHIP_LOCK], deadline=None)
            session.run("SELECT pg_advisory_lock(77)", deadline=None, wakeup=wakeup)


class Eager(Api):
    def __init__(self, node: Shared) -> None:
        super().__init__(node)
        self.restores._maintenance = Another.maintenance


class Wrong(Node):
    store_type = Another
    api_type = Eager

    def __init__(self, settings: Settings) -> None:
        Another.maintenance = settings.limits.maintenance
        super().__init__(replace(settings, limits=replace(settings.limits, maintenance=False)))


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
