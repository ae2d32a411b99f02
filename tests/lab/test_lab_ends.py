"""However a lab is ended from outside, nothing of it is left: a sample of what scripts/lab-ends.sh does."""

from pathlib import Path

import pytest

from lab.ends import WAYS, campaign
from lab.lab_process import linux_only

pytestmark = [pytest.mark.lab, linux_only]


def test_a_lab_that_is_ended_at_any_instant_leaves_nothing(tmp_path: Path) -> None:
    found = campaign(1, WAYS, jobs=3, seconds=8.0, seed=11, results=tmp_path / "ends.jsonl")
    assert [one.way for one in found] == [*WAYS]
    assert {one.left for one in found} == {()}
    assert len((tmp_path / "ends.jsonl").read_text().splitlines()) == len(WAYS)
