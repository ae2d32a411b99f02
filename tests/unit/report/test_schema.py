"""The published schemas: valid, true to what the program accepts, and shipped as they are generated."""

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from builders import full, seed
from haproof.core.slices import SLICES
from haproof.schema import NAMES, file_name, schema

IDS = [slice_.id for slice_ in SLICES]


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_schemas_and_shipped(name: str) -> None:
    document = schema(name)
    jsonschema.Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    shipped = resources.files("haproof").joinpath("schemas", file_name(name)).read_text(encoding="utf-8")
    assert json.loads(shipped) == document, "run: python scripts/generate-schemas.py"


@pytest.mark.parametrize("slice_id", IDS)
def test_good_reports_validate(slice_id: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(slice_id))
    for report in (seed()[slice_id], full()[slice_id]):
        validator.validate(report)
    head = {key: seed()[slice_id][key] for key in ("schema_version", "slice", "name", "generated_at")}
    validator.validate(head | {"not_run": "no PostgreSQL found"})
    assert not validator.is_valid(head)


@pytest.mark.parametrize("slice_id", IDS)
def test_bad_reports_do_not(slice_id: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(slice_id))
    changes: tuple[dict[str, Any], ...] = (
        {"schema_version": "2"},
        {"slice": "VAL99"},
        {"metrics": {}},
        {"checks": seed()[slice_id]["checks"][:9]},
        {"checks": seed()[slice_id]["checks"][:9] + seed()[slice_id]["checks"][:1]},
        {"generated_at": 5},
    )
    for change in changes:
        assert not validator.is_valid(seed()[slice_id] | change), change
