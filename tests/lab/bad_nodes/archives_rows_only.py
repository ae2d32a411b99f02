"""The archive holds tables and rows; keys, indexes and foreign keys are left out."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from haproof.node import tools
from haproof.node.program import Node, main

_run = tools.run


@contextmanager
def run(name: str, *arguments: str, stdin: int | None, stdout: int) -> Iterator[IO[bytes] | None]:
    if name == "pg_dump":
        arguments = (*arguments, "--section=pre-data", "--section=data")
    with _run(name, *arguments, stdin=stdin, stdout=stdout) as output:
        yield output


tools.run = run


class Wrong(Node):
    pass


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
