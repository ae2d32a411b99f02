"""The judgement is repeated with the options that the report records."""

import json
from pathlib import Path
from typing import Any

import pytest

from attested import key_pair, report_again, reported
from builders import seed
from haproof.attest.sign import sign
from haproof.attest.verify import Verification, verify
from haproof.core.model import NO_OPTIONS, Options
from haproof.errors import IntegrityError

JSON_NAME = "val26/val26-proof-report.json"


def _made(tmp_path: Path, options: Options = NO_OPTIONS) -> Path:
    """An evidence directory that was judged with these options."""
    directory = reported(tmp_path / "evidence", seed())
    report_again(directory, options=options)
    return directory


def _states(found: Verification) -> dict[str, str]:
    return {step.name: step.state for step in found.steps}


def _edit(directory: Path, **options: Any) -> None:
    place = directory / JSON_NAME
    tree = json.loads(place.read_text(encoding="utf-8"))
    tree["options"] |= options
    place.write_text(json.dumps(tree, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def test_statements_by_others_whose_keys_are_not_given_are_not_checked_and_no_failure(tmp_path: Path) -> None:
    directory = _made(tmp_path)
    _edit(directory, trusted_keys=["ab" * 32])
    found = verify(str(directory))
    assert found.ok, [step.line() for step in found.steps]
    assert _states(found)["judgement"] == _states(found)["report files"] == "NOT CHECKED"
    assert "ab" * 32 in next(step.detail for step in found.steps if step.name == "judgement")


def test_what_nobody_can_judge_again_is_not_signed(tmp_path: Path) -> None:
    directory = _made(tmp_path)
    _edit(directory, trusted_keys=["ab" * 32])
    with pytest.raises(IntegrityError, match="not signed, judgement: made with statements"):
        sign(str(directory), key_pair(tmp_path).removesuffix(".pub"))


def test_a_greatest_age_is_asked_for_again(tmp_path: Path) -> None:
    directory = _made(tmp_path, Options(max_age_seconds=60))
    found = verify(str(directory))
    assert found.verdict == "NOT READY (VAL26-10)"
    assert found.ok, [step.line() for step in found.steps]
    _edit(directory, max_age_seconds=None)
    assert _states(verify(str(directory)))["judgement"] == "FAILED"
