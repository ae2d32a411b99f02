"""SHA-256 without OpenSSL, whose start takes longer than judging the evidence."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

WORTH_OPENSSL_BYTES = 4 * 1024 * 1024
"""From here on OpenSSL, several times as fast where the processor helps it, has made up for its start."""


def sha256_hex(content: bytes) -> str:
    """The digest in 64 lower-case hex digits."""
    digest: str = _sha256(len(content) >= WORTH_OPENSSL_BYTES)(content).hexdigest()
    return digest


@cache
def _sha256(large: bool) -> Callable[[bytes], Any]:
    """The interpreter's own implementation (its module was renamed in Python 3.12), or that of OpenSSL."""
    for name in () if large else ("_sha2", "_sha256"):
        try:
            own: Callable[[bytes], Any] = import_module(name).sha256
            return own
        except ImportError:
            continue  # an interpreter may be built without it
    from hashlib import sha256

    return sha256
