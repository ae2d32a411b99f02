"""What may stand nowhere in a report: JSON that readers disagree about, and keys that do not agree."""

import json
from typing import Any

import pytest

from builders import seed
from haproof.core.parse import Mismatch, parse_json, parse_report
from haproof.core.record import NotRunRecord
from haproof.kinds import KINDS
from haproof.kinds.failover.record import FailoverRecord

VAL13 = KINDS[0]


def fault(content: bytes) -> str:
    with pytest.raises(Mismatch) as found:
        parse_report(content, VAL13)
    return str(found.value)


def with_text(old: str, new: str) -> bytes:
    text = json.dumps(seed()["VAL13"])
    assert old in text
    return text.replace(old, new, 1).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "$: not JSON: Expecting value at line 1, column 1"),
        (b"\xef\xbb\xbf{}", "$: begins with a byte-order mark"),
        ("{}".encode("utf-16"), "$: invalid UTF-8 at byte 0"),
        (b'{"a": "\xff"}', "$: invalid UTF-8 at byte 7"),
        (b"{} {}", "$: not JSON: Extra data at line 1, column 4"),
        (b'{"a": 007}', "$: not JSON"),
        (b'{"a": "\x01"}', "$: not JSON: Invalid control character"),
        (b'{"a": {"b": 1, "b": 2}}', "$.a: key 'b' given twice"),
        (b'{"a": NaN}', "$.a: NaN, Infinity"),
        (b'{"a": [1, -Infinity]}', "$.a[1]: NaN, Infinity"),
        (b'{"a": 1e999}', "$.a: NaN, Infinity"),
        (b'{"a": 1' + b"0" * 400 + b"}", "$.a: NaN, Infinity"),
        (b'{"a": ' + b"9" * 5000 + b"}", "$: a number with too many digits"),
        (b'{"a": "\\ud800"}', "$.a: a lone surrogate"),
        (b'{"\\udfff": 1}', "$: a lone surrogate"),
        (b"[" * 101 + b"]" * 101, "more than 100 levels of nesting"),
        (b"[" * 100_000, "more than 100 levels of nesting"),
        (b'{"a":' * 100_000, "more than 100 levels of nesting"),
        (b"[]", "$: expected an object, got an array"),
        (b"null", "$: expected an object, got null"),
    ],
)
def test_what_is_refused_anywhere(content: bytes, expected: str) -> None:
    assert expected in fault(content)


def test_a_hundred_levels_are_allowed() -> None:
    assert parse_json(b"[" * 100 + b"]" * 100)
    assert parse_json(b'{"a":' * 99 + b"[]" + b"}" * 99)


