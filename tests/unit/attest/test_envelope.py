"""The DSSE envelope: one encoding, exactly one signature, and nothing that passes by being absent."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from haproof.core.envelope import PAYLOAD_TYPE, Envelope, EnvelopeFault, decode, encode, pae

GOOD = Envelope(
    payload=b'{"_type":"\xff\xff\xfe"}!!', keyid="0f" * 32, signature=bytes(range(200, 256)) + bytes(8)
)
Tree = dict[str, Any]


def _compact(tree: Any) -> bytes:
    return json.dumps(tree, separators=(",", ":")).encode() + b"\n"


def _tree() -> Tree:
    tree: Tree = json.loads(encode(GOOD))
    return tree


def _changed(change: Callable[[Tree], Any]) -> bytes:
    tree = _tree()
    change(tree)
    return _compact(tree)


def _padding_bits(text: str) -> str:
    """The same bytes in base64, with a bit set that no decoder looks at."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = len(text.rstrip("=")) - 1
    assert text.endswith("=")
    return text[:place] + alphabet[alphabet.index(text[place]) + 1] + text[place + 1 :]


def _url_safe(text: str) -> str:
    """The same bytes in the other alphabet that DSSE allows."""
    assert "/" in text
    return text.replace("/", "_").replace("+", "-")


def test_pae_is_the_specification_s_example() -> None:
    assert pae(b"hello world", "http://example.com/HelloWorld") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_pae_counts_bytes() -> None:
    assert pae("é".encode()) == b"DSSEv1 28 application/vnd.in-toto+json 2 \xc3\xa9"


def test_what_is_encoded_is_decoded() -> None:
    assert decode(encode(GOOD)) == GOOD
    assert _tree()["payloadType"] == PAYLOAD_TYPE
    assert base64.b64decode(_tree()["payload"], validate=True) == GOOD.payload


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty file": (b"", "not JSON"),
    "not JSON": (b"signed!", "not JSON"),
    "a list": (b"[]\n", "not a JSON object"),
    "deep nesting": (b"[" * 100_000, "not JSON"),
    "not ASCII": ('{"payload":"é"}'.encode(), "not JSON"),
    "line feed missing": (encode(GOOD).rstrip(b"\n"), "canonical"),
    "line feed twice": (encode(GOOD) + b"\n", "canonical"),
    "CRLF": (encode(GOOD).replace(b"\n", b"\r\n"), "canonical"),
    "white space": (json.dumps(_tree()).encode() + b"\n", "canonical"),
    "indented": (json.dumps(_tree(), indent=2).encode() + b"\n", "canonical"),
    "trailing text": (encode(GOOD) + b"{}", "not JSON"),
    "key order": (_compact(dict(reversed(_tree().items()))), "canonical"),
    "key order in the signature": (
        _changed(lambda t: t["signatures"].__setitem__(0, dict(reversed(t["signatures"][0].items())))),
        "canonical",
    ),
    "key twice": (encode(GOOD).replace(b'{"payload"', b'{"payload":"QQ==","payload"', 1), "canonical"),
    "further key": (_changed(lambda t: t.update(note="hello")), "canonical"),
    "further key in the signature": (_changed(lambda t: t["signatures"][0].update(cert="x")), "canonical"),
    "escaped characters": (encode(GOOD).replace(b"payloadType", b"p\\u0061yloadType"), "canonical"),
    "url-safe base64": (_changed(lambda t: t.update(payload=_url_safe(t["payload"]))), "not base64"),
    "padding bits": (_changed(lambda t: t.update(payload=_padding_bits(t["payload"]))), "canonical"),
    "padding missing": (_changed(lambda t: t.update(payload=t["payload"].rstrip("="))), "not base64"),
    "white space in base64": (_changed(lambda t: t.update(payload=t["payload"] + " ")), "not base64"),
    "empty payload": (_changed(lambda t: t.update(payload="")), "payload is missing or empty"),
    "no payload": (_changed(lambda t: t.pop("payload")), "payload is missing or empty"),
    "payload is a number": (_changed(lambda t: t.update(payload=5)), "payload is missing or empty"),
    "another payloadType": (_changed(lambda t: t.update(payloadType="text/plain")), "payloadType"),
    "no payloadType": (_changed(lambda t: t.pop("payloadType")), "payloadType"),
    "empty list of signatures": (_changed(lambda t: t.update(signatures=[])), "0 signatures"),
    "no list of signatures": (_changed(lambda t: t.pop("signatures")), "no list of signatures"),
    "signatures null": (_changed(lambda t: t.update(signatures=None)), "no list of signatures"),
    "two signatures": (_changed(lambda t: t.update(signatures=t["signatures"] * 2)), "2 signatures"),
    "signature is text": (_changed(lambda t: t.update(signatures=["x"])), "not an object"),
    "empty signature": (_changed(lambda t: t["signatures"][0].update(sig="")), "sig is missing or empty"),
    "no signature": (_changed(lambda t: t["signatures"][0].pop("sig")), "sig is missing or empty"),
    "no keyid": (_changed(lambda t: t["signatures"][0].pop("keyid")), "keyid is missing or empty"),
    "keyid in upper case": (_changed(lambda t: t["signatures"][0].update(keyid="0F" * 32)), "keyid"),
    "keyid too short": (_changed(lambda t: t["signatures"][0].update(keyid="0f")), "keyid"),
}


@pytest.mark.parametrize("defect", REFUSED)
def test_anything_else_is_refused(defect: str) -> None:
    content, words = REFUSED[defect]
    assert content != encode(GOOD)
    with pytest.raises(EnvelopeFault, match=words):
        decode(content)


def test_a_truncated_envelope_is_refused_wherever_it_ends() -> None:
    whole = encode(GOOD)
    for length in range(len(whole)):
        with pytest.raises(EnvelopeFault):
            decode(whole[:length])
