"""The published schemas: valid, true to what the program accepts, and shipped as they are generated."""

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from builders import fail, full, seed
from haproof.core.parse import Mismatch, parse_report
from haproof.kinds import HOUSE
from haproof.schema import file_name, names, schema

OUTSIDE = ("/etc/passwd", "..", "../a", "a/..", "a/../b", "a\n/../b")
"""Paths that leave their folder."""

INSIDE = ("a", "./a", "a/b", "..a", "a..b/c", "a/...")

IDS = [kind.id for kind in HOUSE.window]


@pytest.mark.parametrize("name", names(HOUSE))
def test_schemas_are_schemas_and_shipped(name: str) -> None:
    document = schema(name, HOUSE)
    jsonschema.Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    shipped = resources.files("haproof").joinpath("schemas", file_name(name)).read_text(encoding="utf-8")
    assert json.loads(shipped) == document, "run: python scripts/generate-schemas.py"


@pytest.mark.parametrize("slice_id", IDS)
def test_good_reports_validate(slice_id: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(slice_id, HOUSE))
    for report in (seed()[slice_id], full()[slice_id]):
        validator.validate(report)
    head = {key: seed()[slice_id][key] for key in ("schema_version", "slice", "name", "generated_at")}
    validator.validate(head | {"not_run": "no PostgreSQL found"})
    assert not validator.is_valid(head)


@pytest.mark.parametrize("slice_id", IDS)
def test_bad_reports_do_not(slice_id: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(slice_id, HOUSE))
    changes: tuple[dict[str, Any], ...] = (
        {"schema_version": "2"},
        {"slice": "VAL99"},
        {"metrics": {}},
        {"checks": seed()[slice_id]["checks"][:9]},
        {"checks": seed()[slice_id]["checks"][:9] + seed()[slice_id]["checks"][:1]},
        {"generated_at": 5},
        {"generated_at": "2026-03-23"},
        {"generated_at": "2026-03-23T10:00:00"},
        {"started_at": "2026-03-23T10:00:60Z"},
        {"summary": {"total": 10, "passed": 9, "failed": 1}},
        {"summary": {"total": 9, "passed": 10, "failed": 0}},
        *({"artifacts": [{"path": path, "sha256": "ab" * 32, "bytes": 1}]} for path in OUTSIDE),
    )
    for change in changes:
        assert not validator.is_valid(seed()[slice_id] | change), change


@pytest.mark.parametrize("slice_id", IDS)
def test_what_the_schema_says_of_failures_and_paths_is_what_is_read(slice_id: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(slice_id, HOUSE))
    kind = next(kind for kind in HOUSE.window if kind.id == slice_id)
    report = seed()[slice_id]
    report["artifacts"] = [{"path": path, "sha256": "AB" * 32, "bytes": 0} for path in INSIDE]
    for check in [entry["id"] for entry in report["checks"]]:
        fail(report, check)
        validator.validate(report)
        parse_report(json.dumps(report).encode(), kind)
    for path in OUTSIDE:
        report["artifacts"] = [{"path": path, "sha256": "ab" * 32, "bytes": 1}]
        with pytest.raises(Mismatch, match="leaves the slice's folder"):
            parse_report(json.dumps(report).encode(), kind)
