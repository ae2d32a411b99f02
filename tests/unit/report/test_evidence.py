"""Finding, reading and writing files: whatever lies there, reading goes on and writing loses nothing."""

import errno
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import seed, write
from file_modes import file_modes_hold
from haproof import evidence as module
from haproof.api import read_evidence
from haproof.core.source import Source
from haproof.errors import OutputError, UsageError
from haproof.evidence import replace_proof
from haproof.files import write_files
from haproof.places import newest_run


def first(folder: Path) -> Source:
    return read_evidence(str(folder)).sources[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "run", seed())


def report_path(folder: Path) -> Path:
    return folder / "val13" / "val13-report.json"


def test_reads_five_slices_with_their_digests(folder: Path) -> None:
    import hashlib

    sources = read_evidence(str(folder)).sources
    assert [source.fault for source in sources] == [None] * 5
    assert sources[0].sha256 == hashlib.sha256(report_path(folder).read_bytes()).hexdigest()
    assert sources[0].size == report_path(folder).stat().st_size


def test_another_name_is_found_if_it_is_the_only_one(folder: Path) -> None:
    report_path(folder).rename(folder / "val13" / "failover-report-2026.json")
    assert first(folder).path == "val13/failover-report-2026.json"
    assert first(folder).fault is None


def test_two_other_names_are_ambiguous(folder: Path) -> None:
    content = report_path(folder).read_bytes()
    report_path(folder).unlink()
    (folder / "val13" / "a-report.json").write_bytes(content)
    (folder / "val13" / "b-report.json").write_bytes(content)
    assert first(folder).fault == "ambiguous: 2 files match val13/*report*.json"


@pytest.mark.parametrize("name", ["val13-report.json", "old-reports.json", "report.json"])
def test_a_folder_of_such_a_name_is_no_file(folder: Path, name: str) -> None:
    content = report_path(folder).read_bytes()
    report_path(folder).unlink()
    (folder / "val13" / name).mkdir()
    (folder / "val13" / "a-report.json").write_bytes(content)
    (folder / "val13" / "linked-report.json").symlink_to(folder / "val13" / name)
    assert (first(folder).path, first(folder).fault) == ("val13/a-report.json", None)


def test_the_usual_name_wins_over_others(folder: Path) -> None:
    (folder / "val13" / "b-report.json").write_text("{}")
    assert first(folder).path == "val13/val13-report.json"


def test_absent_file_and_absent_folder(folder: Path) -> None:
    report_path(folder).unlink()
    assert (first(folder).path, first(folder).fault) == ("val13/val13-report.json", "not found")
    (folder / "val13").rmdir()
    assert first(folder).fault == "not found"
    (folder / "val13").write_text("a file")
    assert first(folder).fault == "not found"


def test_a_directory_in_place_of_the_file(folder: Path) -> None:
    report_path(folder).unlink()
    report_path(folder).mkdir()
    assert first(folder).fault == "not a regular file"


def test_a_fifo_does_not_hang(folder: Path) -> None:
    report_path(folder).unlink()
    os.mkfifo(report_path(folder))
    assert first(folder).fault == "not a regular file"


def test_an_unreadable_file(folder: Path) -> None:
    report_path(folder).chmod(0)
    with file_modes_hold():
        assert first(folder).fault == "cannot be read (Permission denied)"


def test_a_file_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "read", refuse)
    assert first(folder).fault == "cannot be read (Input/output error)"


