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
# psql's guard against meta-commands hidden in names, near the top; its key is random, so that its end is
# unmistakable. Before it there are only comments.
_RESTRICT = re.compile(rb"\A(?:--[^\n]*\n|\n)*?(?P<guard>\\restrict [A-Za-z0-9]+\n)")
# The first is unknown to servers before 17, whatever version pg_restore has; the second would undo what keeps
# a node that hangs in a restore from holding the leadership lock for ever.
_UNWANTED = (b"SET transaction_timeout = 0;\n", b"SET idle_in_transaction_session_timeout = 0;\n")


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
                session.script(Cleaner().statements(output.read()), deadline=deadline)


def _replay_data(output: IO[bytes], session: Session, deadline: float) -> None:
    cleaner, pending = Cleaner(), b""
    for line in output:
        if not _COPY.fullmatch(line):
            pending += line
            continue
        session.script(cleaner.statements(pending), deadline=deadline)
        pending = b""
        session.copy_in(line, _until_end(output), deadline=deadline)
    session.script(cleaner.statements(pending), deadline=deadline)


def _until_end(output: IO[bytes]) -> Iterator[bytes]:
    """Give the lines of a COPY block; in its text format no row can look like the end mark."""
    for line in output:
        if line == _END_OF_COPY:
            return
        yield line
    raise tools.ToolFailed("pg_restore ended in the middle of a table")


class Cleaner:
    """Takes out of one section, piece by piece, what only psql understands and what is unwanted."""

    def __init__(self) -> None:
        self._unrestrict = b""
        self._begun = False

    def statements(self, piece: bytes) -> bytes:
        """Give the piece as the server can read it."""
        if guard := _RESTRICT.match(piece):
            restrict = guard["guard"]
            self._unrestrict = b"\\un" + restrict[1:]
            piece = piece.replace(restrict, b"", 1)
        if not self._begun:
            for line in _UNWANTED:
                piece = piece.replace(line, b"", 1)
            self._begun = True
        if self._unrestrict:
            before, _, after = piece.rpartition(self._unrestrict)
            piece = before + after
        return piece
