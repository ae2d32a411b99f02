"""What was done to a signed directory, and the step that says so."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from attested import Signed, key_pair, report_again, sign_payload, signed, statement_of
from builders import full, seed
from file_modes import file_modes_hold
from haproof.attest.inventory import ENVELOPE_NAME
from haproof.attest.sign import sign
from haproof.attest.steps import State
from haproof.attest.verify import Verification, verify
from haproof.errors import UsageError
from haproof.render import FORMATS, render

JSON_NAME = "val26/val26-proof-report.json"
TEXT_NAME = "val26/val26-proof-report.txt"


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    return signed(tmp_path)


def _states(verification: Verification) -> dict[str, State]:
    return {step.name: step.state for step in verification.steps}


def _detail(verification: Verification, step: str) -> str:
    return next(taken.detail for taken in verification.steps if taken.name == step)


def _rewrite(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def test_what_was_signed_verifies_in_eight_steps(found: Signed) -> None:
    verification = verify(str(found.directory), found.public)
    assert verification.ok
    assert [step.number for step in verification.steps] == [1, 2, 3, 4, 5, 6, 7, 8]
    states = _states(verification)
    assert states.pop("recount") == "NOT CHECKED"
    assert set(states.values()) == {"ok"}
    assert verification.verdict == "HA DESIGN PARTNER READY"
    assert verification.keyid is not None
    assert "3 raw files" in _detail(verification, "raw files")
    assert "11 files" in _detail(verification, "digests")


def test_it_verifies_elsewhere_by_a_copy_of_another_name(
    found: Signed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(found.directory, tmp_path / "far" / "away")
    shutil.rmtree(found.directory)
    monkeypatch.chdir(tmp_path)
    assert verify("far/away", found.public).ok
    (tmp_path / "latest").symlink_to("far/away")
    assert verify("latest/", found.public).ok


def test_every_format_that_can_be_made_verifies(tmp_path: Path) -> None:
    forms = tuple(FORMATS)
    found = signed(tmp_path, full(), forms)
    verification = verify(str(found.directory), found.public)
    assert verification.ok, [step.line() for step in verification.steps]
    assert all(form in _detail(verification, "report files") for form in forms)


def test_a_report_that_is_not_ready_verifies_as_such(tmp_path: Path) -> None:
    reports = seed()
    del reports["VAL14"]
    reports["VAL13"]["metrics"]["data_loss_rows"] = 1
    found = signed(tmp_path, reports)
    verification = verify(str(found.directory), found.public)
    assert verification.ok
    assert verification.verdict is not None
    assert verification.verdict.startswith("NOT READY")


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


@pytest.mark.timeout(30)
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_by_its_step(found: Signed, damage: str) -> None:
    act, step, words = DAMAGES[damage]
    act(found)
    verification = verify(str(found.directory), found.public)
    assert not verification.ok
    assert _states(verification)[step] == "FAILED", [taken.line() for taken in verification.steps]
    assert words in _detail(verification, step)
    assert [taken.number for taken in verification.steps] == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    "name", ["val13/val13-report.json", "val13", "val26", ENVELOPE_NAME, "val15/notes.txt"]
)
def test_what_cannot_be_read_is_named(found: Signed, name: str) -> None:
    place = found.directory / name
    mode = place.stat().st_mode
    place.chmod(0)
    try:
        with file_modes_hold():
            verification = verify(str(found.directory), found.public)
    finally:
        place.chmod(mode)
    assert not verification.ok
    assert any("Permission denied" in step.detail for step in verification.steps)


def test_raw_files_are_checked_even_without_a_usable_report(found: Signed) -> None:
    (found.directory / JSON_NAME).write_bytes(b"{}")
    verification = verify(str(found.directory), found.public)
    assert _states(verification)["raw files"] == "ok"
    (found.directory / "val17/journal.jsonl").write_bytes(b"x")
    verification = verify(str(found.directory), found.public)
    assert "val17/journal.jsonl has another digest" in _detail(verification, "raw files")


def test_a_folder_that_is_no_evidence_is_not_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(directory: str) -> None:
        raise AssertionError(f"searched {directory}")

    monkeypatch.setattr("haproof.attest.examine.take_inventory", never)
    (tmp_path / "thesis.txt").write_text("x")
    verification = verify(str(tmp_path))
    assert not verification.ok
    states = [step.state for step in verification.steps]
    assert states == ["NOT CHECKED"] * 3 + ["FAILED"] * 4 + ["NOT CHECKED"]


def test_names_cannot_forge_a_line(found: Signed) -> None:
    (found.directory / "val13/\x1b[2K\nVerified: signed\u202e").write_bytes(b"")
    os.close(os.open(os.fsencode(found.directory) + b"/val13/\xff", os.O_CREAT | os.O_WRONLY))
    verification = verify(str(found.directory), found.public)
    detail = _detail(verification, "digests")
    assert detail == "added: val13/\\u{001B}[2K\\u{000A}Verified: signed\\u{202E}, val13/\\u{DCFF}"
    assert not verification.ok


def test_of_very_many_files_the_rest_are_counted(found: Signed) -> None:
    for n in range(50):
        (found.directory / f"val13/{n:03}").write_bytes(b"")
    detail = _detail(verify(str(found.directory), found.public), "digests")
    assert "val13/019 and 30 more" in detail
    assert "val13/020" not in detail


def test_a_key_is_needed_where_an_envelope_is(found: Signed) -> None:
    verification = verify(str(found.directory))
    assert not verification.ok
    assert verification.unchecked
    assert _states(verification)["signature"] == "NOT CHECKED"
    assert "pass --key PUB or --unsigned" in _detail(verification, "signature")
    assert [step.number for step in verification.steps if step.state == "FAILED"] == []


def test_unsigned_says_that_digests_and_reassessment_are_enough(found: Signed) -> None:
    verification = verify(str(found.directory), unsigned=True)
    assert verification.ok
    assert verification.keyid is None
    assert _states(verification)["signature"] == "NOT CHECKED"
    assert "--unsigned" in _detail(verification, "signature")


@pytest.mark.parametrize("damage", ["evidence changed", "another judgement signed", "envelope truncated"])
def test_unsigned_still_looks_at_everything_else(found: Signed, damage: str) -> None:
    act, step, _ = DAMAGES[damage]
    act(found)
    verification = verify(str(found.directory), unsigned=True)
    assert not verification.ok
    assert _states(verification)[step] == "FAILED"


def test_a_key_and_unsigned_contradict_each_other(found: Signed) -> None:
    with pytest.raises(UsageError, match="contradict"):
        verify(str(found.directory), found.public, unsigned=True)


def test_a_format_that_cannot_be_made_here_is_covered_by_the_signature_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = signed(tmp_path)
    page = found.directory / "val26/val26-proof-report.zzz"
    page.write_bytes(b"a page of a format that needs a package")
    tree = statement_of(found)
    from haproof.attest.inventory import digest

    subject = {"name": "val26/val26-proof-report.zzz", "digest": {"sha256": digest(str(page)).sha256}}
    tree["subject"] = sorted([*tree["subject"], subject], key=lambda entry: entry["name"])
    sign_payload(found, json.dumps(tree, separators=(",", ":")).encode())

    def lacking(report: object, form: str) -> bytes:
        from haproof.errors import FormatError

        if form == "zzz":
            raise FormatError("run  pip install 'haproof[zzz]'")
        return render(report, form)  # type: ignore[arg-type]

    monkeypatch.setitem(FORMATS, "zzz", ("haproof.render.zzz", "zzz"))
    monkeypatch.setattr("haproof.attest.examine.render", lacking)
    by_key = verify(str(found.directory), found.public)
    assert by_key.ok
    assert "pip install 'haproof[zzz]'" in _detail(by_key, "report files")
    assert "signed, but not compared" in _detail(by_key, "report files")
    by_digest = verify(str(found.directory), unsigned=True)
    assert not by_digest.ok
    assert "no signature covers it" in _detail(by_digest, "report files")


def test_an_empty_verification_is_no_success() -> None:
    assert not Verification(steps=(), verdict="HA DESIGN PARTNER READY").ok
