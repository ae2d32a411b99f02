"""The statement: every file a subject, the whole judgement, and the standard result beside it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from attested import Signed, files_below, signed, statement_of
from builders import fail, full, judged
from haproof.attest.inventory import ENVELOPE_NAME
from haproof.attest.statement import (
    PREDICATE_TYPE,
    STATEMENT_TYPE,
    TEST_RESULT_TYPE,
    StatementFault,
    compact,
    decode,
    encode,
    make_statement,
)
from haproof.schema import schema

Json = dict[str, Any]
DIGEST = "ab" * 32


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    return signed(tmp_path)


def _payload(tmp_path: Path, **changes: Any) -> bytes:
    tree = json.loads(encode(make_statement(judged(tmp_path, full()), {"b": DIGEST, "a": DIGEST})))
    return json.dumps(tree | changes).encode()


def _result(tmp_path: Path, reports: dict[str, Json]) -> Json:
    tree = json.loads(encode(make_statement(judged(tmp_path, reports), {"a": DIGEST})))
    result: Json = tree["predicate"]["testResult"]["predicate"]
    return result


def test_the_subjects_are_all_files_but_the_envelope(found: Signed) -> None:
    subjects = statement_of(found)["subject"]
    expected = [name for name in files_below(found.directory) if name != ENVELOPE_NAME]
    assert [subject["name"] for subject in subjects] == expected
    for subject in subjects:
        content = (found.directory / subject["name"]).read_bytes()
        assert subject["digest"] == {"sha256": hashlib.sha256(content).hexdigest()}


def test_the_predicate_is_the_whole_judgement_under_a_published_schema(found: Signed) -> None:
    tree = statement_of(found)
    artifact = json.loads((found.directory / "val26/val26-proof-report.json").read_bytes())
    assert tree["_type"] == STATEMENT_TYPE
    assert tree["predicateType"] == PREDICATE_TYPE
    assert tree["predicate"]["judgement"] == artifact
    validator = jsonschema.Draft202012Validator(schema("predicate"))
    validator.validate(tree["predicate"])
    assert not validator.is_valid({"judgement": artifact})
    assert not validator.is_valid({"judgement": {}, "testResult": tree["predicate"]["testResult"]})


def test_the_standard_result_passes_where_the_report_is_ready(tmp_path: Path) -> None:
    tree = json.loads(encode(make_statement(judged(tmp_path, full()), {"a": DIGEST})))
    assert tree["predicate"]["testResult"]["predicateType"] == TEST_RESULT_TYPE
    result = tree["predicate"]["testResult"]["predicate"]
    assert result["result"] == "PASSED"
    assert len(result["passedTests"]) == 60
    assert (result["warnedTests"], result["failedTests"]) == ([], [])
    assert result["configuration"][0]["uri"].startswith("pkg:pypi/haproof@")
    assert [item["name"] for item in result["configuration"][1:]] == [
        f"val{n}/val{n}-report.json" for n in range(13, 18)
    ]


def test_the_standard_result_fails_with_the_names_of_what_failed(tmp_path: Path) -> None:
    reports = full()
    fail(reports["VAL15"], "VAL15-06")
    reports["VAL13"]["metrics"]["data_loss_rows"] = 3
    result = _result(tmp_path, reports)
    assert result["result"] == "FAILED"
    assert set(result["failedTests"]) == {
        *("VAL26-01", "VAL26-03", "VAL26-07", "VAL26-08", "VAL26-10"),
        *("VAL13-04", "VAL15-06"),
    }
    assert len(result["passedTests"]) == 53


def test_what_is_missing_has_not_passed(tmp_path: Path) -> None:
    reports = full()
    del reports["VAL16"]
    result = _result(tmp_path, reports)
    assert result["result"] == "FAILED"
    assert {f"VAL16-{n:02}" for n in range(1, 11)} <= set(result["failedTests"])
    assert len(result["passedTests"]) + len(result["failedTests"]) == 60


def test_the_payload_is_the_same_for_the_same_report(tmp_path: Path) -> None:
    report = judged(tmp_path, full())
    one = encode(make_statement(report, {"b": DIGEST, "a": DIGEST}))
    assert one == encode(make_statement(report, {"a": DIGEST, "b": DIGEST}))
    assert one.isascii()
    statement, tree = decode(one)
    assert [subject.name for subject in statement.subject] == ["a", "b"]
    assert compact(tree) == one


SUBJECT = {"name": "a", "digest": {"sha256": DIGEST}}
REFUSED: list[tuple[str, Json, str]] = [
    ("another statement type", {"_type": "https://in-toto.io/Statement/v0.1"}, "_type"),
    ("no statement type", {"_type": None}, "_type"),
    (
        "unknown predicate version",
        {"predicateType": "urn:haproof:predicate:judgement:2"},
        "unknown predicate",
    ),
    ("predicate version 10", {"predicateType": "urn:haproof:predicate:judgement:10"}, "unknown predicate"),
    ("another predicate", {"predicateType": TEST_RESULT_TYPE}, "predicateType"),
    ("no predicate type", {"predicateType": ["x"]}, "predicateType"),
    ("no predicate", {"predicate": None}, "schema"),
    ("empty predicate", {"predicate": {}}, "schema"),
    ("no subject", {"subject": []}, "vouches for nothing"),
    ("subject is text", {"subject": "all"}, "schema"),
    ("subject twice", {"subject": [SUBJECT, SUBJECT]}, "sorted"),
    ("subjects out of order", {"subject": [SUBJECT | {"name": "b"}, SUBJECT]}, "sorted"),
    ("subject without digest", {"subject": [SUBJECT | {"digest": {}}]}, "schema"),
    ("digest too short", {"subject": [SUBJECT | {"digest": {"sha256": "ab"}}]}, "schema"),
    ("digest in upper case", {"subject": [SUBJECT | {"digest": {"sha256": "AB" * 32}}]}, "schema"),
    ("digest with a line feed", {"subject": [SUBJECT | {"digest": {"sha256": DIGEST + "\n"}}]}, "schema"),
]


@pytest.mark.parametrize(("defect", "changes", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_anything_else_is_refused(tmp_path: Path, defect: str, changes: Json, words: str) -> None:
    decode(_payload(tmp_path))
    with pytest.raises(StatementFault, match=words):
        decode(_payload(tmp_path, **changes))


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"null", b"\xff", b'{"_type":1,"_type":2}', b"{" * 9999, b'{"a":NaN}']
)
def test_a_payload_of_no_single_meaning_is_refused(payload: bytes) -> None:
    with pytest.raises(StatementFault):
        decode(payload)
