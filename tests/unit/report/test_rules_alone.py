"""Every rule of the five slices without files and without a report: a broken figure breaks its check, and one
key of a row of observations asks for the others.
"""

import json
from typing import Any

import pytest

from builders import Json, full, seed
from haproof.core.findings import Findings
from haproof.core.kind import Check, Kind
from haproof.core.parse import parse_report
from haproof.explain.criteria import rules
from haproof.kinds import HOUSE
from unit.report.test_rows import OPTIONAL_BESIDE, OUTSIDE_THE_ROW
from unit.report.test_rules import METRIC_RULES, OBSERVATION_RULES

CHECKS = [(kind, check) for kind in HOUSE.window for check in kind.checks]


def broken(kind: Kind, check: Check[Any], report: Json) -> Findings:
    found = check.judge(parse_report(json.dumps(report).encode(), kind))
    return tuple(one for one in found if not one.holds)


@pytest.mark.parametrize(("kind", "check"), CHECKS, ids=[check.id for _, check in CHECKS])
def test_a_check_breaks_by_each_of_its_rows_and_by_nothing_good(kind: Kind, check: Check[Any]) -> None:
    for good in (seed(), full()):
        assert broken(kind, check, good[kind.id]) == ()
    for made, group, table in (
        (seed, "metrics", METRIC_RULES),
        (full, "observations", OBSERVATION_RULES),
    ):
        for _, change in (row for row in table if row[0] == check.id):
            report = made()[kind.id]
            report[group] |= change
            assert broken(kind, check, report), change


@pytest.mark.parametrize(("kind", "check"), CHECKS, ids=[check.id for _, check in CHECKS])
def test_one_key_of_a_row_asks_for_the_others(kind: Kind, check: Check[Any]) -> None:
    row = [rule.name for rule in rules(kind, check) if not rule.metric]
    for given in row:
        report = seed()[kind.id] | {"observations": {given: full()[kind.id]["observations"][given]}}
        found = broken(kind, check, report)
        asked = {name for name in row if name != given and name not in OPTIONAL_BESIDE}
        assert {one.name for one in found if one.value is None} <= asked | {
            *OUTSIDE_THE_ROW.get(check.id, ())
        }
        told = " ".join(one.rule for one in found)
        assert all(name in told for name in asked | {*OUTSIDE_THE_ROW.get(check.id, ())})
        if given in OPTIONAL_BESIDE:
            whole = full()[kind.id]
            del whole["observations"][given]
            assert broken(kind, check, whole) == ()
