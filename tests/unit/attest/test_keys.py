"""Keys: made once, private to their owner, and refused with one sentence where they are no such key."""

import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from haproof.attest.key_forms import load_private, load_public
from haproof.attest.keys import generate
from haproof.errors import OutputError, UsageError


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _pem(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> bytes:
    protection = forms.BestAvailableEncryption(password) if password else forms.NoEncryption()
    return key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, protection)


@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_a_pair_is_made_with_its_modes_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        generate(str(tmp_path / "k"))
    finally:
        os.umask(before)
    assert _mode(tmp_path / "k") == 0o600
    assert _mode(tmp_path / "k.pub") == 0o644
    assert sorted(os.listdir(tmp_path)) == ["k", "k.pub"]


def test_a_pair_fits_together_and_two_pairs_differ(tmp_path: Path) -> None:
    public = generate(str(tmp_path / "a"))
    other = generate(str(tmp_path / "b"))
    private = load_private(str(tmp_path / "a"))
    assert load_public(str(tmp_path / "a.pub")).keyid == public.keyid == private.public.keyid
    assert public.keyid != other.keyid
    signature = private.sign(b"message")
    assert public.verifies(signature, b"message")
    assert not public.verifies(signature, b"massage")
    assert not other.verifies(signature, b"message")
    assert not public.verifies(signature[:-1], b"message")
    assert not public.verifies(b"", b"")


def test_keyid_is_the_digest_of_the_der_public_key(tmp_path: Path) -> None:
    public = generate(str(tmp_path / "k"))
    key = forms.load_pem_public_key((tmp_path / "k.pub").read_bytes())
    der = key.public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo)
    assert public.keyid == hashlib.sha256(der).hexdigest()


@pytest.mark.parametrize("existing", ["k", "k.pub"])
def test_nothing_is_ever_overwritten(tmp_path: Path, existing: str) -> None:
    (tmp_path / existing).write_text("mine")
    with pytest.raises(OutputError, match="never overwritten"):
        generate(str(tmp_path / "k"))
    assert os.listdir(tmp_path) == [existing]
    assert (tmp_path / existing).read_text() == "mine"


def test_a_file_that_appears_between_looking_and_writing_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "k").write_text("mine")
    monkeypatch.setattr(os.path, "lexists", lambda path: False)
    with pytest.raises(OutputError, match="File exists"):
        generate(str(tmp_path / "k"))
    assert (tmp_path / "k").read_text() == "mine"


def test_a_dangling_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "k").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError):
        generate(str(tmp_path / "k"))
    assert not (tmp_path / "elsewhere").exists()


def test_no_half_of_a_pair_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    true_fsync, calls = os.fsync, []

    def full_disk(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        true_fsync(handle)

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OutputError, match="No space left"):
        generate(str(tmp_path / "k"))
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="nowhere"):
        generate(str(tmp_path / "nowhere" / "k"))


def test_the_wrong_half_is_told_apart(tmp_path: Path) -> None:
    generate(str(tmp_path / "k"))
    with pytest.raises(UsageError, match="is a public key"):
        load_private(str(tmp_path / "k.pub"))
    with pytest.raises(UsageError, match="is a private key"):
        load_public(str(tmp_path / "k"))


def test_of_several_keys_in_one_file_none_is_chosen(tmp_path: Path) -> None:
    for name in ("a", "b"):
        generate(str(tmp_path / name))
    for ending, load in (("", load_private), (".pub", load_public)):
        both = tmp_path / f"both{ending}"
        both.write_bytes(b"".join((tmp_path / f"{name}{ending}").read_bytes() for name in ("a", "b")))
        with pytest.raises(UsageError, match="exactly one key"):
            load(str(both))


def test_other_kinds_of_key_are_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "ec").write_bytes(_pem(key))
    public = key.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "ec.pub").write_bytes(public)
    with pytest.raises(UsageError, match="not an Ed25519 key"):
        load_private(str(tmp_path / "ec"))
    with pytest.raises(UsageError, match="not an Ed25519 key"):
        load_public(str(tmp_path / "ec.pub"))


@pytest.fixture(autouse=True)
def _short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes to the pipes of these tests."""
    monkeypatch.setattr("haproof.named_file.WRITER_SECONDS", 0.05)


@pytest.mark.parametrize("load", [load_private, load_public])
@pytest.mark.parametrize("kind", ["absent", "directory", "fifo", "empty", "rubbish", "huge", "NUL"])
def test_what_is_no_key_is_one_sentence(tmp_path: Path, kind: str, load: object) -> None:
    path = tmp_path / "k"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind in ("empty", "rubbish", "huge"):
        path.write_bytes({"empty": b"", "rubbish": b"\xff-----BEGIN", "huge": b"x" * 70_000}[kind])
    with pytest.raises(UsageError, match="key"):
        load(str(path) + ("\0" if kind == "NUL" else ""))  # type: ignore[operator]


@pytest.mark.parametrize(
    "verb", [["keygen", "k"], ["sign", ".", "--key", "k"], ["verify", ".", "--key", "k"]]
)
def test_without_the_optional_package_one_sentence_says_how_to_get_it(
    tmp_path: Path, verb: list[str]
) -> None:
    script = (
        "import sys; sys.modules['cryptography'] = None\n"
        f"from haproof.cli import main; sys.exit(main({verb!r}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "-m pip install 'cryptography>=" in ended.stderr
    assert os.listdir(tmp_path) == []
