"""A report that another version of haproof wrote: judgements are compared, and that is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from attested import Signed, sign_payload, signed, statement_of
from builders import full
from haproof.attest.inventory import take_inventory
from haproof.attest.verify import Verification, verify
from haproof.version import VERSION

JSON_NAME = "val26/val26-proof-report.json"
TEXT_NAME = "val26/val26-proof-report.txt"


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    return signed(tmp_path)


def _written_by(found: Signed, version: str, **changes: Any) -> None:
    """Make the directory what `version` would have written and signed."""
    place = found.directory / JSON_NAME
    tree = json.loads(place.read_bytes())
    tree["generator"]["version"] = version
    tree |= changes
    place.write_text(json.dumps(tree, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    statement = statement_of(found)
    statement["predicate"]["judgement"] = tree
    digests = take_inventory(str(found.directory)).files
    statement["subject"] = [
        {"name": name, "digest": {"sha256": digest.sha256}} for name, digest in digests.items()
    ]
    sign_payload(found, json.dumps(statement).encode())


def _details(verification: Verification) -> dict[str, str]:
    return {step.name: f"{step.state}: {step.detail}" for step in verification.steps}


def test_its_report_files_are_skipped_and_that_is_said(found: Signed) -> None:
    _written_by(found, "9.9.9", title="HA Proof Report, second edition")
    details = _details(verification := verify(str(found.directory), found.public))
    assert verification.ok, details
    assert f"written by haproof 9.9.9, this is {VERSION}; judgements compared" in details["judgement"]
    assert details["report files"] == (
        f"NOT CHECKED: skipped: haproof 9.9.9 wrote them, and {VERSION} may word its report differently; "
        "the signature covers them"
    )


def test_without_a_signature_nobody_vouches_for_their_words(found: Signed) -> None:
    _written_by(found, "9.9.9")
    found.envelope.unlink()
    details = _details(verification := verify(str(found.directory)))
    assert verification.ok, details
    assert details["report files"].endswith("; nobody vouches for their words")


@pytest.mark.parametrize("text", ["Verdict: HA PUBLIC PRODUCTION CLAIM\n", "", "\n\n"])
@pytest.mark.parametrize("is_signed", [True, False])
def test_a_text_with_another_verdict_is_found_all_the_same(found: Signed, text: str, is_signed: bool) -> None:
    (found.directory / TEXT_NAME).write_text(text)
    _written_by(found, "9.9.9")
    if not is_signed:
        found.envelope.unlink()
    details = _details(verification := verify(str(found.directory), found.public if is_signed else None))
    assert not verification.ok
    assert details["report files"].startswith(f"FAILED: {TEXT_NAME} does not end with the verdict")


def test_a_file_of_nobody_among_them_fails(found: Signed) -> None:
    _written_by(found, "9.9.9")
    found.envelope.unlink()
    (found.directory / "val26/index.html").write_text("READY")
    details = _details(verification := verify(str(found.directory)))
    assert not verification.ok
    assert details["report files"].startswith("FAILED: val26/index.html is not a file that 'haproof report'")


def test_a_missing_text_fails(found: Signed) -> None:
    (found.directory / TEXT_NAME).unlink()
    _written_by(found, "9.9.9")
    details = _details(verify(str(found.directory), found.public))
    assert details["report files"] == f"FAILED: {TEXT_NAME} is missing"


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"verdict": "HA PUBLIC PRODUCTION CLAIM"}, "verdict"),
        ({"summary": {"pass": 9, "fail": 1}}, "summary"),
        ({"thresholds": None}, "thresholds"),
    ],
)
def test_another_judgement_is_found(found: Signed, changes: dict[str, Any], part: str) -> None:
    _written_by(found, "9.9.9", **changes)
    details = _details(verification := verify(str(found.directory), found.public))
    assert not verification.ok
    assert f"haproof {VERSION} judges otherwise than 9.9.9: differs in {part}" in details["judgement"]


def test_the_own_version_has_no_such_excuse(found: Signed) -> None:
    _written_by(found, VERSION, title="HA Proof Report, second edition")
    details = _details(verification := verify(str(found.directory), found.public))
    assert not verification.ok
    assert "gives another report: differs in title" in details["judgement"]


def _with_a_kind_of_its_own(found: Signed, **changes: Any) -> dict[str, Any]:
    """A newer version's directory: it knows a kind REGIONS, whose report lies beside the others."""
    report = found.directory / "regions" / "regions-report.json"
    report.parent.mkdir()
    report.write_text("{}")
    tree = json.loads((found.directory / JSON_NAME).read_bytes())
    digest = take_inventory(str(found.directory)).files["regions/regions-report.json"]
    row = {"id": "REGIONS", "name": "Failover Across Regions", "status": "PASS", "passed": 3, "failed": 0}
    row |= {"total": 3, "detail": None, "path": "regions/regions-report.json", "generated_at": None}
    file = {
        "slice": "REGIONS",
        "path": "regions/regions-report.json",
        "sha256": digest.sha256,
        "bytes": digest.size,
    }
    tree["beyond"].append(row | {"age_seconds": None, "metrics": {"regions": 3}} | changes)
    tree["evidence"]["files"].append(file | {"generated_at": None})
    return {"beyond": tree["beyond"], "evidence": tree["evidence"], "schema_version": "1.99"}


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_kind_that_is_not_known_here_is_named_and_not_judged(found: Signed, is_signed: bool) -> None:
    _written_by(found, "9.9.9", **_with_a_kind_of_its_own(found))
    if not is_signed:
        found.envelope.unlink()
    details = _details(verification := verify(str(found.directory), found.public if is_signed else None))
    assert verification.ok, details
    assert details["judgement"].endswith(
        "; not judged by this version: REGIONS Failover Across Regions (PASS)"
    )
    (found.directory / "regions" / "regions-report.json").write_text("{ }")
    again = verify(str(found.directory), found.public if is_signed else None)
    assert "modified: regions/regions-report.json" in _details(again)["digests"]


def test_a_kind_of_unknown_form_is_named_too(found: Signed) -> None:
    _written_by(found, "9.9.9", **_with_a_kind_of_its_own(found, status="SHARED"))
    details = _details(verification := verify(str(found.directory), found.public))
    assert verification.ok, details
    assert details["judgement"].endswith("; not judged by this version: $.beyond[0] (REGIONS)")


def test_an_optional_kind_that_both_know_is_compared(tmp_path: Path) -> None:
    from soaks import val18

    found = signed(tmp_path, full() | {"VAL18": val18(chain_intact=False)})
    tree = json.loads((found.directory / JSON_NAME).read_bytes())
    tree["beyond"][0] |= {"status": "PASS", "passed": 10, "failed": 0}
    _written_by(found, "9.9.9", beyond=tree["beyond"])
    details = _details(verify(str(found.directory), found.public))
    assert "judges otherwise than 9.9.9: differs in beyond" in details["judgement"]
