"""The formal plans name every check as the code does, in order."""

import re
from pathlib import Path

import pytest

from haproof.core.kind import Kind
from haproof.kinds import KINDS

PLANS = Path(__file__).parents[3] / "docs" / "plans"
SECTIONS = ("Purpose", "What runs", "Method", "Checks", "Raw evidence", "Out of scope")
ROW = re.compile(r"^\| ([A-Z0-9]+-\d\d) \| (.+?) \|", re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_plan_has_the_checks_of_its_slice(kind: Kind) -> None:
    text = (PLANS / f"{kind.folder}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {kind.id}: {kind.name}\n")
    assert ROW.findall(text) == [(check.id, check.title) for check in kind.checks]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_plan_has_every_part(kind: Kind) -> None:
    text = (PLANS / f"{kind.folder}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+?)(?: and targets)?$", text, re.MULTILINE)
    assert [heading for heading in headings if heading in SECTIONS] == list(SECTIONS)
