"""The DSSE envelope (https://github.com/secure-systems-lab/dsse, v1.0): one payload, exactly one signature.

There is one encoding of an envelope and no other is accepted: keys in the order `payload`, `payloadType`,
`signatures`, no white space but the line feed at its end, standard base64 with its padding bits zero. So no
byte of the file is free. The signature is over the pre-authentication encoding of the *received* payload
bytes; nothing is parsed and serialised again before it is checked.
"""

import binascii
import json
from typing import Any

from msgspec import Struct

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class EnvelopeFault(Exception):
    """The bytes are not the canonical encoding of an envelope with one signature."""


class Envelope(Struct, frozen=True):
    """What an envelope holds; `keyid` is the producer's hint and proves nothing by itself."""

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
    tree = _object(content)
    kind = _text(tree, "payloadType")
    if kind != PAYLOAD_TYPE:
        raise EnvelopeFault(f"payloadType is {kind!r}, not {PAYLOAD_TYPE!r}")
    signatures = tree.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != 1:
        count = len(signatures) if isinstance(signatures, list) else "no list of"
        raise EnvelopeFault(f"holds {count} signatures; exactly one is needed")
    if not isinstance(signatures[0], dict):
        raise EnvelopeFault("the signature is not an object")
    envelope = Envelope(
        payload=_bytes(tree, "payload"),
        keyid=_text(signatures[0], "keyid"),
        signature=_bytes(signatures[0], "sig"),
    )
    if len(envelope.keyid) != 64 or not set(envelope.keyid) <= set("0123456789abcdef"):
        raise EnvelopeFault("keyid is not a SHA-256 in lower-case hex")
    if encode(envelope) != content:
        raise EnvelopeFault("not in its canonical encoding (keys, their order, white space or base64 differ)")
    return envelope


def _object(content: bytes) -> dict[str, Any]:
    """The outermost object; what the parser is lenient about, the comparison of encodings is not."""
    try:
        tree = json.loads(content.decode("ascii"))
    except (ValueError, RecursionError):
        raise EnvelopeFault("not JSON (truncated or damaged)") from None
    if not isinstance(tree, dict):
        raise EnvelopeFault("not a JSON object")
    return tree


def _text(tree: dict[str, Any], key: str) -> str:
    value = tree.get(key)
    if not isinstance(value, str) or not value:
        raise EnvelopeFault(f"{key} is missing or empty")
    return value


def _bytes(tree: dict[str, Any], key: str) -> bytes:
    try:
        return binascii.a2b_base64(_text(tree, key), strict_mode=True)
    except ValueError:
        raise EnvelopeFault(f"{key} is not base64") from None


def _base64(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode("ascii")
