"""The statement: every file a subject, the whole judgement, and the standard result beside it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from attested import Signed, files_below, signed, statement_of
from builders import NOON, fail, full, judged
from haproof.attest.inventory import ENVELOPE_NAME
from haproof.attest.statement import (
    PREDICATE_TYPE,
    TEST_RESULT_TYPE,
    decode,
    encode,
    make_statement,
)
from haproof.core.in_toto import STATEMENT_TYPE, StatementFault, compact
from haproof.kinds import HOUSE
from haproof.kinds.matrix import MATRIX
from haproof.schema import schema

Json = dict[str, Any]
DIGEST = "ab" * 32
CHECKS = sum(len(kind.checks) for kind in HOUSE.window)


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    return signed(tmp_path)


def _payload(tmp_path: Path, **changes: Any) -> bytes:
    tree = json.loads(
        encode(make_statement(judged(tmp_path, full()), {"b": DIGEST, "a": DIGEST}, NOON, None))
    )
    return json.dumps(tree | changes).encode()


def _result(tmp_path: Path, reports: dict[str, Json]) -> Json:
    tree = json.loads(encode(make_statement(judged(tmp_path, reports), {"a": DIGEST}, NOON, None)))
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
    validator = jsonschema.Draft202012Validator(schema("predicate", HOUSE))
    validator.validate(tree["predicate"])
    assert tree["predicate"]["signed_at"] == "2026-03-23T12:00:00Z"
    for lacking in ("signed_at", "judgement", "testResult"):
        assert not validator.is_valid({k: v for k, v in tree["predicate"].items() if k != lacking})
    assert validator.is_valid(tree["predicate"] | {"signer": "Jane Doe"})
    for wrong in ({"signed_at": "yesterday"}, {"signer": ""}, {"signer": "x" * 201}):
        assert not validator.is_valid(tree["predicate"] | wrong)
    assert not validator.is_valid({"judgement": {}, "testResult": tree["predicate"]["testResult"]})


def test_the_standard_result_passes_where_the_report_is_ready(tmp_path: Path) -> None:
    tree = json.loads(encode(make_statement(judged(tmp_path, full()), {"a": DIGEST}, NOON, None)))
    assert tree["predicate"]["testResult"]["predicateType"] == TEST_RESULT_TYPE
    result = tree["predicate"]["testResult"]["predicate"]
    assert result["result"] == "PASSED"
    assert len(result["passedTests"]) == len(MATRIX) + CHECKS
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
    assert len(result["passedTests"]) == len(MATRIX) + CHECKS - 7


def test_what_is_missing_has_not_passed(tmp_path: Path) -> None:
    reports = full()
    del reports["VAL16"]
    result = _result(tmp_path, reports)
    assert result["result"] == "FAILED"
    assert {f"VAL16-{n:02}" for n in range(1, 11)} <= set(result["failedTests"])
    assert len(result["passedTests"]) + len(result["failedTests"]) == len(MATRIX) + CHECKS


def test_the_payload_is_the_same_for_the_same_report(tmp_path: Path) -> None:
    report = judged(tmp_path, full())
    one = encode(make_statement(report, {"b": DIGEST, "a": DIGEST}, NOON, None))
    assert one == encode(make_statement(report, {"a": DIGEST, "b": DIGEST}, NOON, None))
    assert one.isascii()
    statement = decode(one)
    assert [subject.name for subject in statement.subject] == ["a", "b"]
    assert compact(statement.predicate.judgement) in one


SUBJECT = {"name": "a", "digest": {"sha256": DIGEST}}
REFUSED: list[tuple[str, Json, str]] = [
    ("another statement type", {"_type": "https://in-toto.io/Statement/v0.1"}, "_type"),
    ("no statement type", {"_type": None}, "_type"),
    (
        "unknown predicate version",
        {"predicateType": "urn:haproof:predicate:judgement:3"},
        "unknown predicate",
    ),
    ("predicate version 10", {"predicateType": "urn:haproof:predicate:judgement:10"}, "unknown predicate"),
    ("predicate version 0", {"predicateType": "urn:haproof:predicate:judgement:0"}, "unknown predicate"),
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


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signed_at": None}, "signed_at"),
        ({"signed_at": "2026-02-30T00:00:00Z"}, "signed_at: no such date"),
        ({"signed_at": "2026-03-23 12:00:00"}, "signed_at: not an RFC 3339"),
        ({"signer": ""}, "schema"),
        ({"signer": 7}, "schema"),
        ({"signer": "x" * 201}, "schema"),
        ({"judgement": []}, "schema"),
    ],
)
def test_a_predicate_that_says_who_or_when_in_another_form_is_refused(
    tmp_path: Path, changes: Json, words: str
) -> None:
    tree = json.loads(_payload(tmp_path))
    tree["predicate"] |= changes
    with pytest.raises(StatementFault, match=words):
        decode(json.dumps(tree).encode())


def test_a_statement_of_the_first_version_says_neither_who_nor_when(tmp_path: Path) -> None:
    tree = json.loads(_payload(tmp_path, predicateType="urn:haproof:predicate:judgement:1"))
    tree["predicate"]["signed_at"] = "never"
    statement = decode(json.dumps(tree).encode())
    assert statement.signed_at is None
    assert statement.digests == {"a": DIGEST, "b": DIGEST}


@pytest.mark.parametrize("signer", ["", " x", "two\nlines", "\u202egnirts", "x" * 201, "\udcff", "tab\there"])
def test_no_line_can_be_forged_as_the_signer(tmp_path: Path, signer: str) -> None:
    with pytest.raises(ValueError, match="not"):
        make_statement(judged(tmp_path, full()), {"a": DIGEST}, NOON, signer)