def test_a_link_out_of_the_directory(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    report_path(folder).rename(outside)
    report_path(folder).symlink_to(outside)
    assert first(folder).fault == "a link that leads outside the evidence directory"
    assert first(folder).sha256 is None


def test_a_folder_that_leads_out_of_the_directory(folder: Path, tmp_path: Path) -> None:
    (folder / "val13").rename(tmp_path / "elsewhere")
    (folder / "val13").symlink_to(tmp_path / "elsewhere")
    assert first(folder).fault == "a link that leads outside the evidence directory"


def test_a_link_within_the_directory_is_followed(folder: Path) -> None:
    report_path(folder).rename(folder / "kept.json")
    report_path(folder).symlink_to(folder / "kept.json")
    assert first(folder).fault is None


def test_a_link_to_nothing_and_to_itself(folder: Path) -> None:
    report_path(folder).unlink()
    report_path(folder).symlink_to(folder / "nowhere")
    assert first(folder).fault == "cannot be read (No such file or directory)"
    report_path(folder).unlink()
    report_path(folder).symlink_to(report_path(folder))
    assert (first(folder).fault or "").startswith("cannot be read (")


def test_too_large_a_file_is_not_read(folder: Path) -> None:
    with report_path(folder).open("r+b") as file:
        file.truncate(module.LARGEST_REPORT_BYTES + 1)
    assert first(folder).fault == f"larger than 64 MiB ({module.LARGEST_REPORT_BYTES + 1} bytes)"


@pytest.mark.parametrize("change", ["append", "truncate", "touch"])
def test_a_file_that_changes_while_it_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    read = os.read

    def meanwhile(handle: int, size: int) -> bytes:
        monkeypatch.setattr(os, "read", read)
        path = report_path(folder)
        if change == "append":
            path.write_bytes(path.read_bytes() + b" ")
        elif change == "truncate":
            path.write_bytes(b"{}")
        else:
            os.utime(path, ns=(1, 1))
        return read(handle, size)

    monkeypatch.setattr(os, "read", meanwhile)
    assert (first(folder).fault or "").startswith("changed while it was read")


def test_replacing_the_file_while_it_is_read_judges_one_of_the_two(folder: Path) -> None:
    other = seed()["VAL13"]
    other["metrics"]["sigterm_failover_ms"] = 343
    stop = threading.Event()

    def replace() -> None:
        while not stop.is_set():
            part = folder / "val13" / "part.tmp"
            part.write_text(json.dumps(other))
            part.replace(report_path(folder))

    thread = threading.Thread(target=replace)
    thread.start()
    try:
        faults = {first(folder).fault for _ in range(200)}
    finally:
        stop.set()
        thread.join()
    assert faults == {None}


def test_not_a_directory(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_evidence(str(tmp_path / "nowhere"))
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is not a directory"):
        read_evidence(str(tmp_path / "file"))


def test_the_newest_run_is_by_date_then_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("2026-03-22-9", "2026-03-23", "2026-03-23-2", "2026-03-23-10", "2026-03-23-x", "2026-3-24"):
        (tmp_path / "evidence" / f"cli-audit-lab-{name}").mkdir(parents=True)
    (tmp_path / "evidence" / "cli-audit-lab-2026-03-24").write_text("not a directory")
    assert newest_run() == "evidence/cli-audit-lab-2026-03-23-10"


def test_no_run_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="run the lab first"):
        newest_run()


def test_a_full_disk_leaves_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(str(tmp_path), {"a": b"old a", "b": b"old b"})
    real_write = os.write

    def full(handle: int, content: bytes) -> int:
        if bytes(content).startswith(b"new b"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_write(handle, content)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_files(str(tmp_path), {"a": b"new a", "b": b"new b"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old a", "b": b"old b"}


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_write = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: real_write(handle, bytes(content)[:3]))
    write_files(str(tmp_path), {"a": b"0123456789"})
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_a_directory_in_the_way_leaves_everything(tmp_path: Path) -> None:
    write_files(str(tmp_path), {"a": b"old"})
    (tmp_path / "b").mkdir()
    with pytest.raises(OutputError, match="is a directory"):
        write_files(str(tmp_path), {"a": b"new", "b": b"new"})
    assert (tmp_path / "a").read_bytes() == b"old"


def test_all_is_written_before_the_disk_is_waited_for_and_on_disk_before_any_is_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def noted(name: str) -> Callable[..., Any]:
        true = getattr(os, name)

        def call(*given: Any) -> Any:
            calls.append(name)
            return true(*given)

        return call

    for name in ("write", "fsync", "replace"):
        monkeypatch.setattr(os, name, noted(name))
    write_files(str(tmp_path), {"a": b"1", "b": b"2"})
    assert calls == ["write", "write", "fsync", "fsync", "replace", "replace"]


def test_a_disk_that_fails_at_last_leaves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(str(tmp_path), {"a": b"old", "b": b"old"})
    true_fsync, calls = os.fsync, []

    def failing_once(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 1:
            raise OSError(errno.EIO, "Input/output error")
        true_fsync(handle)

    monkeypatch.setattr(os, "fsync", failing_once)
    with pytest.raises(OutputError, match="Input/output error"):
        write_files(str(tmp_path), {"a": b"new", "b": b"new"})
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [b"old", b"old"]


def test_output_is_not_written_through_a_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").symlink_to(victim)
    write_files(str(tmp_path / "out"), {"a": b"new"})
    assert victim.read_bytes() == b"precious"


def test_formats_of_an_earlier_run_are_removed(tmp_path: Path) -> None:
    replace_proof(str(tmp_path), None, {"txt": b"1", "json": b"1", "html": b"1"}, ["txt", "json", "html"])
    replace_proof(str(tmp_path), None, {"txt": b"2", "json": b"2"}, ["txt", "json", "html"])
    names = sorted(path.name for path in (tmp_path / "val26").iterdir())
    assert names == ["val26-proof-report.json", "val26-proof-report.txt"]


def test_a_proof_folder_that_leads_elsewhere_is_not_written_to(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "val26").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="leads outside the evidence directory"):
        replace_proof(str(folder), None, {"txt": b"1"}, ["txt"])
    assert list((tmp_path / "elsewhere").iterdir()) == []
