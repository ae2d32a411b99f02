"""Every check of every kind can fail: some system, or what it left, is known that fails it."""

import pytest

from bad_systems import marked, modules
from haproof.kinds import HOUSE
from lab.test_bad_nodes import CASES

WITHOUT = {
    "RECOVERY-10": "the lab reads it itself of cluster and nodes when a trial ends: no history gives it",
}
"""Checks that no bad system is known for, and why; their rules are tested on figures."""


@pytest.fixture(scope="module")
def known() -> set[str]:
    """The checks that some bad system fails."""
    found = {f"{case.slice_id}-{number:02}" for case in CASES for number in case.checks}
    for module in modules():
        for checks in marked(module).values():
            found |= checks
    return found


def test_every_check_has_a_bad_system_or_a_reason_why_not(known: set[str]) -> None:
    checks = {check for kind in HOUSE.kinds for check in kind.check_ids}
    assert checks - known == WITHOUT.keys()
    assert known <= checks, "a check that there is not"


def test_the_marks_are_found_in_each_room(known: set[str]) -> None:
    names = {module.__name__ for module in modules()}
    assert {"lab.test_bad_standby", "cluster.test_bad_systems", "unit.histories.test_bad_systems"} <= names
    assert all(marked(module) for module in modules())
