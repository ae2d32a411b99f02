"""A restore takes the audit history along, and leaves no more than its own event."""

import os

from haproof.node.decide import Event
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class ForgetsHistory(Store):
    def write_event_now(self, session: Session, event: Event, deadline: float) -> None:
        session.run("ALTER TABLE haproof_ha.audit_events DISABLE TRIGGER append_only", deadline=deadline)
        session.run("DELETE FROM haproof_ha.audit_events", deadline=deadline)
        session.run("ALTER TABLE haproof_ha.audit_events ENABLE TRIGGER append_only", deadline=deadline)
        super().write_event_now(session, event, deadline)


class Forgetful(Node):
    store_type = ForgetsHistory


if __name__ == "__main__":
    os._exit(main(node_type=Forgetful))
