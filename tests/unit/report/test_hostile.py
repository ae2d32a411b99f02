"""Hostile input as named files: `tests/hostile/NAME.json` is a VAL13 report with the defect NAME."""

import json
from pathlib import Path

import pytest

from builders import NOON, seed, write
from haproof.api import assess, read_evidence
from haproof.render import render

HOSTILE = Path(__file__).parents[2] / "hostile"
EXPECTED: dict[str, str] = json.loads((HOSTILE / "expected.json").read_text(encoding="utf-8"))


def test_every_file_has_an_expectation() -> None:
    assert {path.stem for path in HOSTILE.glob("*.json")} - {"expected"} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_degrades_to_missing_and_names_the_fault(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path, seed())
    (folder / "val13" / "val13-report.json").write_bytes((HOSTILE / f"{name}.json").read_bytes())
    report = assess(read_evidence(str(folder)), NOON)
    row = report.proof.slices[0]
    assert row.status == "MISSING"
    assert EXPECTED[name] in (row.detail or "")
    assert (row.detail or "").startswith("val13/val13-report.json: ")
    assert [other.status for other in report.proof.slices[1:]] == ["PASS"] * 4
    assert report.proof.verdict == "NOT READY (VAL26-01, VAL26-06, VAL26-07, VAL26-10)"
    text = render(report, "text").decode()
    assert len(text) < 20_000
    assert all(character.isprintable() or character == "\n" for character in text)


def test_a_string_of_a_megabyte_is_cut(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["slice"] = "A" * 1_000_000
    report = assess(read_evidence(str(write(tmp_path, reports))), NOON)
    assert "… (1000000 characters)" in (report.proof.slices[0].detail or "")
    assert len(render(report, "text")) < 20_000
