"""Restores tables and rows, and leaves out keys, indexes and foreign keys."""

import os
import subprocess

from haproof.node import archive as archives
from haproof.node import tools
from haproof.node.archive import Cleaner, _replay_data
from haproof.node.program import Node, main
from haproof.node.session import Session


def replay(archive: int, session: Session, *, deadline: float) -> None:
    for section in ("pre-data", "data"):
        os.lseek(archive, 0, os.SEEK_SET)
        arguments = ("--file=-", f"--section={section}")
        with tools.run("pg_restore", *arguments, stdin=archive, stdout=subprocess.PIPE) as output:
            assert output is not None
            if section == "data":
                _replay_data(output, session, deadline)
            else:
                session.script(Cleaner().statements(output.read()), deadline=deadline)


archives.replay = replay


class Wrong(Node):
    pass


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
