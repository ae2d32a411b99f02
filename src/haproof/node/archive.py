"""A pg_dump archive, replayed inside a transaction that is already open.

`pg_restore` in its own session could not be part of a transaction that also drops the schema with CASCADE
(`docs/decisions/0101-restore-in-one-transaction.md`). So it only turns the archive into SQL, section by
section, and the statements and COPY blocks are sent through the session that holds the transaction.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from typing import IO

from haproof.node import tools
from haproof.node.session import Session

_COPY = re.compile(rb"COPY .* FROM stdin;\n", re.DOTALL)
_END_OF_COPY = b"\\.\n"
# psql's guard against meta-commands hidden in names; the key is random, so the pair is unmistakable.
_RESTRICT = re.compile(rb"^\\restrict ([A-Za-z0-9]+)\n", re.MULTILINE)
# Unknown to servers before 17, whatever version pg_restore has.
_TRANSACTION_TIMEOUT = b"SET transaction_timeout = 0;\n"


def replay(archive: int, session: Session, *, deadline: float) -> None:
    """Send the archive (an open file) to the session; raises `SqlError` or `ToolFailed` at a fault."""
    for section in ("pre-data", "data", "post-data"):
        os.lseek(archive, 0, os.SEEK_SET)
        arguments = ("--file=-", f"--section={section}")
        with tools.run("pg_restore", *arguments, stdin=archive, stdout=subprocess.PIPE) as output:
            assert output is not None
            if section == "data":
                _replay_data(output, session, deadline)
            else:
                session.script(_statements(output.read()), deadline=deadline)


def _replay_data(output: IO[bytes], session: Session, deadline: float) -> None:
    pending: list[bytes] = []
    for line in output:
        if not _COPY.fullmatch(line):
            pending.append(line)
            continue
        session.script(_statements(b"".join(pending)), deadline=deadline)
        pending.clear()
        session.copy_in(line, _until_end(output), deadline=deadline)
    session.script(_statements(b"".join(pending)), deadline=deadline)


def _until_end(output: IO[bytes]) -> Iterator[bytes]:
    """Give the lines of a COPY block; in its text format no row can look like the end mark."""
    for line in output:
        if line == _END_OF_COPY:
            return
        yield line
    raise tools.ToolFailed("pg_restore ended in the middle of a table")


def _statements(script: bytes) -> bytes:
    """Take out what only psql, or only a newer server, understands."""
    if guard := _RESTRICT.search(script):
        script = script.replace(guard[0], b"", 1)
    script = re.sub(rb"^\\unrestrict [A-Za-z0-9]+\n", b"", script, flags=re.MULTILINE)
    return script.replace(_TRANSACTION_TIMEOUT, b"", 1)
