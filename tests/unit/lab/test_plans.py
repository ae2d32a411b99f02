"""The formal plans name every check as the code does, in order."""

import re
from pathlib import Path

import pytest

from haproof.core.check import AnySlice
from haproof.core.slices import SLICES

PLANS = Path(__file__).parents[3] / "docs" / "plans"
SECTIONS = ("Purpose", "What runs", "Method", "Checks", "Raw evidence", "Out of scope")
ROW = re.compile(r"^\| (VAL\d\d-\d\d) \| (.+?) \|", re.MULTILINE)


@pytest.mark.parametrize("slice_", SLICES, ids=lambda slice_: slice_.id)
def test_plan_has_the_checks_of_its_slice(slice_: AnySlice) -> None:
    text = (PLANS / f"{slice_.folder}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {slice_.id}: {slice_.name}\n")
    assert ROW.findall(text) == [(check.id, check.title) for check in slice_.checks]


@pytest.mark.parametrize("slice_", SLICES, ids=lambda slice_: slice_.id)
def test_plan_has_every_part(slice_: AnySlice) -> None:
    text = (PLANS / f"{slice_.folder}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+?)(?: and targets)?$", text, re.MULTILINE)
    assert [heading for heading in headings if heading in SECTIONS] == list(SECTIONS)
