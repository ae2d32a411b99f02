"""The rules of PITR and CALIBRATION alone: what breaks each of them, and what lies on its limit."""

import json
from typing import Any

import pytest

from builders import Json
from haproof.core.parse import parse_report
from haproof.kinds import HOUSE
from haproof.kinds.pitr.gap import measured
from unit.render_html.test_charts_beyond import CALIBRATION, PITR, report


def broken(kind_id: str, metrics: Json) -> set[str]:
    """The checks that these figures break."""
    kind = HOUSE.kind(kind_id)
    assert kind is not None
    record = parse_report(json.dumps(report(kind_id, metrics)).encode(), kind)
    return {check.id[-2:] for check in kind.checks if not all(one.holds for one in check.judge(record))}


@pytest.mark.parametrize(
    ("checks", "changed"),
    [
        (set(), {}),
        (set(), {"archived_segments": 1}),
        ({"01"}, {"archived_segments": 0}),
        ({"01"}, {"archived_segments": None}),
        ({"02"}, {"base_verified": False}),
        ({"02"}, {"base_verified": None}),
        ({"03"}, {"restored_within_bounds": False}),
        ({"03"}, {"acknowledged_before": 0}),
        (set(), {"acknowledged_before": 1}),
        (set(), {"rows_restored": 100}),
        ({"03"}, {"rows_restored": 99}),
        (set(), {"rows_restored": 104}),
        ({"03"}, {"rows_restored": 105}),
        ({"03"}, {"sent_before": None}),
        ({"04"}, {"latest_restored_all": False}),
        ({"05"}, {"damaged_segment_refused": False}),
        ({"06"}, {"missing_segment_refused": False}),
        ({"07"}, {"future_target_refused": False}),
        ({"08"}, {"latest_damage_noticed": False}),
        ({"08"}, {"latest_missing_noticed": None}),
        ({"09"}, {"damaged_base_refused": False}),
        ({"10"}, {"archives_nowhere": False}),
        ({"10"}, {"new_timeline": False}),
    ],
)
def test_a_rule_of_pitr(checks: set[str], changed: dict[str, Any]) -> None:
    assert broken("PITR", PITR | changed) == checks


@pytest.mark.parametrize(
    ("checks", "changed"),
    [
        (set(), {}),
        ({"01"}, {"lab": True}),
        ({"01"}, {"lab": None}),
        ({"01"}, {"in_recovery": True}),
        ({"01"}, {"role_ok": False}),
        ({"01"}, {"standbys": 0}),
        (set(), {"standbys": 2}),
        ({"02"}, {"hours": 23.999}),
        ({"02"}, {"hours": None}),
        ({"03"}, {"distinct_values": 999}),
        ({"04"}, {"p50_ms": None}),
        (set(), {"p50_ms": 8.5}),
        ({"04"}, {"p50_ms": 8.6}),
        (set(), {"p99_ms": 8.5}),
        ({"04"}, {"p99_ms": 8.4}),
        ({"04"}, {"healthy_ms": 26.6}),
        ({"04"}, {"degraded_ms": 264}),
        ({"04"}, {"alert_ms": None}),
    ],
)
def test_a_rule_of_calibration(checks: set[str], changed: dict[str, Any]) -> None:
    assert broken("CALIBRATION", CALIBRATION | changed) == checks


def gap(**changed: Any) -> str | None:
    kind = HOUSE.kind("PITR")
    assert kind is not None
    record: Any = parse_report(json.dumps(report("PITR", PITR | changed)).encode(), kind)
    return measured(record)


def test_what_pitr_says_of_its_gap() -> None:
    bounds = "the bounds of what was acknowledged before it and sent before it"
    assert gap(rows_restored=10_200) == (
        f"restored to a moment between writes in 4,780.4 ms: 10,200 rows, within {bounds}"
    )
    for within, words in ((False, "NOT within"), (None, "not held against")):
        assert gap(restored_within_bounds=within) == (
            f"restored to a moment between writes in 4,780.4 ms: 102 rows, {words} {bounds}"
        )
    assert gap(rows_restored=0, restore_ms=0) is not None
    assert gap(rows_restored=None) is None
    assert gap(restore_ms=None) is None
