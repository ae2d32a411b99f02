"""Statements with one defect each: `tests/hostile/external/NAME.dsse.json`, and the sentence that says so.

`cd tests && python -m hostile_statements` writes the files; a test holds them to what is said here.
"""

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from statements import (
    ISSUER,
    NAMES,
    OTHER,
    Json,
    document,
    envelope,
    keyid,
    predicate,
    signature,
    statement,
)

FOLDER = Path(__file__).parent / "hostile" / "external"

LETTER = "letter.json"
"""A document that is an envelope itself, under a name that does not say so."""

OURS, THEIRS = keyid(ISSUER), keyid(OTHER)
SCHEMA = "does not match the statement's schema: "


def changed(change: Callable[[Json], Any]) -> Json:
    """A good statement with one change, signed by its issuer."""
    tree = copy.deepcopy(statement())
    change(tree)
    return envelope(tree)


def subject(name: str, **digest: str) -> Json:
    content = json.dumps(envelope(statement())).encode() if name == LETTER else document("PUB-2")
    import hashlib

    found = digest or {"sha256": hashlib.sha256(content).hexdigest()}
    return changed(lambda tree: tree.update(subject=[{"name": name, "digest": found}]))


def said(**keys: Any) -> Json:
    return envelope(statement("PUB-2", **keys))


def with_signature(**keys: Any) -> Json:
    payload = json.dumps(statement()).encode()
    return envelope(payload, signatures=[signature(payload) | keys])


def judgement() -> Json:
    kind = "urn:haproof:predicate:judgement:2"
    return changed(lambda tree: tree.update(predicateType=kind, predicate={}))


def without(key: str) -> Json:
    return {name: value for name, value in envelope(statement()).items() if name != key}


