"""Keys in every form that people have them in, encrypted or not, by file or by pipe."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from attested import Signed, signed
from haproof.attest.key_forms import load_private, load_public
from haproof.attest.verify import verify
from haproof.cli import main
from haproof.errors import UsageError

SECRET = "päss word".encode()
KEY = ed25519.Ed25519PrivateKey.generate()
PRIVATE_FORMS = {
    "PEM": (forms.Encoding.PEM, forms.PrivateFormat.PKCS8),
    "DER": (forms.Encoding.DER, forms.PrivateFormat.PKCS8),
    "OpenSSH": (forms.Encoding.PEM, forms.PrivateFormat.OpenSSH),
}
PUBLIC_FORMS = {
    "PEM": (forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo),
    "DER": (forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo),
    "OpenSSH": (forms.Encoding.OpenSSH, forms.PublicFormat.OpenSSH),
}


def _private(form: str, secret: bytes | None = None) -> bytes:
    protection = forms.BestAvailableEncryption(secret) if secret else forms.NoEncryption()
    return KEY.private_bytes(*PRIVATE_FORMS[form], protection)


def _file(folder: Path, content: bytes, mode: int = 0o600) -> str:
    path = folder / "k"
    path.write_bytes(content)
    path.chmod(mode)
    return str(path)


def _keyid() -> str:
    from haproof.attest.keys import PublicKey

    return PublicKey(KEY.public_key()).keyid


@pytest.mark.parametrize("form", PRIVATE_FORMS)
@pytest.mark.parametrize("secret", [None, SECRET], ids=["open", "encrypted"])
def test_a_private_key_of_each_form_signs(tmp_path: Path, form: str, secret: bytes | None) -> None:
    asked: list[str] = []

    def ask(path: str) -> bytes:
        asked.append(path)
        return SECRET

    path = _file(tmp_path, _private(form, secret))
    private = load_private(path, ask)
    assert private.public.keyid == _keyid()
    assert private.public.verifies(private.sign(b"message"), b"message")
    assert asked == ([path] if secret else [])
    assert private.warnings == ()


@pytest.mark.parametrize("form", PUBLIC_FORMS)
@pytest.mark.parametrize("end", [b"", b"\n", b" jane@example.com\n"], ids=["bare", "line", "comment"])
def test_a_public_key_of_each_form_verifies(tmp_path: Path, form: str, end: bytes) -> None:
    content = KEY.public_key().public_bytes(*PUBLIC_FORMS[form]) + (end if form == "OpenSSH" else b"")
    assert load_public(_file(tmp_path, content)).keyid == _keyid()


@pytest.mark.parametrize("form", PRIVATE_FORMS)
def test_a_wrong_passphrase_is_one_sentence(tmp_path: Path, form: str) -> None:
    path = _file(tmp_path, _private(form, SECRET))
    with pytest.raises(UsageError, match="passphrase does not open key"):
        load_private(path, lambda _: b"another")


@pytest.mark.parametrize("form", PRIVATE_FORMS)
def test_without_a_passphrase_nobody_is_told_to_decrypt_the_key(tmp_path: Path, form: str) -> None:
    with pytest.raises(
        UsageError, match=r"is encrypted: give its passphrase \(--passphrase-fd N\)"
    ) as refused:
        load_private(_file(tmp_path, _private(form, SECRET)))
    assert "decrypt" not in str(refused.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666, 0o620])
def test_a_private_key_that_others_may_read_is_warned_of(tmp_path: Path, mode: int) -> None:
    private = load_private(_file(tmp_path, _private("PEM"), mode))
    assert private.public.keyid == _keyid()
    (warning,) = private.warnings
    assert f"mode {mode:04o}" in warning
    assert "chmod 600" in warning
    for tight in (0o600, 0o400):
        assert load_private(_file(tmp_path, _private("PEM"), tight)).warnings == ()


RSA_LIKE = ec.generate_private_key(ec.SECP256R1())
OTHERS: dict[str, tuple[Callable[[str], object], bytes, str]] = {
    "PuTTY": (load_private, b"PuTTY-User-Key-File-3: ssh-ed25519\n", "puttygen KEY -O private-openssh"),
    "OpenSSH public key to sign with": (
        load_private,
        KEY.public_key().public_bytes(*PUBLIC_FORMS["OpenSSH"]),
        "is a public key",
    ),
    "DER public key to sign with": (
        load_private,
        KEY.public_key().public_bytes(*PUBLIC_FORMS["DER"]),
        "is a public key",
    ),
    "another kind of key to sign with": (
        load_private,
        RSA_LIKE.private_bytes(*PRIVATE_FORMS["OpenSSH"], forms.NoEncryption()),
        "not an Ed25519 key",
    ),
    "OpenSSH private key to verify with": (load_public, _private("OpenSSH"), "is a private key"),
    "DER private key to verify with": (load_public, _private("DER"), "is a private key"),
    "encrypted DER private key to verify with": (load_public, _private("DER", SECRET), "is a private key"),
    "RFC 4716": (load_public, b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", "ssh-keygen -i -f KEY"),
    "certificate": (
        load_public,
        b"-----BEGIN CERTIFICATE-----\nAAAA\n",
        "openssl x509 -in KEY -noout -pubkey",
    ),
    "another kind of key to verify with": (
        load_public,
        RSA_LIKE.public_key().public_bytes(*PUBLIC_FORMS["OpenSSH"]),
        "not an Ed25519 key",
    ),
    "several OpenSSH keys": (
        load_public,
        2 * (KEY.public_key().public_bytes(*PUBLIC_FORMS["OpenSSH"]) + b" me\n"),
        "holds 2 keys",
    ),
    "damaged OpenSSH key": (
        load_public,
        b"ssh-ed25519 AAAA",
        "not a public key in PEM, OpenSSH's form or DER",
    ),
    "damaged DER": (load_private, b"\x30\x82", "not a private key in PEM, OpenSSH's form or DER"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_such_key_is_called_what_it_is(tmp_path: Path, kind: str) -> None:
    load, content, words = OTHERS[kind]
    with pytest.raises(UsageError, match=words.replace("(", r"\(")):
        load(_file(tmp_path, content))


def test_an_encrypted_openssh_key_without_bcrypt_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import ssh

    def lacking(*_: object) -> bytes:
        raise UnsupportedAlgorithm("Need bcrypt module")

    path = _file(tmp_path, _private("OpenSSH", SECRET))
    monkeypatch.setattr(ssh, "_bcrypt_kdf", lacking)
    with pytest.raises(UsageError, match=r"-m pip install .*'bcrypt"):
        load_private(path, lambda _: SECRET)


def _piped(content: bytes, load: Callable[[str], object]) -> object:
    """Load from a pipe that a shell would hand over."""
    reader, writer = os.pipe()
    try:
        os.write(writer, content)
        os.close(writer)
        return load(f"/dev/fd/{reader}")
    finally:
        os.close(reader)


def test_a_key_through_a_pipe_is_read_and_has_no_mode() -> None:
    private = _piped(_private("PEM"), load_private)
    assert private.public.keyid == _keyid()  # type: ignore[attr-defined]
    assert private.warnings == ()  # type: ignore[attr-defined]
    public = _piped(KEY.public_key().public_bytes(*PUBLIC_FORMS["OpenSSH"]), load_public)
    assert public.keyid == _keyid()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "is empty: name a file"), (b"x" * 70_000, "larger than")]
)
def test_a_pipe_without_a_key_is_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    with path.open("rb") as stream, pytest.raises(UsageError, match=words):
        load_private(f"/dev/fd/{stream.fileno()}")


def test_a_descriptor_that_is_not_open_is_one_sentence() -> None:
    with pytest.raises(UsageError, match="Bad file descriptor"):
        load_private("/dev/fd/999")


def test_a_named_pipe_is_read_once_somebody_writes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writing = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())",
            tmp_path / "pipe",
        ],
        stdin=subprocess.PIPE,
    )
    try:
        assert writing.stdin is not None
        writing.stdin.write(_private("PEM"))
        writing.stdin.close()
        assert load_private(str(tmp_path / "pipe")).public.keyid == _keyid()
    finally:
        writing.wait(30)


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    return signed(tmp_path)


SHELL = {
    "a process substitution": '{haproof} sign "$EV" --key <(cat "$KEY")',
    "a pipe": 'cat "$KEY" | {haproof} sign "$EV" --key /dev/stdin',
    "a redirection": '{haproof} sign "$EV" --key /dev/stdin < "$KEY"',
    "a descriptor for the passphrase": '{haproof} sign "$EV" --key "$LOCKED" --passphrase-fd 3 3<<<"$SECRET"',
    "both through pipes": (
        'cat "$LOCKED" | {haproof} sign "$EV" --key /dev/stdin --passphrase-fd 7 7< <(echo "$SECRET")'
    ),
}


@pytest.mark.parametrize("way", SHELL)
def test_a_shell_hands_the_key_over(found: Signed, tmp_path: Path, way: str) -> None:
    (tmp_path / "locked").write_bytes(_private("OpenSSH", SECRET))
    (tmp_path / "locked").chmod(0o600)
    found.envelope.unlink()
    command = SHELL[way].replace("{haproof}", f"{sys.executable} -m haproof")
    places = {
        "EV": str(found.directory),
        "KEY": found.private,
        "LOCKED": str(tmp_path / "locked"),
        "SECRET": SECRET.decode(),
    }
    ended = subprocess.run(
        ["bash", "-c", command],
        env=os.environ | places,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
    public = tmp_path / "locked.pub"
    public.write_bytes(KEY.public_key().public_bytes(*PUBLIC_FORMS["PEM"]))
    assert verify(str(found.directory), str(public) if "$LOCKED" in SHELL[way] else found.public).ok


def test_a_key_by_redirection_from_the_evidence_is_refused_all_the_same(found: Signed) -> None:
    inside = found.directory / "val13" / "k"
    inside.write_bytes(Path(found.private).read_bytes())
    inside.chmod(0o600)
    with inside.open("rb") as stream:
        ended = subprocess.run(
            [sys.executable, "-m", "haproof", "sign", str(found.directory), "--key", "/dev/stdin"],
            stdin=stream,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 2
    assert "inside the evidence directory" in ended.stderr


def test_the_mode_is_warned_of_on_stderr_and_the_evidence_is_signed(
    found: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(found.private).chmod(0o644)
    status = main(["sign", str(found.directory), "--key", found.private])
    captured = capsys.readouterr()
    assert status == 0
    assert captured.err.count("\n") == 1
    assert "is open to other users (mode 0644)" in captured.err
