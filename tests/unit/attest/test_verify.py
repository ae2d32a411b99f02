"""What was done to a signed directory, and the step that says so."""

import json
import os
import shutil
from pathlib import Path

import pytest

from attested import Signed, sign_payload, signed, statement_of
from builders import full, seed
from damages import DAMAGES, JSON_NAME
from file_modes import file_modes_hold
from haproof.attest.inventory import ENVELOPE_NAME
from haproof.attest.steps import State
from haproof.attest.verify import Verification, verify
from haproof.errors import UsageError
from haproof.render import FORMATS, render


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    return signed(tmp_path)


def _states(verification: Verification) -> dict[str, State]:
    return {step.name: step.state for step in verification.steps}


def _detail(verification: Verification, step: str) -> str:
    return next(taken.detail for taken in verification.steps if taken.name == step)


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
