"""Writers on members' own hosts: what they write down, and what the lab makes of it by its own clock."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("psycopg")

from haproof.core.histories.clusters.figures import bound, figures
from haproof.core.histories.clusters.reading import trials
from haproof.errors import UsageError
from haproof.lab.journal import Journal
from haproof.lab.own.described import OwnTarget
from haproof.lab.own.reach import Reach, Said
from haproof.lab.own.writers import Clock, HostWriters, complete, history, obstacle, outcome
from haproof.lab.secret import Secrets
from own_file import COMMANDS, LEAST, loaded

LOCAL = (LEAST + COMMANDS).replace(
    "[cluster]", '[cluster]\nlocal_dsn = "host={host} dbname=haproof_test user=haproof"'
)
WAL_FILE = "0000000200000000000000AB"


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (0, WAL_FILE, ("ok", {"timeline": 2})),
        (
            0,
            f"WARNING:  01000: canceling wait for synchronous replication due to user request {WAL_FILE}",
            ("ok", {"timeline": 2, "warnings": ["01000"]}),
        ),
        (1, "ERROR:  25006: cannot execute INSERT in a read-only transaction", ("unsent", {})),
        (1, "FEHLER:  25006: kann INSERT nicht in einer Read-Only-Transaktion", ("unsent", {})),
        (1, "ERROR:  53100: could not extend file", ("fail", {"sqlstate": "53100"})),
        (1, "ERROR:  57014: canceling statement due to user request", ("unknown", {"sqlstate": "57014"})),
        (2, 'psql: error: connection to server at "x", port 5432 failed: refused', ("unsent", {})),
        (2, "FATAL:  57P01: terminating connection", ("unknown", {"sqlstate": "57P01"})),
        (2, "server closed the connection unexpectedly", ("unknown", {})),
        (124, "", ("unknown", {})),
    ],
)
def test_how_a_row_ended_is_told_from_psqls_words(status: int, said: str, expected: object) -> None:
    assert outcome(status, said) == expected


def test_times_are_the_labs_and_what_was_never_sent_is_left_out() -> None:
    lines = [
        "i 1 5000", f"e 1 5010 0 {WAL_FILE}",
        "i 2 5100", "e 2 5110 1 ERROR:  25006: cannot execute INSERT in a read-only transaction",
        "i 3 5200", "e 3 5190 124 ",
        "i 4 5300", "e 4 53",
    ]  # fmt: skip
    found = list(history(lines, "host-kill-1", "pg1", Clock(4_000, 1)))
    assert [(line["t_ms"], line["kind"], line["id"].rpartition("/")[2]) for line in found] == [
        (1000, "invoke", "1"), (1010, "ok", "1"), (1200, "invoke", "3"), (1200, "unknown", "3"),
        (1300, "invoke", "4"),
    ]  # fmt: skip
    assert {line["via"] for line in found} == {"local:pg1"}
    (trial,) = trials(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in found)
    assert [row.outcome for row in trial.rows] == ["acknowledged", "unknown", "unknown"]


def overlapping() -> bytes:
    """Two servers that acknowledge at the same time, for 40 ms."""
    lines: list[dict[str, Any]] = []
    for client, times in (("pg1", (1000, 1040)), ("pg2", (1000, 1100))):
        for number, at in enumerate(times):
            operation = {"trial": "cut-full-1", "client": client, "op": "insert", "id": f"{client}/{number}"}
            lines.append(operation | {"t_ms": at - 1, "kind": "invoke"})
            lines.append(
                operation | {"t_ms": at, "kind": "ok", "member": client, "timeline": int(client[-1])}
            )
    lines.sort(key=lambda line: float(line["t_ms"]))
    return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)


@pytest.mark.parametrize(("known_to", "overlap_ms"), [(0.0, 40), (39.9, 40), (40.0, 0), (None, None)])
def test_an_overlap_within_what_is_not_known_of_the_clocks_counts_as_none(
    known_to: float | None, overlap_ms: float | None
) -> None:
    (trial,) = trials(overlapping().splitlines(keepends=True))
    found = figures(trial, mode="async", members=2, local_writers=2, clock_bound_ms=bound(known_to))
    assert found.overlap_ms == overlap_ms


class Members:
    """Answers for the clock of every host: an hour ahead, stepped once `stepped` is set."""

    stepped = 0.0

    def query(self, member: str, statement: str) -> list[tuple[Any, ...]]:
        return [((time.monotonic() + 3_600 + self.stepped) * 1000,)]


PSQL = """#!/bin/sh
case "$*" in *current_user*) echo haproof;; *10.0.0.12*) exit 2;; *) echo %s;; esac
"""


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], HostWriters]]:
    """Writers with a psql that always succeeds; their hosts' clock is the machine's, told an hour wrong."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "psql").write_text(PSQL % WAL_FILE)
    (programs / "psql").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    target = loaded(tmp_path, LOCAL)
    journal = Journal(tmp_path / "journal.jsonl", Secrets())
    yield lambda: HostWriters(target, Reach(target), Members(), journal, tmp_path, "t-1")  # type: ignore[arg-type]
    journal.close()


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_they_write_until_they_are_told_and_leave_nothing(hosts: Callable[[], HostWriters]) -> None:
    writers = hosts()
    writers.start()
    time.sleep(1)
    writers.stop()
    writers.collect()
    first, second = (lines_of(path) for path in writers.histories)
    assert {line["kind"] for line in first} == {"invoke", "ok"}
    assert {line.get("timeline") for line in first} == {None, 2}
    assert {line["kind"] for line in second} == {"invoke", "unknown"}
    assert writers.clock_bound_ms is not None
    assert writers.clock_bound_ms >= 2
    assert list(Path("/tmp").glob(f"{Path(writers._file).name}*")) == []