TREES: dict[str, tuple[Json, str]] = {
    "payload-of-another-type": (
        envelope(statement(), payloadType="text/plain"),
        "payloadType is 'text/plain', not 'application/vnd.in-toto+json'",
    ),
    "no-payload": (without("payload"), "payload is missing or empty"),
    "payload-not-base64": (envelope(statement(), payload="?"), "payload is not base64"),
    "unsigned": (envelope(statement(), signatures=[]), "holds 0 signatures; exactly one is needed"),
    "no-signatures": (without("signatures"), "holds no list of signatures; exactly one is needed"),
    "two-signatures": (
        envelope(statement(), signatures=[signature(b"a"), signature(b"a", OTHER)]),
        "holds 2 signatures; exactly one is needed",
    ),
    "signature-a-text": (envelope(statement(), signatures=["x"]), "the signature is not an object"),
    "signature-empty": (with_signature(sig=""), "sig is missing or empty"),
    "signature-not-base64": (with_signature(sig="é"), "sig is not base64"),
    "signature-of-another-payload": (
        with_signature(sig=signature(b"another")["sig"]),
        f"names the trusted key {OURS}, but the signature is not that key's",
    ),
    "signature-too-short": (
        with_signature(sig=base64.b64encode(bytes(63)).decode()),
        f"names the trusted key {OURS}, but the signature is not that key's",
    ),
    "signature-of-another-key": (
        with_signature(sig=signature(json.dumps(statement()).encode(), OTHER)["sig"]),
        f"names the trusted key {OURS}, but the signature is not that key's",
    ),
    "untrusted-key": (
        envelope(statement(), OTHER),
        f"signed by key {THEIRS}, which is not trusted (--trust KEY)",
    ),
    "untrusted-key-that-names-none": (
        envelope(
            statement(),
            signatures=[{"sig": signature(json.dumps(statement()).encode(), OTHER)["sig"]}],
        ),
        "signed by a key that is not trusted, and that it does not name (--trust KEY)",
    ),
    "payload-not-json": (envelope(b"attested!"), "the payload is not JSON of one meaning: $: not JSON"),
    "payload-a-list": (envelope(b"[]"), "_type is 'None', not 'https://in-toto.io/Statement/v1'"),
    "payload-with-a-key-twice": (
        envelope(b'{"_type":"x","_type":"https://in-toto.io/Statement/v1"}'),
        "the payload is not JSON of one meaning: $: key '_type' given twice",
    ),
    "statement-of-another-version": (
        changed(lambda tree: tree.update(_type="https://in-toto.io/Statement/v0.1")),
        "_type is 'https://in-toto.io/Statement/v0.1'",
    ),
    "predicate-of-another-type": (
        changed(lambda tree: tree.update(predicateType="https://slsa.dev/provenance/v1")),
        "predicateType is 'https://slsa.dev/provenance/v1', not 'urn:haproof:predicate:external:1'",
    ),
    "predicate-of-the-next-version": (
        changed(lambda tree: tree.update(predicateType="urn:haproof:predicate:external:2")),
        "unknown predicate version 'urn:haproof:predicate:external:2'",
    ),
    "a-signed-report": (judgement(), "predicateType is 'urn:haproof:predicate:judgement:2'"),
    "no-predicate": (
        changed(lambda tree: tree.pop("predicate")),
        SCHEMA + "$: key 'predicate' is missing",
    ),
    "another-requirement": (said(requirement="GA-1"), "is about 'GA-1': statements are about PUB-1, PUB-2"),
    "no-requirement": (
        changed(lambda tree: tree["predicate"].pop("requirement")),
        SCHEMA + "$.predicate: key 'requirement' is missing",
    ),
    "result-of-another-word": (
        said(result="PASSED"),
        SCHEMA + "$.predicate.result: 'PASSED' is not one of the values",
    ),
    "issuer-empty": (said(issuer=""), SCHEMA + "$.predicate.issuer: expected a text of length >= 1"),
    "issuer-too-long": (
        said(issuer="A" * 201),
        SCHEMA + "$.predicate.issuer: expected a text of length <= 200",
    ),
    "summary-a-number": (
        said(summary=7),
        SCHEMA + "$.predicate.summary: expected a text, got a whole number",
    ),
    "no-subject": (
        changed(lambda tree: tree.update(subject=[])),
        "names 0 subjects; a statement is about exactly one document",
    ),
    "two-subjects": (
        changed(lambda tree: tree.update(subject=tree["subject"] * 2)),
        "names 2 subjects; a statement is about exactly one document",
    ),
    "digest-of-another-kind": (
        subject(NAMES["PUB-2"], sha512="ab" * 64),
        SCHEMA + "$.subject[0].digest: key 'sha256' is missing",
    ),
    "digest-in-capitals": (
        subject(NAMES["PUB-2"], sha256="AB" * 32),
        SCHEMA + "$.subject[0].digest.sha256: expected a text of another form",
    ),
    "document-that-climbs": (
        subject("../val13/val13-report.json"),
        "its document '../val13/val13-report.json' is not the name of a file next to it",
    ),
    "document-with-absolute-path": (subject("/etc/passwd"), "its document '/etc/passwd' is not the name of"),
    "document-hidden": (
        subject(".audit.pdf"),
        "its document '.audit.pdf' is not the name of a file next to it",
    ),
    "document-missing": (subject("gone.pdf"), "its document gone.pdf is not there"),
    "document-changed": (
        subject(NAMES["PUB-2"], sha256="ab" * 32),
        "its document audit.pdf has another digest than the statement says",
    ),
    "about-a-statement": (
        subject("about-a-statement-2.dsse.json"),
        "its document 'about-a-statement-2.dsse.json' is a statement itself, which supports nothing",
    ),
    "about-a-statement-2": (
        subject("about-a-statement.dsse.json"),
        "its document 'about-a-statement.dsse.json' is a statement itself, which supports nothing",
    ),
    "about-a-statement-of-another-name": (
        subject(LETTER),
        f"its document {LETTER} is a signed statement itself, which supports nothing",
    ),
    "expired": (
        said(valid_until="2026-03-22"),
        "expired, it was valid until 2026-03-22: ask for a new one",
    ),
    "performed-in-the-future": (
        said(performed_on="2026-03-24"),
        "performed on 2026-03-24, after the day of this report (2026-03-23, UTC)",
    ),
    "valid-until-before-it-was-performed": (
        said(performed_on="2026-03-02", valid_until="2026-03-01"),
        "valid_until 2026-03-01 is before performed_on 2026-03-02",
    ),
    "no-such-day": (
        said(valid_until="2026-02-30"),
        "valid_until '2026-02-30' is not a date such as 2026-03-23",
    ),
    "a-time-for-a-day": (
        said(performed_on="2026-03-01T00:00:00Z"),
        "performed_on '2026-03-01T00:00:00Z' is not",
    ),
    "a-date-without-hyphens": (
        said(performed_on="20260301"),
        "performed_on '20260301' is not a date such as",
    ),
    "lone-surrogate": (
        said(summary="\ud800"),
        "the payload is not JSON of one meaning: $.predicate.summary: a lone",
    ),
}
"""Name to the envelope and the reason why it does not count."""

BYTES: dict[str, tuple[bytes, str]] = {
    "empty-file": (b"", "not an envelope: $: not JSON"),
    "not-json": (b"-----BEGIN PGP SIGNED MESSAGE-----\n", "not an envelope: $: not JSON"),
    "truncated": (json.dumps(envelope(statement())).encode()[:300], "not an envelope: $: not JSON"),
    "an-array": (b"[]", "not a JSON object"),
    "byte-order-mark": (b"\xef\xbb\xbf{}", "not an envelope: $: begins with a byte-order mark"),
    "invalid-utf-8": (b'{"payload":"\xff"}', "not an envelope: $: invalid UTF-8 at byte 12"),
    "nested-100000-levels": (b"[" * 100_000, "not an envelope: $: more than 100 levels of nesting"),
    "key-twice": (
        b'{"payload":"QQ==",' + json.dumps(envelope(statement())).encode()[1:],
        "not an envelope: $: key 'payload' given twice",
    ),
    "only-the-predicate": (json.dumps(predicate()).encode(), "payloadType is missing or empty"),
}
"""The same for what is no envelope."""

EXPECTED = {name: reason for name, (_, reason) in (TREES | BYTES).items()}


def files() -> dict[str, bytes]:
    """Every file of the folder by name."""
    trees = {f"{name}.dsse.json": json.dumps(tree).encode() for name, (tree, _) in TREES.items()}
    others = {f"{name}.dsse.json": content for name, (content, _) in BYTES.items()}
    documents = {LETTER: json.dumps(envelope(statement())).encode(), NAMES["PUB-2"]: document("PUB-2")}
    return trees | others | documents


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
