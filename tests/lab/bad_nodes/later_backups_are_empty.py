"""The first backup is whole; from the second on the archives hold no rows."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from haproof.node import tools
from haproof.node.program import Node, main

_run = tools.run


@contextmanager
def run(name: str, *arguments: str, stdin: int | None, stdout: int) -> Iterator[IO[bytes] | None]:
    if name == "pg_dump" and any(file.endswith(".dump") for file in os.listdir(_folder(stdout))):
        arguments = (*arguments, "--exclude-table-data=app.*")
    with _run(name, *arguments, stdin=stdin, stdout=stdout) as output:
        yield output


def _folder(descriptor: int) -> str:
    return os.path.dirname(os.readlink(f"/proc/self/fd/{descriptor}"))


tools.run = run


class Wrong(Node):
    pass


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
