"""Statements by others for tests, made without the code that is tested: plain JSON, signed by fixed keys."""

import base64
import copy
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from haproof.attest.keys import PublicKey
from haproof.attest.trust import trusting
from haproof.core.trust import Trusted

Json = dict[str, Any]

ISSUER, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
"""Two issuers. Their private keys are no secret: they sign nothing but tests."""

NAMES = {"PUB-1": "regions.md", "PUB-2": "audit.pdf", "PUB-3": "monitoring.txt"}
"""A document for each requirement."""


def keyid(key: Ed25519PrivateKey) -> str:
    """SHA-256 of the public key in DER, as openssl and sha256sum say it."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def trust(*keys: Ed25519PrivateKey) -> Trusted:
    return trusting(PublicKey(key.public_key()) for key in keys)


def public_file(folder: Path, key: Ed25519PrivateKey = ISSUER, name: str = "issuer.pub") -> str:
    """The public key in a file outside the evidence."""
    path = folder / name
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return str(path)


def private_file(folder: Path, key: Ed25519PrivateKey = ISSUER, name: str = "issuer.key") -> str:
    """The private key in a file outside the evidence."""
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(path)


def document(requirement: str) -> bytes:
    return f"What was found for {requirement}.\n".encode()


def predicate(requirement: str = "PUB-2", /, **changed: Any) -> Json:
    return {
        "requirement": requirement,
        "issuer": "Example Audits Ltd",
        "scope": "build 1.2, two nodes",
        "performed_on": "2026-03-01",
        "valid_until": "2027-02-28",
        "result": "PASS",
        "summary": "Nothing above low.",
    } | changed


def statement(requirement: str = "PUB-2", /, **changed: Any) -> Json:
    """A whole statement; `changed` are keys of its predicate."""
    sha256 = hashlib.sha256(document(requirement)).hexdigest()
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": NAMES.get(requirement, "audit.pdf"), "digest": {"sha256": sha256}}],
        "predicateType": "urn:haproof:predicate:external:1",
        "predicate": predicate(requirement, **changed),
    }


PAYLOAD_TYPE = "application/vnd.in-toto+json"


def signature(payload: bytes, key: Ed25519PrivateKey = ISSUER, kind: str = PAYLOAD_TYPE) -> Json:
    message = b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)
    return {"keyid": keyid(key), "sig": base64.b64encode(key.sign(message)).decode()}


def envelope(payload: bytes | Json, key: Ed25519PrivateKey = ISSUER, /, **changed: Any) -> Json:
    """A payload in its envelope; `changed` are keys of the envelope."""
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return {
        "payload": base64.b64encode(content).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [signature(content, key)],
    } | copy.deepcopy(changed)


def put(
    folder: Path, requirement: str = "PUB-2", key: Ed25519PrivateKey = ISSUER, name: str = "", **changed: Any
) -> Path:
    """A statement and its document in an evidence directory."""
    place = folder / "external"
    place.mkdir(parents=True, exist_ok=True)
    (place / NAMES[requirement]).write_bytes(document(requirement))
    path = place / f"{name or requirement.lower()}.dsse.json"
    path.write_text(json.dumps(envelope(statement(requirement, **changed), key)))
    return path
