"""Starved is not sick, and a node that eats up the machine is not excused."""

import errno
import resource
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from haproof.errors import LabError
from haproof.lab import shortage as module
from haproof.lab.host import Sample, Seen, asleep, processors
from haproof.lab.processor import Processor
from haproof.lab.shortage import Left, Taken, noticed, shortage
from lab.starved import starved

MEBIBYTE = 1024 * 1024
NOTHING = {"processes": 0, "memory": 0}
PREFIX = "2026-11-28 14:15:39.916 UTC [13943]"
BACKEND = "{client backend} node1 epoch 3 "


def sample(at_s: float = 0.0, **changed: float) -> Sample:
    values = {
        "memory_bytes": 8_000 * MEBIBYTE,
        "disk_bytes": 9_000 * MEBIBYTE,
        "disk_files": 1_000_000,
        "wall_offset_s": 1_000.0,
        "asleep_s": 0.0,
    } | changed
    return Sample(at_s=at_s, load=(1.0, 1.0, 1.0), **values)  # type: ignore[arg-type]


def seen(*changes: dict[str, float]) -> Seen:
    found = Seen.since(sample())
    for number, changed in enumerate(changes, 1):
        found.add(sample(**{"at_s": number * 0.25} | changed))
    return found


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    noticed.clear()
    yield
    noticed.clear()


def log(tmp_path: Path, *lines: str) -> list[Path]:
    path = tmp_path / "postgres.log"
    path.write_text("".join(f"{PREFIX} {line}\n" for line in lines))
    return [path]


def test_a_machine_with_enough_of_everything_explains_nothing(tmp_path: Path) -> None:
    logs = log(tmp_path, "57P03 {client backend} x FATAL:  the database system is shutting down")
    noticed.look_at(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"))
    noticed.look_at(LabError("no leader that both nodes agree on"))
    assert shortage(seen({}, {}), NOTHING, logs, Left(), Taken()) is None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "file descriptors"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "processes"),
        (RuntimeError("can't start new thread"), "processes"),
        (MemoryError(), "memory"),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "disk space"),
        (OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), "local ports"),
        (
            psycopg.OperationalError("could not fork new process: Resource temporarily unavailable"),
            "processes",
        ),
        (LabError("initdb failed with status 1: No space left on device"), "disk space"),
    ],
)
def test_a_failed_call_of_the_labs_own(fault: Exception, words: str) -> None:
    noticed.look_at(fault)
    found = shortage(seen(), NOTHING, [], Left(), Taken())
    assert found is not None
    assert found.startswith(f"this machine ran out of {words} (")


def test_a_fault_is_followed_to_what_it_came_from() -> None:
    outer = LabError("the writer broke down")
    outer.__cause__ = OSError(errno.ENFILE, "Too many open files in system")
    noticed.look_at(outer)
    assert "file descriptors" in (shortage(seen(), NOTHING, [], Left(), Taken()) or "")


def test_no_user_namespace_left_is_no_full_disk() -> None:
    noticed.look_at(LabError("cannot start postgres (namespaces:1:1): [Errno 28] unshare of user and IPC"))
    noticed.look_at(LabError("unshare: No space left on device"))
    assert shortage(seen(), NOTHING, [], Left(), Taken()) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "00000 {postmaster}  LOG:  could not fork new process: Resource temporarily unavailable",
            "processes",
        ),
        ("53100 {checkpointer}  PANIC:  could not write to file: No space left on device", "disk space"),
        ("53200 {startup}  FATAL:  out of memory", "memory"),
        (
            "00000 {walwriter}  LOG:  out of file descriptors: Too many open files; release",
            "file descriptors",
        ),
    ],
)
def test_the_background_of_a_server_is_believed(tmp_path: Path, line: str, words: str) -> None:
    found = shortage(seen({}), NOTHING, log(tmp_path, line), Left(), Taken())
    assert found is not None
    assert words in found
    assert "postgres said: " in found


def test_what_a_client_can_make_a_server_say_counts_only_beside_what_the_machine_shows(
    tmp_path: Path,
) -> None:
    """A node may raise any SQLSTATE in any words, and choose its application_name."""
    logs = log(
        tmp_path,
        f"53100 {BACKEND}ERROR:  could not extend file: No space left on device",
        "00000 {client backend} x LOG:  could not fork: Resource temporarily unavailable LOG:  y",
        f"53200 {BACKEND}ERROR:  out of memory",
    )
    assert shortage(seen({}), NOTHING, logs, Left(), Taken()) is None
    full = seen({"disk_bytes": 3 * MEBIBYTE}, {})
    assert "disk space" in (shortage(full, NOTHING, logs, Left(), Taken()) or "")
    tight = seen({"memory_bytes": 30 * MEBIBYTE}, {})
    assert "memory" in (shortage(tight, NOTHING, logs, Left(), Taken()) or "")


