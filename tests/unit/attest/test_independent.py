"""An implementation that is not ours reads our envelope, and we read its."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import (  # type: ignore[attr-defined]
    CryptoSigner,
    Signature,
    SSlibKey,
)

from attested import Signed, key_pair, signed
from haproof.attest.verify import verify
from haproof.core import envelope as dsse


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    return signed(tmp_path)


def _public(path: str, keyid: str) -> SSlibKey:
    key = load_pem_public_key(Path(path).read_bytes())
    return SSlibKey.from_crypto(key, keyid)


def _theirs(tree: dict[str, Any]) -> Envelope:
    """Their reading of an envelope (which changes the tree that it is given)."""
    return Envelope.from_dict(deepcopy(tree))


def test_securesystemslib_verifies_our_envelope(found: Signed) -> None:
    tree = json.loads(found.envelope.read_bytes())
    theirs = _theirs(tree)
    keyid = tree["signatures"][0]["keyid"]
    assert theirs.pae() == dsse.pae(theirs.payload)
    assert set(theirs.verify([_public(found.public, keyid)], 1)) == {keyid}


def test_securesystemslib_refuses_another_key_and_another_payload(found: Signed, tmp_path: Path) -> None:
    tree = json.loads(found.envelope.read_bytes())
    keyid = tree["signatures"][0]["keyid"]
    with pytest.raises(VerificationError):
        _theirs(tree).verify([_public(key_pair(tmp_path, "other.key"), keyid)], 1)
    changed = _theirs(tree)
    changed.payload += b" "
    with pytest.raises(VerificationError):
        changed.verify([_public(found.public, keyid)], 1)


def test_we_verify_what_securesystemslib_signed(found: Signed) -> None:
    tree = json.loads(found.envelope.read_bytes())
    keyid = tree["signatures"][0]["keyid"]
    private = load_pem_private_key(Path(found.private).read_bytes(), None)
    signer = CryptoSigner(private, _public(found.public, keyid))
    theirs = _theirs(tree | {"signatures": []})
    made: Signature = theirs.sign(signer)
    ours = dsse.Envelope(theirs.payload, made.keyid, bytes.fromhex(made.signature))
    found.envelope.write_bytes(dsse.encode(ours))
    assert verify(str(found.directory), found.public).ok
