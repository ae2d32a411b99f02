"""The formal plan of each slice names its ten checks as they are judged."""

from pathlib import Path

import pytest

from haproof.core.check import AnySlice
from haproof.core.slices import SLICES

PLANS = Path(__file__).parents[2] / "docs" / "plans"


@pytest.mark.parametrize("slice_", SLICES, ids=lambda slice_: slice_.folder)
def test_plan_lists_the_checks_of_its_slice(slice_: AnySlice) -> None:
    plan = PLANS / f"{slice_.folder}.md"
    lines = plan.read_text(encoding="utf-8").splitlines()
    for check in slice_.checks:
        assert any(check.id in line and check.title in line for line in lines), f"{check.id} {check.title}"
