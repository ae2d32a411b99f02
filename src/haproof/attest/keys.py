"""Ed25519 keys in PEM files: made, read, used. The only module that knows the `cryptography` package.

A key is named by its keyid: the SHA-256 (hex, lower case) of the DER encoding of its SubjectPublicKeyInfo,
which is what `openssl pkey -pubin -outform DER | sha256sum` prints.
"""

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING, Any

from haproof.attest.inventory import NotAFile, read_plain
from haproof.errors import OutputError, UsageError
from haproof.extras import install_command

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LARGEST_KEY_BYTES = 64 * 1024


class PublicKey:
    """A key that checks signatures."""

    def __init__(self, key: "Ed25519PublicKey") -> None:
        _, serialization = _cryptography()
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
    """A key that signs."""

    def __init__(self, key: "Ed25519PrivateKey") -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes; the same for the same message."""
        return self._key.sign(message)

    def pem(self) -> bytes:
        """PKCS #8, not encrypted."""
        _, serialization = _cryptography()
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def generate(path: str) -> PublicKey:
    """Make a key pair: the private key at `path` (mode 0600), the public one at `path`.pub.

    Raises OutputError, with nothing left behind, where either exists or cannot be written.
    """
    ed25519, _ = _cryptography()
    key = PrivateKey(ed25519.Ed25519PrivateKey.generate())
    public_path = f"{path}.pub"
    for place in (path, public_path):
        if os.path.lexists(place):
            raise OutputError(f"{place!r} exists, and a key is never overwritten: choose another name")
    made: list[str] = []
    try:
        for place, content, mode in ((path, key.pem(), 0o600), (public_path, key.public.pem, 0o644)):
            _write_new(place, content, mode, made)
    except OSError as fault:
        for place in made:
            with contextlib.suppress(OSError):
                os.unlink(place)
        raise OutputError(f"cannot write {place!r} ({fault.strerror}): choose another place") from None
    return key.public


def load_private(path: str) -> PrivateKey:
    """The signing key in a PEM file. Raises UsageError."""
    ed25519, serialization = _cryptography()
    content = _read(path)
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except TypeError:
        raise UsageError(
            f"key {path!r} is encrypted: decrypt it first (openssl pkey -in KEY -out PLAIN_KEY)"
        ) from None
    except _unusable():
        what = "a public key" if b"-----BEGIN PUBLIC KEY-----" in content else "not a private key in PEM"
        raise UsageError(f"key {path!r} is {what}: sign with the private key of 'haproof keygen'") from None
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise UsageError(f"key {path!r} is not an Ed25519 key: make one with 'haproof keygen'")
    return PrivateKey(key)


def load_public(path: str) -> PublicKey:
    """The verifying key in a PEM file. Raises UsageError."""
    ed25519, serialization = _cryptography()
    content = _read(path)
    try:
        key = serialization.load_pem_public_key(content)
    except _unusable():
        what = "a private key" if b"PRIVATE KEY-----" in content else "not a public key in PEM"
        raise UsageError(f"key {path!r} is {what}: verify with the signer's public key (.pub)") from None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise UsageError(f"key {path!r} is not an Ed25519 key: ask the signer for the right .pub file")
    return PublicKey(key)


def _cryptography() -> tuple[Any, Any]:
    """The two modules in use, or one sentence that says how to get them."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise UsageError(
            f"signatures need an optional package: run  {install_command('sign')}  and try again"
        ) from None
    return ed25519, serialization


def _unusable() -> tuple[type[Exception], ...]:
    """What the package raises for a file that is no such key."""
    from cryptography.exceptions import UnsupportedAlgorithm

    return ValueError, UnsupportedAlgorithm


def _read(path: str) -> bytes:
    """The bytes of a key file; a link to it is followed, it is the caller's own. Of several keys in one file
    none is chosen: whoever signs or verifies must know with which."""
    try:
        content = read_plain(os.path.realpath(path), LARGEST_KEY_BYTES)
    except (NotAFile, ValueError) as fault:
        raise UsageError(f"key {path!r} cannot be used: {fault}") from None
    keys = content.count(b"-----BEGIN ")
    if keys > 1:
        raise UsageError(f"key {path!r} holds {keys} PEM blocks: name a file with exactly one key")
    return content


def _write_new(path: str, content: bytes, mode: int, made: list[str]) -> None:
    """One new file with exactly this mode, whatever the umask; `made` grows once it exists."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    made.append(path)
    with os.fdopen(handle, "wb") as stream:
        os.fchmod(handle, mode)
        stream.write(content)
        stream.flush()
        os.fsync(handle)
