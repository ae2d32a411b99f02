"""What can be done to a signed directory, and which step says so in which words."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from attested import Signed, key_pair, report_again, sign_payload, statement_of
from haproof.attest.inventory import ENVELOPE_NAME
from haproof.attest.sign import sign

JSON_NAME = "val26/val26-proof-report.json"
TEXT_NAME = "val26/val26-proof-report.txt"


def _rewrite(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


Damage = Callable[[Signed], object]


def _move_and_link(place: Path, aside: Path) -> None:
    """The same bytes, but behind a link."""
    place.rename(aside)
    place.symlink_to(aside)


def _replace(place: Path, make: Callable[[Path], None]) -> None:
    place.unlink()
    make(place)


def _reordered_envelope(found: Signed) -> None:
    tree = json.loads(found.envelope.read_bytes())
    reordered = json.dumps(dict(reversed(tree.items())), separators=(",", ":")) + "\n"
    found.envelope.write_text(reordered)


def _no_signatures(found: Signed) -> None:
    tree = json.loads(found.envelope.read_bytes())
    found.envelope.write_text(json.dumps(tree | {"signatures": []}, separators=(",", ":")) + "\n")


def _other_version_of_the_predicate(found: Signed) -> None:
    tree = statement_of(found) | {"predicateType": "urn:haproof:predicate:judgement:3"}
    sign_payload(found, json.dumps(tree).encode())


def _judgement_of_another(found: Signed) -> None:
    tree = statement_of(found)
    tree["predicate"]["judgement"]["verdict"] = "HA PUBLIC PRODUCTION CLAIM"
    sign_payload(found, json.dumps(tree).encode())


def _result_of_another(found: Signed) -> None:
    tree = statement_of(found)
    tree["predicate"]["testResult"]["predicate"]["failedTests"] = ["VAL26-01"]
    sign_payload(found, json.dumps(tree).encode())


def _no_subjects(found: Signed) -> None:
    sign_payload(found, json.dumps(statement_of(found) | {"subject": []}).encode())


def _no_slices(found: Signed) -> None:
    for n in range(13, 18):
        shutil.rmtree(found.directory / f"val{n}")
    report_again(found.directory)
    tree = statement_of(found)
    tree["subject"] = [entry for entry in tree["subject"] if entry["name"].startswith("val26/")]
    sign_payload(found, json.dumps(tree).encode())


def _signed_by_another(found: Signed) -> None:
    other = key_pair(found.directory.parent, "other.key")
    sign(str(found.directory), other.removesuffix(".pub"))


def _keyid_of_another(found: Signed) -> None:
    """Signed by another key under the right key's name."""
    tree = json.loads(found.envelope.read_bytes())
    keyid = tree["signatures"][0]["keyid"]
    _signed_by_another(found)
    tree = json.loads(found.envelope.read_bytes())
    tree["signatures"][0]["keyid"] = keyid
    found.envelope.write_text(json.dumps(tree, separators=(",", ":")) + "\n")


def _envelope_of_another_run(found: Signed) -> None:
    other = signed_again(found)
    found.envelope.write_bytes(other)


def signed_again(found: Signed) -> bytes:
    """The right key's envelope over a better past: the same evidence without its raw notes."""
    copy = found.directory.parent / "copy"
    shutil.copytree(found.directory, copy)
    (copy / "val15/notes.txt").write_text("nothing to see")
    sign(str(copy), found.private)
    content = (copy / ENVELOPE_NAME).read_bytes()
    shutil.rmtree(copy)
    return content


