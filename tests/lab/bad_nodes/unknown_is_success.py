"""A commit whose outcome it cannot know is answered with 201."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.writes import OutcomeUnknown, Writes


class Optimist(Writes):
    def commit(self, session: Session) -> None:
        try:
            super().commit(session)
        except OutcomeUnknown:
            session.close()


class Hopeful(Node):
    writes_type = Optimist


if __name__ == "__main__":
    os._exit(main(node_type=Hopeful))