def test_too_many_connections_are_the_nodes_own(tmp_path: Path) -> None:
    logs = log(tmp_path, f"53300 {BACKEND}FATAL:  sorry, too many clients already")
    assert shortage(seen({"disk_bytes": 0}), NOTHING, logs, Left(), Taken()) is None


def test_a_limit_of_the_caller_shows_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = log(tmp_path, f"53200 {BACKEND}ERROR:  out of memory")
    monkeypatch.setattr(module, "limited", lambda what, below=None: what == resource.RLIMIT_AS)
    assert "memory" in (shortage(seen({}), NOTHING, logs, Left(), Taken()) or "")


@pytest.mark.parametrize(("kind", "words"), [("processes", "refused 3"), ("memory", "killed 3")])
def test_a_counter_of_the_control_group(kind: str, words: str) -> None:
    assert words in (shortage(seen({}), NOTHING | {kind: 3}, [], Left(), Taken()) or "")


@pytest.mark.parametrize("kind", ["processes", "memory"])
def test_who_took_the_most_of_it_is_not_excused(kind: str) -> None:
    refused = NOTHING | {kind: 3}
    assert shortage(seen({}), refused, [], Left(**{kind: 100}), Taken(**{kind: 51})) is None
    assert shortage(seen({}), refused, [], Left(**{kind: 100}), Taken(**{kind: 50})) is not None
    assert shortage(seen({}), refused, [], Left(), Taken(**{kind: 10_000})) is not None


def test_a_node_that_filled_the_disk_is_not_excused(tmp_path: Path) -> None:
    logs = log(tmp_path, "53100 {checkpointer}  PANIC:  could not write to file: No space left on device")
    assert shortage(seen({"disk_bytes": 0}), NOTHING, logs, Left(disk=100), Taken(disk=80)) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (({"wall_offset_s": 970.0}, {"wall_offset_s": 970.0}), "stepped by -30.0 s"),
        (({"wall_offset_s": 998.5}, {"wall_offset_s": 1_000.0}), "stepped 2 times, once by"),
        (({"asleep_s": 90.0}, {"asleep_s": 90.0}), "suspended for 90.0 s"),
        (({"at_s": 7.25},), "stood still for 7.0 s"),
    ],
)
def test_clocks_and_standstills(changes: tuple[dict[str, float], ...], words: str) -> None:
    said = shortage(seen(*changes), NOTHING, [], Left(), Taken()) or ""
    assert words in said
    assert starved(said) is ("stood still" in said), "the tests run again what had no processor, nothing else"


def test_slewing_and_a_busy_machine_are_nothing() -> None:
    slewed = ({"wall_offset_s": 1_000.0 + step * 0.02} for step in range(40))
    assert shortage(seen(*slewed), NOTHING, [], Left(), Taken()) is None
    assert shortage(seen({"at_s": 1.5}), NOTHING, [], Left(), Taken()) is None


def test_what_the_evidence_shows_of_the_machine() -> None:
    found = seen({"wall_offset_s": 970.0, "disk_bytes": 5})
    shown = found.shown(sample(wall_offset_s=999.0))
    assert shown["at_start"]["clock_drift_ms"] == 1_000
    assert shown["at_end"]["clock_drift_ms"] == -29_000
    assert shown["at_end"]["free_disk_bytes"] == 5
    assert shown["at_start"]["load"] == [1.0, 1.0, 1.0]
    assert shown["clock_steps_ms"] == [-30_000]


@pytest.mark.parametrize(
    ("ran_s", "waited_s", "excused"),
    [
        (2.0, 40.0, True),  # twenty times as long: others had the processors
        (2.0, 10.0, False),  # three labs side by side judge every node right
        (0.0, 0.0, False),
        (15.0 * processors(), 400.0, False),  # it had more than half of the machine itself
    ],
)
def test_who_mostly_waits_for_a_processor_that_others_have_is_not_blamed(
    ran_s: float, waited_s: float, excused: bool
) -> None:
    found = seen(*[{} for _ in range(80)])  # 20 s
    found.processor = Processor(ran_s, waited_s)
    said = shortage(found, NOTHING, [], Left(), Taken())
    assert (said is not None) is excused
    if said is not None:
        assert starved(said)
        assert f"ran for {ran_s:.1f} s and waited {waited_s:.1f} s for a processor" in said


def test_a_thread_that_loses_its_processor_between_two_clocks_saw_no_suspension(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, lost = 100.0, iter([0.5])

    def since_boot(_clock: int) -> float:
        nonlocal now
        now += next(lost, 0.0)
        return now + 7.0

    monkeypatch.setattr("haproof.lab.host.time.monotonic", lambda: now)
    monkeypatch.setattr("haproof.lab.host.time.clock_gettime", since_boot)
    assert asleep() == pytest.approx(7.0)