DAMAGES: dict[str, tuple[Damage, str, str]] = {
    "envelope missing": (lambda f: f.envelope.unlink(), "envelope", "is not there"),
    "envelope empty": (lambda f: f.envelope.write_bytes(b""), "envelope", "not JSON"),
    "envelope truncated": (
        lambda f: f.envelope.write_bytes(f.envelope.read_bytes()[:-40]),
        "envelope",
        "truncated or damaged",
    ),
    "envelope with reordered keys": (_reordered_envelope, "envelope", "canonical"),
    "envelope with CRLF": (lambda f: _rewrite(f.envelope, b"\n", b"\r\n"), "envelope", "canonical"),
    "envelope without signatures": (_no_signatures, "envelope", "0 signatures"),
    "envelope is a link": (
        lambda f: _move_and_link(f.envelope, f.directory.parent / "e"),
        "envelope",
        "a symbolic link, not a file",
    ),
    "envelope is a FIFO": (lambda f: _replace(f.envelope, os.mkfifo), "envelope", "a FIFO, not a file"),
    "envelope is a folder": (
        lambda f: _replace(f.envelope, Path.mkdir),
        "envelope",
        "a directory, not a file",
    ),
    "signed by another key": (_signed_by_another, "signature", "not the given key"),
    "signed by another key under this name": (_keyid_of_another, "signature", "not a signature of key"),
    "unknown predicate version": (_other_version_of_the_predicate, "statement", "unknown predicate version"),
    "no subjects": (_no_subjects, "statement", "vouches for nothing"),
    "payload is no statement": (lambda f: sign_payload(f, b"{}"), "statement", "_type"),
    "another judgement signed": (_judgement_of_another, "judgement", "differs in verdict"),
    "another test result signed": (_result_of_another, "judgement", "test result"),
    "nothing digested": (_no_slices, "judgement", "no slice report was read"),
    "envelope of another run": (_envelope_of_another_run, "digests", "modified: val15/notes.txt"),
    "evidence changed": (
        lambda f: _rewrite(f.directory / "val13/val13-report.json", b"342", b"341"),
        "digests",
        "modified: val13/val13-report.json",
    ),
    "evidence with CRLF": (
        lambda f: _rewrite(f.directory / "val13/journal.jsonl", b"\n", b"\r\n"),
        "digests",
        "modified: val13/journal.jsonl",
    ),
    "line feed at the end of a report": (
        lambda f: _rewrite(f.directory / "val17/val17-report.json", b"}", b"} "),
        "digests",
        "modified: val17/val17-report.json",
    ),
    "raw file changed": (
        lambda f: _rewrite(f.directory / "val13/logs/node1.log", b"leader", b"Leader"),
        "raw files",
        "val13/logs/node1.log has another digest",
    ),
    "raw file removed": (
        lambda f: (f.directory / "val13/logs/node1.log").unlink(),
        "raw files",
        "val13/logs/node1.log is not there",
    ),
    "unlisted file changed": (
        lambda f: (f.directory / "val15/notes.txt").write_text("x"),
        "digests",
        "modified: val15/notes.txt",
    ),
    "text report changed": (
        lambda f: _rewrite(f.directory / TEXT_NAME, b"PASS", b"FAIL"),
        "report files",
        f"{TEXT_NAME} is not what this evidence gives",
    ),
    "verdict in the artifact changed": (
        lambda f: _rewrite(f.directory / JSON_NAME, b'"verdict": "HA', b'"verdict": "GA'),
        "judgement",
        "differs in verdict",
    ),
    "artifact missing": (
        lambda f: (f.directory / JSON_NAME).unlink(),
        "judgement",
        f"{JSON_NAME} is not there",
    ),
    "artifact is no JSON": (
        lambda f: (f.directory / JSON_NAME).write_bytes(b"\xff{"),
        "judgement",
        "is no VAL26 artifact",
    ),
    "artifact nested without end": (
        lambda f: (f.directory / JSON_NAME).write_bytes(b"[" * 200_000),
        "judgement",
        "is no VAL26 artifact",
    ),
    "artifact without its keys": (
        lambda f: (f.directory / JSON_NAME).write_bytes(b"{}"),
        "judgement",
        "is no VAL26 artifact",
    ),
    "artifact without a time": (
        lambda f: _rewrite(f.directory / JSON_NAME, b'"generated_at": "2026', b'"generated_at": "x026'),
        "judgement",
        "generated_at is not an RFC 3339",
    ),
    "text report missing": (
        lambda f: (f.directory / TEXT_NAME).unlink(),
        "report files",
        f"{TEXT_NAME} is missing",
    ),
    "file added to a slice": (
        lambda f: (f.directory / "val16/extra.log").write_bytes(b""),
        "digests",
        "added: val16/extra.log",
    ),
    "file added at the top": (lambda f: (f.directory / "x").write_bytes(b""), "digests", "added: x"),
    "file added beside the envelope": (
        lambda f: f.envelope.with_name(f.envelope.name + ".bak").write_bytes(b""),
        "digests",
        f"added: {ENVELOPE_NAME}.bak",
    ),
    "hidden file added": (
        lambda f: (f.directory / "val26/.hidden").write_bytes(b""),
        "digests",
        "added: val26/.hidden",
    ),
    "file removed": (
        lambda f: (f.directory / "val15/notes.txt").unlink(),
        "digests",
        "removed: val15/notes.txt",
    ),
    "slice removed": (
        lambda f: shutil.rmtree(f.directory / "val16"),
        "digests",
        "removed: val16/val16-report.json",
    ),
    "file renamed": (
        lambda f: (f.directory / "val15/notes.txt").rename(f.directory / "val15/Notes.txt"),
        "digests",
        "added: val15/Notes.txt; removed: val15/notes.txt",
    ),
    "link in place of a file": (
        lambda f: _move_and_link(f.directory / "val13/journal.jsonl", f.directory.parent / "j"),
        "digests",
        "val13/journal.jsonl (a symbolic link, not a file)",
    ),
    "link in place of a folder": (
        lambda f: _move_and_link(f.directory / "val14", f.directory.parent / "v"),
        "digests",
        "val14 (a symbolic link, not a file)",
    ),
    "link added": (
        lambda f: (f.directory / "val13/loop").symlink_to("."),
        "digests",
        "val13/loop (a symbolic link, not a file)",
    ),
    "FIFO in place of a report": (
        lambda f: _replace(f.directory / "val13/val13-report.json", os.mkfifo),
        "digests",
        "val13/val13-report.json (a FIFO, not a file)",
    ),
    "folder in place of a report": (
        lambda f: _replace(f.directory / TEXT_NAME, Path.mkdir),
        "digests",
        f"removed: {TEXT_NAME}",
    ),
}
