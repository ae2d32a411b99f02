"""The soak's folder: half lines, a full disk, edits of journal and state, two writers at once."""

import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from haproof.errors import UsageError
from haproof.soak.folder import Busy, SoakFolder, Target
from haproof.soak.journal import Journal, NotWritten
from haproof.soak.units import write_units
from soaks import plan


@pytest.fixture
def folder(tmp_path: Path) -> SoakFolder:
    return SoakFolder.create(tmp_path / "soak", plan(), Target(dsn="host=a password=secret"))


def grown(folder: SoakFolder, probes: int = 5) -> None:
    for row in range(probes):
        folder.journal.append("probe", ok=True, row=row)
    folder.save(plan())


def again(folder: SoakFolder) -> SoakFolder:
    return SoakFolder(folder.path)


@contextmanager
def no_room(path: Path) -> Iterator[None]:
    """What a full disk does to a file: it cannot grow."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_it_is_resumed_with_everything_that_was_measured(folder: SoakFolder) -> None:
    grown(folder)
    fold = again(folder).resume()
    assert (fold.totals.probes, fold.intact) == (5, True)


def test_a_second_setup_never_begins_again(folder: SoakFolder) -> None:
    before = (folder.path / "journal.jsonl").read_bytes()
    with pytest.raises(UsageError, match="never begun again"):
        SoakFolder.create(folder.path, plan(), Target(dsn=""))
    assert (folder.path / "journal.jsonl").read_bytes() == before


def test_half_a_line_is_dropped_and_that_is_written_down(folder: SoakFolder) -> None:
    grown(folder)
    with open(folder.path / "journal.jsonl", "ab") as stream:
        stream.write(b'{"n":7,"kind":"pro')
    opened = again(folder)
    assert opened.read().totals.probes == 5
    opened.journal.append("probe", ok=True)
    fold = again(folder).read()
    assert (fold.totals.probes, fold.intact) == (6, True)
    assert b'"torn"' in (folder.path / "journal.jsonl").read_bytes()


def test_a_full_disk_leaves_the_journal_as_it_was(folder: SoakFolder) -> None:
    grown(folder)
    path = folder.path / "journal.jsonl"
    before = path.read_bytes()
    with no_room(path), pytest.raises(NotWritten):
        folder.journal.append("probe", ok=True)
    assert path.read_bytes() == before
    folder.journal.append("probe", ok=True)
    assert again(folder).resume().intact


def test_a_line_that_was_changed_is_seen(folder: SoakFolder) -> None:
    grown(folder)
    path = folder.path / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"ok":true', b'"ok":True', 1))
    fold = again(folder).read()
    assert not fold.intact
    assert fold.faults == [
        "the line after line 1 cannot be read",
        "line 3 does not follow from the line before it",
    ]


def test_a_journal_that_was_cut_off_is_seen_for_good(folder: SoakFolder) -> None:
    grown(folder)
    path = folder.path / "journal.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))
    sentence = "line 6, the last one that state.json knows of, is gone from the journal"
    assert again(folder).resume().faults == [sentence]
    assert again(folder).resume().faults == [sentence]


@pytest.mark.parametrize(
    "content", [None, b"{}", b'{"soak": "other", "head": {"n": 1, "sha256": "0"}}', b"\xff"]
)
def test_a_state_that_was_edited_or_removed_is_seen_for_good(
    folder: SoakFolder, content: bytes | None
) -> None:
    grown(folder)
    state = folder.path / "state.json"
    if content is None:
        state.unlink()
    else:
        state.write_bytes(content)
    first, second = again(folder).resume(), again(folder).resume()
    assert not first.intact
    assert not second.intact
    assert second.totals.probes == 5


def test_a_journal_that_is_gone_is_no_new_soak(folder: SoakFolder) -> None:
    (folder.path / "journal.jsonl").unlink()
    with pytest.raises(UsageError, match=r"its journal\.jsonl is gone"):
        again(folder)


@pytest.mark.parametrize("content", [b"", b"\n", b"something else\n"])
def test_a_journal_that_is_none_is_refused(folder: SoakFolder, content: bytes) -> None:
    (folder.path / "journal.jsonl").write_bytes(content)
    with pytest.raises(UsageError, match="does not begin with the setup of a soak"):
        again(folder).read()


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        SoakFolder(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="holds no soak"):
        SoakFolder(tmp_path)


def test_a_lock_is_held_by_one_process(folder: SoakFolder) -> None:
    with folder.alone("prober"), pytest.raises(Busy), again(folder).alone("prober"):
        pass
    with folder.alone("prober"):
        pass


def test_the_password_is_in_the_private_file_only(folder: SoakFolder) -> None:
    assert b"secret" not in (folder.path / "journal.jsonl").read_bytes()
    assert stat.S_IMODE((folder.path / "target.json").stat().st_mode) == 0o600


WRITER = """
import sys
from pathlib import Path
from haproof.soak.journal import Journal
journal = Journal(Path(sys.argv[1]))
for _ in range(100):
    journal.append("probe", ok=True)
"""


def test_many_writers_share_one_chain(folder: SoakFolder) -> None:
    command = [sys.executable, "-c", WRITER, str(folder.path / "journal.jsonl")]
    writers = [subprocess.Popen(command) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    fold = again(folder).read()
    assert (fold.totals.probes, fold.intact) == (300, True)


def test_a_journal_is_never_begun_over_another(folder: SoakFolder) -> None:
    with pytest.raises(FileExistsError):
        Journal.create(folder.path / "journal.jsonl", plan=plan())


def test_units_are_filled_in_and_quoted(tmp_path: Path) -> None:
    folder = tmp_path / "100 % soak's"
    folder.mkdir()
    write_units(folder, 2.0)
    units = {name: (folder / "units" / name).read_text() for name in os.listdir(folder / "units")}
    assert set(units) == {
        "crontab", "haproof-soak-probe.service", "haproof-soak-round.service", "haproof-soak-round.timer"
    }  # fmt: skip
    assert not any("{" in text for text in units.values())
    assert f'soak probe "{tmp_path!s}/100 %% soak\'s"' in units["haproof-soak-probe.service"]
    assert "100 \\% soak" in units["crontab"]
    assert "Persistent=true" in units["haproof-soak-round.timer"]


def test_who_looks_again_and_again_holds_no_handles(folder: SoakFolder) -> None:
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        pytest.skip("looks into /proc")
    before = len(os.listdir(handles))
    for _ in range(20):
        SoakFolder(folder.path).read()
    assert len(os.listdir(handles)) <= before + 1
    folder.journal.close()
    folder.journal.close()
