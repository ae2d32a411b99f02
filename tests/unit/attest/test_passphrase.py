"""A passphrase comes from a person at a terminal or from a descriptor, and from nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from attested import Signed, signed
from haproof.attest.key_forms import load_private
from haproof.attest.verify import verify
from haproof.cli import main
from terminal import typed

HAPROOF = [sys.executable, "-m", "haproof"]
NEW, AGAIN = "Passphrase for the new private key", "The same passphrase again"


def _with_line(line: bytes, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run with a passphrase on descriptor 0."""
    return subprocess.run(
        [*HAPROOF, *arguments, "--passphrase-fd", "0"],
        cwd=folder,
        input=line.decode("latin-1"),
        encoding="latin-1",
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("line", [b"secret\n", b"secret", b"secret\r\n", b"secret\nsecond line\n"])
def test_a_descriptor_s_first_line_encrypts_and_opens_a_key(tmp_path: Path, line: bytes) -> None:
    made = _with_line(line, "keygen", "k", folder=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert "encrypted with the passphrase" in made.stdout
    content = (tmp_path / "k").read_bytes()
    assert content.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    load_pem_private_key(content, b"secret")
    found = signed(tmp_path / "set")
    ended = _with_line(line, "sign", str(found.directory), "--key", "k", folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert verify(str(found.directory), str(tmp_path / "k.pub")).ok


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"", "gave no passphrase"),
        (b"\nsecret\n", "gave no passphrase"),
        (b"x" * 5_000, "more than 1,024 bytes"),
    ],
)
def test_a_descriptor_without_a_passphrase_makes_no_key(tmp_path: Path, line: bytes, words: str) -> None:
    ended = _with_line(line, "keygen", "k", folder=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert words in ended.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("number", ["-1", "x", "", "999", "3.0", "٣"])
def test_a_number_that_is_no_open_descriptor_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    status = main(["keygen", str(tmp_path / "k"), f"--passphrase-fd={number}"])
    captured = capsys.readouterr()
    assert (status, captured.out, captured.err.count("\n")) == (2, "", 1)
    assert "--passphrase-fd" in captured.err
    assert os.listdir(tmp_path) == []


def test_a_person_is_asked_twice_and_the_passphrase_is_not_shown(tmp_path: Path) -> None:
    status, shown = typed([*HAPROOF, "keygen", "k"], [(NEW, "secret"), (AGAIN, "secret")], tmp_path)
    assert status == 0, shown
    assert "secret" not in shown
    load_pem_private_key((tmp_path / "k").read_bytes(), b"secret")
    found = signed(tmp_path / "set")
    command = [*HAPROOF, "sign", str(found.directory), "--key", "k"]
    status, shown = typed(command, [("Passphrase of k: ", "secret")], tmp_path)
    assert status == 0, shown
    assert "secret" not in shown
    assert verify(str(found.directory), str(tmp_path / "k.pub")).ok


def test_a_person_may_want_none(tmp_path: Path) -> None:
    status, shown = typed([*HAPROOF, "keygen", "k"], [(NEW, ""), (AGAIN, "")], tmp_path)
    assert status == 0, shown
    assert "not encrypted" in shown
    load_private(str(tmp_path / "k"))
    status, shown = typed([*HAPROOF, "keygen", "other", "--no-passphrase"], [], tmp_path)
    assert status == 0, shown
    load_private(str(tmp_path / "other"))


def test_two_different_answers_make_no_key(tmp_path: Path) -> None:
    status, shown = typed([*HAPROOF, "keygen", "k"], [(NEW, "secret"), (AGAIN, "sceret")], tmp_path)
    assert status == 2
    assert "the two passphrases differ" in shown
    assert os.listdir(tmp_path) == []


def test_nobody_is_asked_for_a_key_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("mine")
    status, shown = typed([*HAPROOF, "keygen", "k"], [], tmp_path)
    assert status == 2
    assert NEW not in shown


@pytest.fixture
def locked(tmp_path: Path) -> Signed:
    """A signed set whose signer has an encrypted key, `k`."""
    _with_line(b"secret\n", "keygen", "k", folder=tmp_path)
    return signed(tmp_path / "set")


def test_without_a_terminal_the_option_is_named(locked: Signed, tmp_path: Path) -> None:
    ended = subprocess.run(
        [*HAPROOF, "sign", str(locked.directory), "--key", "k"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "is encrypted" in ended.stderr
    assert "--passphrase-fd" in ended.stderr


def test_a_wrong_passphrase_leaves_the_older_signature(locked: Signed, tmp_path: Path) -> None:
    before = locked.envelope.read_bytes()
    ended = _with_line(b"guess\n", "sign", str(locked.directory), "--key", "k", folder=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "this passphrase does not open key 'k'" in ended.stderr
    assert locked.envelope.read_bytes() == before
