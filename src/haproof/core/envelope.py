"""The DSSE envelope (https://github.com/secure-systems-lab/dsse, v1.0): one payload, exactly one signature.

What this program signs has one encoding, and `decode` accepts no other: keys in the order `payload`,
`payloadType`, `signatures`, no white space but the line feed at its end, standard base64 with its padding
bits zero. So no byte of the file is free. `read` takes what DSSE allows, since others sign with other
programs. The signature is over the pre-authentication encoding of the *received* payload bytes; nothing is
parsed and serialised again before it is checked.
"""

import binascii
import json
from typing import Any

from msgspec import Struct

from haproof.core.figures import cut
from haproof.core.parse import Mismatch, parse_json

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class EnvelopeFault(Exception):
    """The bytes are not an envelope with one signature, or not in the encoding that is asked for."""


class Envelope(Struct, frozen=True):
    """What an envelope holds; `keyid` is the producer's hint, empty where there is none, and proves nothing
    by itself."""

    payload: bytes
    keyid: str
    signature: bytes


def pae(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """The pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def encode(envelope: Envelope) -> bytes:
    """The canonical encoding of an envelope."""
    tree = {
        "payload": _base64(envelope.payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": envelope.keyid, "sig": _base64(envelope.signature)}],
    }
    return json.dumps(tree, separators=(",", ":")).encode("ascii") + b"\n"


def decode(content: bytes) -> Envelope:
    """Read an envelope. Raises EnvelopeFault for everything but a canonical encoding."""
    try:
        tree = json.loads(content.decode("ascii"))
    except (ValueError, RecursionError):
        raise EnvelopeFault("not JSON (truncated or damaged)") from None
    envelope = _envelope(tree)
    if len(envelope.keyid) != 64 or not set(envelope.keyid) <= set("0123456789abcdef"):
        raise EnvelopeFault("keyid is not a SHA-256 in lower-case hex")
    if encode(envelope) != content:
        raise EnvelopeFault("not in its canonical encoding (keys, their order, white space or base64 differ)")
    return envelope


def read(content: bytes) -> Envelope:
    """Read an envelope in any encoding of DSSE: any strict JSON, either alphabet of base64, no keyid.

    Raises EnvelopeFault.
    """
    try:
        tree = parse_json(content)
    except Mismatch as fault:
        raise EnvelopeFault(f"not an envelope: {fault}") from None
    return _envelope(tree, either=True)


def is_envelope(content: bytes) -> bool:
    """Whether bytes are an envelope, of whatever payload and with however many signatures."""
    try:
        tree = parse_json(content)
    except Mismatch:
        return False
    return isinstance(tree, dict) and {"payload", "payloadType", "signatures"} <= tree.keys()


def _envelope(tree: Any, *, either: bool = False) -> Envelope:
    """An envelope of ours; `either` takes both alphabets of base64, and no keyid."""
    if not isinstance(tree, dict):
        raise EnvelopeFault("not a JSON object")
    kind = _text(tree, "payloadType")
    if kind != PAYLOAD_TYPE:
        raise EnvelopeFault(f"payloadType is {cut(kind)!r}, not {PAYLOAD_TYPE!r}")
    signatures = tree.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != 1:
        count = len(signatures) if isinstance(signatures, list) else "no list of"
        raise EnvelopeFault(f"holds {count} signatures; exactly one is needed")
    if not isinstance(signatures[0], dict):
        raise EnvelopeFault("the signature is not an object")
    unnamed = either and signatures[0].get("keyid") in (None, "")
    return Envelope(
        payload=_bytes(tree, "payload", either),
        keyid="" if unnamed else _text(signatures[0], "keyid"),
        signature=_bytes(signatures[0], "sig", either),
    )


def _text(tree: dict[str, Any], key: str) -> str:
    value = tree.get(key)
    if not isinstance(value, str) or not value:
        raise EnvelopeFault(f"{key} is missing or empty")
    return value


def _bytes(tree: dict[str, Any], key: str, either: bool) -> bytes:
    text = _text(tree, key)
    if either:
        text = text.replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise EnvelopeFault(f"{key} is not base64") from None


def _base64(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode("ascii")