def test_surrogate_pairs_are_characters() -> None:
    assert parse_json(b'"\\ud83d\\ude00"') == "\U0001f600"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"schema_version": "1"', '"schema_version": "2"', "$.schema_version"),
        (
            '"schema_version": "1"',
            '"schema_version": 1',
            "$.schema_version: expected a text, got a whole number",
        ),
        ('"schema_version": "1"', '"schema_version": "1\\n"', "$.schema_version"),
        ('"schema_version": "1"', '"schema_version": "10"', "$.schema_version"),
        ('"slice": "VAL13"', '"slice": "VAL14"', "$.slice: expected 'VAL13', got 'VAL14'"),
        ('"name": "HA Failover Validation"', '"name": null', "$.name"),
        ("2026-03-23T10:00:00Z", "2026-03-23 10:00:00Z", "$.generated_at: not an RFC 3339"),
        ('"schema_version": "1"', '"schema_version": "1."', "$.schema_version: expected version 1 or 1.x"),
        (
            '"metrics": {',
            '"artifacts": [{"path": "a", "sha256": "0", "bytes": 1}], "metrics": {',
            "$.artifacts[0].sha256: expected 64 hex digits",
        ),
        (
            '"platform": "docker"',
            '"platform": 7',
            "$.environment.platform: expected a text or null, got a whole number",
        ),
        ('"platform": "docker"', '"system": {"name": []}', "$.environment.system.name"),
        (
            '"environment": {',
            '"environment": [], "x": {',
            "$.environment: expected an object or null, got an array",
        ),
        ('"sigterm_failover_ms": 342', '"sigterm_failover_ms": "342"', "$.metrics.sigterm_failover_ms"),
        ('"sigterm_failover_ms": 342', '"sigterm_failover_ms": true', "$.metrics.sigterm_failover_ms"),
        ('"sigterm_failover_ms": 342', '"sigterm_failover_ms": -1', "$.metrics.sigterm_failover_ms"),
        ('"sigterm_failover_ms": 342', '"sigterm_failover_ms": 9007199254740992', "$.metrics.sigterm"),
        ('"sigterm_failover_ms": 342, ', "", "$.metrics: key 'sigterm_failover_ms' is missing"),
        ('"data_loss_rows": 0', '"data_loss_rows": 0.0', "$.metrics.data_loss_rows"),
        ('"data_loss_rows": 0', '"data_loss_rows": 0e0', "$.metrics.data_loss_rows"),
        ("[281, 305, 318]", "[281, 305]", "$.metrics.rapid_cycle_ms"),
        ("[281, 305, 318]", "{}", "$.metrics.rapid_cycle_ms"),
        ("[281, 305, 318]", '[281, 305, "318"]', "$.metrics.rapid_cycle_ms[2]"),
        ('"id": "VAL13-02"', '"id": "VAL13-01"', "$.checks[1].id: 'VAL13-01' given twice"),
        ('"id": "VAL13-02"', '"id": "VAL13-2"', "$.checks[1].id: 'VAL13-2' not one of"),
        ('"id": "VAL13-02"', '"id": "VAL14-02"', "$.checks[1].id: 'VAL14-02' not one of"),
        ('"status": "PASS"', '"status": "pass"', "$.checks[0].status"),
        ('"detail": null', '"detail": 5', "$.checks[0].detail"),
        ('"passed": 10', '"passed": 9', "$.summary: says 9 passed"),
        ('"total": 10', '"total": 11', "$.summary"),
        (
            '"metrics": {',
            '"artifacts": [{"path": "/etc/passwd", "sha256": "' + "0" * 64 + '", "bytes": 1}], "metrics": {',
            "$.artifacts[0].path: leaves the slice's folder",
        ),
        (
            '"metrics": {',
            '"artifacts": [{"path": "a/../../b", "sha256": "' + "0" * 64 + '", "bytes": 1}], "metrics": {',
            "$.artifacts[0].path: leaves the slice's folder",
        ),
        ('"metrics": {', '"observations": {"leaders": "1"}, "metrics": {', "$.observations.leaders"),
        ('"metrics": {', '"observations": 3, "metrics": {', "$.observations"),
        ('"metrics": {', '"not_run": 3, "metrics": {', "$.not_run"),
    ],
)
def test_schema_mismatches_name_the_place(old: str, new: str, expected: str) -> None:
    assert expected in fault(with_text(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"schema_version": "1"', '"schema_version": "1.42"'),
        ('"name": "HA Failover Validation"', '"name": "anything", "new_key": [{"deep": null}]'),
        ('"sigterm_failover_ms": 342', '"sigterm_failover_ms": null'),
        ('"sigterm_failover_ms": 342', '"sigterm_failover_ms": 342.5'),
        ('"sigterm_failover_ms": 342', '"sigterm_failover_ms": 9007199254740991'),
        ("[281, 305, 318]", "[281, null, 305, 318]"),
        ("[281, 305, 318]", "null"),
        ('"platform": "docker"', '"platform": null, "future": 3'),
        ('"platform": "docker"', '"chaos_note": "x", "system": {"name": "s", "build": 7}'),
        ('"metrics": {', '"observations": {}, "metrics": {'),
        ('"metrics": {', '"observations": {"epochs": null}, "metrics": {'),
        ('"metrics": {', '"artifacts": [{"path": "a..b/c", "sha256": "' + "A" * 64
         + '", "bytes": 0}], "metrics": {'),
    ],
)  # fmt: skip
def test_what_a_newer_or_humbler_producer_may_write(old: str, new: str) -> None:
    assert isinstance(parse_report(with_text(old, new), VAL13), FailoverRecord)


def test_checks_may_come_in_any_order() -> None:
    report = seed()["VAL13"]
    report["checks"].reverse()
    assert isinstance(parse_report(json.dumps(report).encode(), VAL13), FailoverRecord)


def test_a_slice_that_was_not_run_needs_no_figures() -> None:
    report: dict[str, Any] = seed()["VAL13"]
    for key in ("metrics", "checks", "summary"):
        del report[key]
    report["not_run"] = "no PostgreSQL found"
    record = parse_report(json.dumps(report).encode(), VAL13)
    assert isinstance(record, NotRunRecord)
    assert record.not_run == "no PostgreSQL found"
