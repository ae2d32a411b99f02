"""Whose signatures a reader believes. What checks them is handed in, so that the judgement needs no keys."""

from collections.abc import Callable

from msgspec import Struct

Signer = Callable[[bytes, bytes], str | None]
"""Signature and message to the id of the trusted key whose signature it is; None where it is no such
key's."""


def _nobody(signature: bytes, message: bytes) -> None:
    """Without a key every signature is a stranger's."""


class Trusted(Struct, frozen=True, eq=False):
    """Keys that a reader trusts: their ids (SHA-256), sorted, each once, and what finds out whether one of
    them signed a message."""

    ids: tuple[str, ...] = ()
    signer: Signer = _nobody


NOBODY = Trusted()
