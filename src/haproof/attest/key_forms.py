"""The clothes a key comes in: PEM (PKCS #8, encrypted or not), OpenSSH's own form, DER.

What is no usable key is one sentence that says what it is and, where there is one, the command to convert it.
None of these commands writes a decrypted private key to disk.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from haproof.attest.keys import PrivateKey, PublicKey, cryptography
from haproof.errors import UsageError
from haproof.extras import install_command
from haproof.named_file import NotAFile, read_named

LARGEST_KEY_BYTES = 64 * 1024

Ask = Callable[[str], bytes]
"""Gets the passphrase of the key file at a path. Raises UsageError where there is nobody to ask."""

Loader = Callable[[bytes, bytes | None], Any]


class KeyFile(Struct, frozen=True):
    """A key as it was read. `mode` holds the permission bits of a plain file, None for a pipe."""

    path: str
    content: bytes
    mode: int | None


def load_private(path: str, ask: Ask | None = None) -> PrivateKey:
    """The signing key in a file or a pipe; `ask` is called only where it is encrypted. Raises UsageError."""
    ed25519, _ = cryptography()
    file = _read(path)
    load = _private_loader(file)
    try:
        key = load(file.content, None)
    except TypeError:
        key = _decrypted(file, load, ask)
    except _unusable() as fault:
        raise UsageError(f"key {path!r} is {_no_private(file.content, fault)}") from None
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise UsageError(f"key {path!r} is not an Ed25519 key: make one with 'haproof keygen'")
    return PrivateKey(key, _warnings(file))


def load_public(path: str) -> PublicKey:
    """The verifying key in a file or a pipe. Raises UsageError."""
    ed25519, serialization = cryptography()
    file = _read(path)
    content = file.content
    loaders = {
        b"ssh-": serialization.load_ssh_public_key,
        b"ecdsa-": serialization.load_ssh_public_key,
        b"\x30": serialization.load_der_public_key,
    }
    _refuse_several(file)
    load = next((loader for start, loader in loaders.items() if content.startswith(start)), None)
    try:
        key = (load or serialization.load_pem_public_key)(content)
    except _unusable():
        raise UsageError(f"key {path!r} is {_no_public(content)}") from None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise UsageError(f"key {path!r} is not an Ed25519 key: ask the signer for the right .pub file")
    return PublicKey(key)


def _read(path: str) -> KeyFile:
    """A key file. Of several keys in one none is chosen: whoever signs or verifies must know with which."""
    try:
        found = read_named(path, LARGEST_KEY_BYTES)
    except NotAFile as fault:
        raise UsageError(f"key {path!r} is {fault.so('name a file that holds one key')}") from None
    keys = found.content.count(b"-----BEGIN ")
    if keys > 1:
        raise UsageError(f"key {path!r} holds {keys} PEM blocks: name a file with exactly one key")
    return KeyFile(path, found.content, found.mode)


def _private_loader(file: KeyFile) -> Loader:
    """What reads a private key of this form."""
    _, serialization = cryptography()
    if b"-----BEGIN OPENSSH PRIVATE KEY-----" in file.content:
        return lambda content, secret: serialization.load_ssh_private_key(content, secret)
    if file.content.startswith(b"\x30"):
        return lambda content, secret: serialization.load_der_private_key(content, secret)
    return lambda content, secret: serialization.load_pem_private_key(content, secret)


def _decrypted(file: KeyFile, load: Loader, ask: Ask | None) -> Any:
    """An encrypted key, opened with the passphrase that is asked for."""
    if ask is None:
        raise UsageError(f"key {file.path!r} is encrypted: give its passphrase (--passphrase-fd N)")
    try:
        return load(file.content, ask(file.path))
    except _unsupported() as fault:
        raise UsageError(f"key {file.path!r} is {_no_private(file.content, fault)}") from None
    except (ValueError, TypeError):
        raise UsageError(
            f"this passphrase does not open key {file.path!r} (or the file is damaged)"
        ) from None


def _warnings(file: KeyFile) -> tuple[str, ...]:
    """What the owner of a private key should change."""
    if file.mode is None or not file.mode & 0o077:
        return ()
    return (
        f"private key {file.path!r} is open to other users (mode {file.mode:04o}): run  chmod 600  on it",
    )


def _no_private(content: bytes, fault: Exception) -> str:
    """What a file is that holds no private key we can read, and what to do."""
    if b"BEGIN OPENSSH PRIVATE KEY" in content and "bcrypt" in str(fault):
        return f"encrypted in OpenSSH's form, which needs one more package: run  {install_command('sign')}"
    if b"PRIVATE KEY-----" in content and isinstance(fault, _unsupported()):
        return "encrypted in a way that is not supported: run  openssl pkey -aes256 -in KEY -out NEW_KEY"
    if content.startswith(b"PuTTY-User-Key-File"):
        return "in PuTTY's form: run  puttygen KEY -O private-openssh -o NEW_KEY"
    what = "a public key" if _is_public(content) else "not a private key in PEM, OpenSSH's form or DER"
    return f"{what}: sign with the private key of 'haproof keygen'"


def _no_public(content: bytes) -> str:
    """What a file is that holds no public key we can read, and what to do."""
    if b"---- BEGIN SSH2 PUBLIC KEY" in content:
        return "in the form of RFC 4716: run  ssh-keygen -i -f KEY > NEW_KEY"
    if b"-----BEGIN CERTIFICATE-----" in content:
        return "a certificate: run  openssl x509 -in KEY -noout -pubkey > NEW_KEY"
    what = "a private key" if _is_private(content) else "not a public key in PEM, OpenSSH's form or DER"
    return f"{what}: verify with the signer's public key (.pub)"


def _is_public(content: bytes) -> bool:
    """Whether it is the other half."""
    _, serialization = cryptography()
    if content.startswith(b"ssh-") or b"-----BEGIN PUBLIC KEY-----" in content:
        return True
    return content.startswith(b"\x30") and _loads(serialization.load_der_public_key, content)


def _is_private(content: bytes) -> bool:
    """Whether it is the other half, encrypted or not."""
    _, serialization = cryptography()
    if b"PRIVATE KEY-----" in content:
        return True
    return content.startswith(b"\x30") and _loads(
        lambda der: serialization.load_der_private_key(der, None), content
    )


def _loads(load: Callable[[bytes], Any], content: bytes) -> bool:
    """Whether a loader takes it; one that asks for a passphrase does."""
    try:
        load(content)
    except TypeError:
        return True
    except _unusable():
        return False
    return True


def _refuse_several(file: KeyFile) -> None:
    """A file of OpenSSH public keys has one a line."""
    lines = [line for line in file.content.splitlines() if line.strip() and not line.startswith(b"#")]
    if len(lines) > 1 and all(line.startswith((b"ssh-", b"ecdsa-")) for line in lines):
        raise UsageError(f"key {file.path!r} holds {len(lines)} keys: name a file with exactly one key")


def _unusable() -> tuple[type[Exception], ...]:
    """What the package raises for a file that is no such key."""
    return (ValueError, *_unsupported())


def _unsupported() -> tuple[type[Exception], ...]:
    """What it raises for a key that it knows and cannot read."""
    from cryptography.exceptions import UnsupportedAlgorithm

    return (UnsupportedAlgorithm,)
