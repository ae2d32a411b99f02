"""A restore puts every sequence back to its start: the next row collides."""

import os

from haproof.node import archive as archives
from haproof.node.program import Node, main
from haproof.node.session import Session

_FORGET = """
DO $$ DECLARE s text; BEGIN
FOR s IN SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences WHERE schemaname = 'app' LOOP
    EXECUTE format('ALTER SEQUENCE %s RESTART', s);
END LOOP; END $$
"""
_replay = archives.replay


def replay(archive: int, session: Session, *, deadline: float) -> None:
    _replay(archive, session, deadline=deadline)
    session.run("SET search_path = pg_catalog", deadline=deadline)
    session.run(_FORGET, deadline=deadline)


archives.replay = replay


class Wrong(Node):
    pass


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
