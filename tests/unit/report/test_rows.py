"""Rows of observations: one key of a row asks for the others."""

from pathlib import Path

import pytest

from builders import full, judged, seed
from haproof.explain.criteria import rules
from haproof.kinds import HOUSE

ROWS = [
    (kind, check, tuple(rule.name for rule in rules(kind, check) if not rule.metric))
    for kind in HOUSE.window
    for check in kind.checks
]
"""Every check and the observations of its row, as the code judges them."""

HALF_GIVEN = [(check.id, name, names) for _, check, names in ROWS for name in names]

OUTSIDE_THE_ROW = {"VAL17-05": ["quorum_loss_reason"], "VAL17-08": ["last_lost_at"]}
"""What a row asks for that another key holds."""

OPTIONAL_BESIDE = {
    "events_match",
    "unprovoked_changes",
    "restore_beside_leader_refused",
    "audit_follows_deeds",
}
"""The observations that a row does not ask for (evidence contract: "optional beside")."""


def test_the_rows_hold_every_observation_of_every_slice() -> None:
    for kind in HOUSE.window:
        declared = {
            name
            for kind in kind.record.__annotations__["observations"].__args__
            for name in getattr(kind, "__struct_fields__", ())
        }
        assert {name for of, _, names in ROWS if of is kind for name in names} == declared


@pytest.mark.parametrize(("check_id", "given", "names"), HALF_GIVEN)
def test_one_key_of_a_row_asks_for_the_others(
    tmp_path: Path, check_id: str, given: str, names: tuple[str, ...]
) -> None:
    slice_id = check_id.rpartition("-")[0]
    reports = seed()
    reports[slice_id]["observations"] = {given: full()[slice_id]["observations"][given]}
    report = judged(tmp_path, reports)
    result = next(result for result in report.slices if result.id == slice_id).check(check_id)
    assert result is not None
    asked = [name for name in names if name != given and name not in OPTIONAL_BESIDE]
    asked += OUTSIDE_THE_ROW.get(check_id, [])
    null = {finding.name for finding in result.broken if finding.value is None}
    assert null <= {*asked}
    rules = [finding.rule for finding in result.broken]
    assert all(any(name in rule for rule in rules) for name in asked)
    contradicted = [entry.check for entry in report.proof.contradictions]
    assert contradicted == ([check_id] if result.broken else [])


@pytest.mark.parametrize(
    ("check_id", "given"), [(check_id, name) for check_id, name, _ in HALF_GIVEN if name in OPTIONAL_BESIDE]
)
def test_a_row_does_not_ask_for_what_is_optional_beside_it(tmp_path: Path, check_id: str, given: str) -> None:
    reports = full()
    del reports[check_id[:5]]["observations"][given]
    report = judged(tmp_path, reports)
    assert report.ready
    assert [result.rejudged for result in report.slices] == [10, 10, 10, 10, 10]
