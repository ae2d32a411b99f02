"""Shows its epoch, and leads, before any standby has it, although synchronous replicas are asked for."""

import os

from haproof.node.decide import Observation, Rules, State
from haproof.node.program import Node, main
from haproof.node.session import Session, Wakeup
from haproof.node.store import Store


class CommitsLocally(Store):
    def open_lock_session(self, *, deadline: float, wakeup: Wakeup) -> Session:
        session = super().open_lock_session(deadline=deadline, wakeup=wakeup)
        session.run("SELECT set_config('synchronous_commit', 'local', false)", deadline=deadline)
        return session


class ShowsWhatItRead(Rules):
    def _shown(self, state: State, seen: Observation) -> State:
        return Rules(type(self.limits)(self.limits.node_id))._shown(state, seen)


class Early(Node):
    store_type = CommitsLocally
    rules_type = ShowsWhatItRead


if __name__ == "__main__":
    os._exit(main(node_type=Early))
