"""What is taken out of pg_restore's SQL before it is sent without psql, and what must stay."""

import io
from typing import Any, cast

import pytest

from haproof.node import archive
from haproof.node.session import Session
from haproof.node.tools import ToolFailed


class Recorder:
    """Stands in for a session, and keeps what it was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []

    def script(self, sql: bytes, *, deadline: float) -> None:
        assert deadline == 1.0
        self.sent.append(("script", sql))

    def copy_in(self, sql: bytes, lines: Any, *, deadline: float) -> None:
        assert deadline == 1.0
        self.sent.append((sql.decode(), b"".join(lines)))


def replayed(script: bytes) -> list[tuple[str, bytes]]:
    recorder = Recorder()
    archive._replay_data(io.BytesIO(script), cast(Session, recorder), 1.0)
    return recorder.sent


def test_copy_blocks_go_in_as_copies_and_the_rest_as_statements() -> None:
    assert replayed(b"SET a = 1;\nCOPY app.t (a) FROM stdin;\n1\n\\\\.\n\\.\nSELECT setval('s', 1);\n") == [
        ("script", b"SET a = 1;\n"),
        ("COPY app.t (a) FROM stdin;\n", b"1\n\\\\.\n"),
        ("script", b"SELECT setval('s', 1);\n"),
    ]


def test_a_block_without_its_end_is_a_failure() -> None:
    with pytest.raises(ToolFailed, match="middle of a table"):
        replayed(b"COPY app.t (a) FROM stdin;\n1\n")


def test_the_guards_of_psql_are_taken_out_and_nothing_that_only_looks_like_them() -> None:
    body = b"CREATE FUNCTION f() AS $$\n\\restrict me\n\\unrestrict me\n\\unrestrict key2\n$$;\n"
    script = b"--\n\\restrict KeY1\n\nSET transaction_timeout = 0;\n" + body + b"\n\\unrestrict KeY1\n\n"
    assert archive.Cleaner().statements(script) == b"--\n\n" + body + b"\n\n"


def test_the_end_of_a_guard_is_known_in_a_later_piece() -> None:
    cleaner = archive.Cleaner()
    head = b"SET transaction_timeout = 0;\nSET idle_in_transaction_session_timeout = 0;\n"
    assert cleaner.statements(head + b"SET b = 2;\n") == b"SET b = 2;\n"
    cleaner = archive.Cleaner()
    assert cleaner.statements(b"--\n\n\\restrict k1\nSET a = 1;\n") == b"--\n\nSET a = 1;\n"
    assert cleaner.statements(b"\\unrestrict k2\n\\unrestrict k1\n\n") == b"\\unrestrict k2\n\n"


def test_a_script_without_guards_stays_as_it_is() -> None:
    script = b"CREATE FUNCTION f() AS $$\n  \\restrict me\n$$;\n"
    assert archive.Cleaner().statements(script) == script
