"""What lies in a directory: plain files with their digest, everything else with the reason."""

import hashlib
import os
import socket
from pathlib import Path

import pytest

from file_modes import file_modes_hold
from haproof.attest import inventory
from haproof.attest.inventory import FileDigest, digest, read_plain, take_inventory
from haproof.named_file import NotAFile


def test_files_at_any_depth_with_digest_and_size(tmp_path: Path) -> None:
    (tmp_path / "a/b/c").mkdir(parents=True)
    (tmp_path / "a/b/c/deep").write_bytes(b"x" * 3_000_000)
    (tmp_path / "top").write_bytes(b"")
    found = take_inventory(str(tmp_path))
    assert found.faults == {}
    assert found.files == {
        "a/b/c/deep": FileDigest(hashlib.sha256(b"x" * 3_000_000).hexdigest(), 3_000_000),
        "top": FileDigest(hashlib.sha256(b"").hexdigest(), 0),
    }


@pytest.mark.timeout(20)
def test_what_is_no_plain_file_is_named_and_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "device").symlink_to("/dev/zero")
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        found = take_inventory(str(tmp_path))
    link = "a symbolic link, not a file"
    assert list(found.files) == ["file"]
    assert found.faults == {
        "dangling": link,
        "device": link,
        "fifo": "a FIFO, not a file",
        "link": link,
        "loop": link,
        "socket": "a socket, not a file",
    }


@pytest.mark.timeout(20)
def test_a_fifo_that_takes_a_file_s_place_between_two_looks_does_not_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    os.mkfifo(tmp_path / "fifo")
    before = os.lstat(tmp_path / "file")
    monkeypatch.setattr(os, "lstat", lambda path: before)
    with pytest.raises(NotAFile, match="a FIFO"):
        digest(str(tmp_path / "fifo"))


def test_a_link_that_takes_a_file_s_place_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    before = os.lstat(tmp_path / "file")
    monkeypatch.setattr(os, "lstat", lambda path: before)
    with pytest.raises(NotAFile, match="unreadable"):
        digest(str(tmp_path / "link"))


def test_a_file_that_grows_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "log"
    place.write_bytes(b"x" * 100)
    true_read = os.read

    def growing(handle: int, count: int) -> bytes:
        with open(place, "ab") as stream:
            stream.write(b"y")
        return true_read(handle, count)

    monkeypatch.setattr(os, "read", growing)
    with pytest.raises(NotAFile, match="changed while it was read"):
        digest(str(place))


def test_a_file_of_a_petabyte_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "LARGEST_FILE_BYTES", 1000)
    (tmp_path / "sparse").write_bytes(b"x" * 1001)
    assert take_inventory(str(tmp_path)).faults == {"sparse": "larger than 1,000 bytes (1,001 bytes)"}
    (tmp_path / "sparse").write_bytes(b"x" * 1000)
    assert take_inventory(str(tmp_path)).faults == {}


def test_a_limit_holds_for_a_document(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert read_plain(str(tmp_path / "x"), 3) == b"abc"
    with pytest.raises(NotAFile, match="larger than 2 bytes"):
        read_plain(str(tmp_path / "x"), 2)


def test_a_folder_that_cannot_be_listed_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    try:
        with file_modes_hold():
            assert take_inventory(str(tmp_path)).faults == {
                "closed": "a folder that cannot be listed (Permission denied)"
            }
    finally:
        (tmp_path / "closed").chmod(0o700)
