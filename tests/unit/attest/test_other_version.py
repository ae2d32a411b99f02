"""A report that another version of haproof wrote: judgements are compared, and that is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from attested import Signed, sign_payload, signed, statement_of
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


def test_the_same_bytes_but_for_the_version(found: Signed) -> None:
    _written_by(found, "9.9.9")
    verification = verify(str(found.directory), found.public)
    assert verification.ok, _details(verification)
    assert "the same bytes (but for the version, 9.9.9)" in _details(verification)["report files"]


def test_other_words_are_no_other_judgement(found: Signed) -> None:
    (found.directory / TEXT_NAME).write_text("the report in other words\n")
    _written_by(found, "9.9.9", title="HA Proof Report, second edition")
    details = _details(verification := verify(str(found.directory), found.public))
    assert verification.ok, details
    assert f"written by haproof 9.9.9, this is {VERSION}; judgements compared" in details["judgement"]
    assert "signed, but not compared" in details["report files"]


def test_without_a_signature_other_words_are_covered_by_nothing(found: Signed) -> None:
    (found.directory / TEXT_NAME).write_text("Verdict: HA PUBLIC PRODUCTION CLAIM\n")
    _written_by(found, "9.9.9")
    found.envelope.unlink()
    details = _details(verification := verify(str(found.directory)))
    assert not verification.ok
    assert details["judgement"].startswith("ok")
    assert details["report files"].startswith(f"FAILED: {TEXT_NAME}")


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
