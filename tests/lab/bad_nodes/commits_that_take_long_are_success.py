"""A commit that is not through within its deadline is answered with 201: it will go through."""

import os

from haproof.node.program import Node, main
from haproof.node.session import DeadlinePassed, Session
from haproof.node.writes import OutcomeUnknown, Writes


class Impatient(Writes):
    def commit(self, session: Session) -> None:
        try:
            super().commit(session)
        except OutcomeUnknown as error:
            if not isinstance(error.__cause__, DeadlinePassed):
                raise


class Punctual(Node):
    writes_type = Impatient


if __name__ == "__main__":
    os._exit(main(node_type=Punctual))
