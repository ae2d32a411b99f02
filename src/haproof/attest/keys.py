"""Ed25519 keys: made, used, named. What a key file may look like is in `key_forms`.

A key is named by its keyid: the SHA-256 (hex, lower case) of the DER encoding of its SubjectPublicKeyInfo,
which is what `openssl pkey -pubin -outform DER | sha256sum` prints.
"""

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING, Any

from haproof.attest.git_tree import exposing_tree
from haproof.errors import OutputError, UsageError
from haproof.extras import install_command

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class PublicKey:
    """A key that checks signatures."""

    def __init__(self, key: "Ed25519PublicKey") -> None:
        _, serialization = cryptography()
        der = serialization.Encoding.DER
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        self._key = key
        self.keyid = hashlib.sha256(key.public_bytes(der, info)).hexdigest()
        self.pem: bytes = key.public_bytes(serialization.Encoding.PEM, info)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class PrivateKey:
    """A key that signs. `warnings` are sentences about the file that it came from."""

    def __init__(self, key: "Ed25519PrivateKey", warnings: tuple[str, ...] = ()) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())
        self.warnings = warnings

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes; the same for the same message."""
        return self._key.sign(message)

    def pem(self, passphrase: bytes | None = None) -> bytes:
        """PKCS #8, encrypted (PBES2, AES-256) where there is a passphrase."""
        _, serialization = cryptography()
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption(),
        )


def generate(path: str, passphrase: bytes | None = None) -> PublicKey:
    """Make a key pair: the private key at `path` (mode 0600), the public one at `path`.pub.

    Raises OutputError, with nothing left behind, where either exists or cannot be written; UsageError where
    the private key would lie in a git working tree that does not ignore it.
    """
    ed25519, _ = cryptography()
    refuse_place(path)
    key = PrivateKey(ed25519.Ed25519PrivateKey.generate())
    made: list[str] = []
    try:
        pair = ((path, key.pem(passphrase), 0o600), (f"{path}.pub", key.public.pem, 0o644))
        for place, content, mode in pair:
            _write_new(place, content, mode, made)
    except OSError as fault:
        for place in made:
            with contextlib.suppress(OSError):
                os.unlink(place)
        raise OutputError(f"cannot write {place!r} ({fault.strerror}): choose another place") from None
    return key.public


def refuse_place(path: str) -> None:
    """Raise where no private key may be made at `path`: before a person is asked for a passphrase."""
    for place in (path, f"{path}.pub"):
        if os.path.lexists(place):
            raise OutputError(f"{place!r} exists, and a key is never overwritten: choose another name")
    tree = exposing_tree(path)
    if tree is not None:
        raise UsageError(
            f"{path!r} is in the git working tree {tree!r} and not ignored there, so 'git add' would publish "
            "the private key: name a place outside, or add the file to .gitignore first"
        )


def cryptography() -> tuple[Any, Any]:
    """The modules `ed25519` and `serialization`, or one sentence that says how to get them."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise UsageError(
            f"signatures need an optional package: run  {install_command('sign')}  and try again"
        ) from None
    return ed25519, serialization


def _write_new(path: str, content: bytes, mode: int, made: list[str]) -> None:
    """One new file with exactly this mode, whatever the umask; `made` grows once it exists."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    made.append(path)
    with os.fdopen(handle, "wb") as stream:
        os.fchmod(handle, mode)
        stream.write(content)
        stream.flush()
        os.fsync(handle)