def test_a_clock_that_steps_leaves_overlaps_unknown(hosts: Callable[[], HostWriters]) -> None:
    writers = hosts()
    writers.start()
    writers._members.stepped = 60.0  # type: ignore[attr-defined]
    writers.stop()
    writers.collect()
    assert (writers.histories, writers.clock_bound_ms) == ([], None)
    assert writers.unknown_clients == ["pg1-writer-1", "pg2-writer-1"]


def test_a_history_that_came_in_part_is_none(hosts: Callable[[], HostWriters]) -> None:
    """Its rows would be rows that nobody sent."""
    writers = hosts()
    writers.start()
    time.sleep(0.5)
    writers.stop()
    Path(f"{writers._file}-pg2").unlink()
    writers.collect()
    assert [path.name for path in writers.histories] == ["t-1-pg1.jsonl"]
    assert (writers.unknown_clients, writers.clock_bound_ms) == (["pg2-writer-1"], None)


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        (Said(0, "i 1 5\ne 1 6 0 x\ns 1\n", ""), True),
        (Said(0, "i 1 5\ne 1 6 0 x\n", ""), False),
        (Said(0, "i 1 5\ns", ""), False),
        (Said(0, "e 1 6 0 x\ns 1\n", ""), False),
        (Said(0, "s 0\n", ""), True),
        (Said(0, "", ""), False),
        (Said(1, "s 0\n", ""), False),
    ],
)
def test_a_history_is_whole_with_its_last_line(said: Said, whole: bool) -> None:
    assert complete(said) is whole


def test_what_a_host_lacks_is_said_before_anything_is_touched(
    tmp_path: Path, hosts: Callable[[], HostWriters], monkeypatch: pytest.MonkeyPatch
) -> None:
    target: OwnTarget = loaded(tmp_path, LOCAL)
    assert obstacle(target, Reach(target), "pg1", "haproof") is None
    other = obstacle(target, Reach(target), "pg1", "somebody")
    assert other is not None
    assert "instead of 'somebody' and its clock; mend that, or leave local_dsn out" in other
    (tmp_path / "programs" / "psql").write_text("#!/bin/sh\necho no such user >&2; exit 2\n")
    reason = obstacle(target, Reach(target), "pg1", "haproof")
    assert reason is not None
    assert "on the host of pg1 cannot work" in reason
    assert "it ended with status 2: no such user" in reason


def test_the_local_connection_goes_to_the_same_database(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cluster\.local_dsn: must name the same database"):
        loaded(tmp_path, LOCAL.replace("host={host} dbname=haproof_test", "host={host} dbname=other_test"))
