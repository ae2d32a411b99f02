"""The public keys whose signatures a reader believes, from their files."""

from collections.abc import Iterable, Sequence

from haproof.attest.key_forms import load_public
from haproof.attest.keys import PublicKey
from haproof.core.trust import Trusted


def trusted(paths: Sequence[str]) -> Trusted:
    """The keys in these files. Raises UsageError where one is none."""
    return trusting(map(load_public, paths))


def trusting(given: Iterable[PublicKey]) -> Trusted:
    """These keys, each once, whatever their order."""
    keys = {key.keyid: key for key in given}
    ids = tuple(sorted(keys))

    def signer(signature: bytes, message: bytes) -> str | None:
        return next((keyid for keyid in ids if keys[keyid].verifies(signature, message)), None)

    return Trusted(ids, signer)
