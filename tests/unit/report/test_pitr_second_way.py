"""PITR's second way is under the rules of the first: where one of its figures is given, all have to be."""

from pathlib import Path
from typing import Any

import pytest

from builders import full, judged
from haproof.kinds import HOUSE
from haproof.kinds.pitr.checks import JUDGED, SECOND
from unit.render_html.test_charts_beyond import PITR, report

GOOD: dict[str, Any] = {SECOND + name: PITR[name] for name in JUDGED}
CHECKS = {
    "archived_segments": "PITR-01", "base_verified": "PITR-02", "restored_within_bounds": "PITR-03",
    "acknowledged_before": "PITR-03", "sent_before": "PITR-03", "rows_restored": "PITR-03",
    "latest_restored_all": "PITR-04", "damaged_segment_refused": "PITR-05",
    "missing_segment_refused": "PITR-06", "future_target_refused": "PITR-07",
    "latest_damage_noticed": "PITR-08", "latest_missing_noticed": "PITR-08",
    "damaged_base_refused": "PITR-09", "archives_nowhere": "PITR-10", "new_timeline": "PITR-10",
}  # fmt: skip


def failed(folder: Path, observations: dict[str, Any]) -> set[str]:
    """Checks that fail although the producer reports PASS for each."""
    given = report("PITR", PITR) | {"observations": observations}
    (result,) = judged(folder, full() | {"PITR": given}).beyond
    return {one.check.id for one in result.checks if not one.passed}


def test_every_figure_is_under_a_rule() -> None:
    assert set(CHECKS) == set(JUDGED)
    kind = HOUSE.kind("PITR")
    assert kind is not None
    assert set(CHECKS.values()) == set(kind.check_ids)


def test_a_second_way_that_passes(tmp_path: Path) -> None:
    assert failed(tmp_path, GOOD) == set()


def test_where_it_was_not_tried_nothing_is_asked_of_it(tmp_path: Path) -> None:
    assert failed(tmp_path, {}) == set()
    said = {"pgbackrest_not_tried": "pgbackrest is not there", "pgbackrest_version": "2.45"}
    assert failed(tmp_path, said) == set()


@pytest.mark.parametrize("name", JUDGED)
def test_what_breaks_a_rule_of_the_first_breaks_it_of_the_second(tmp_path: Path, name: str) -> None:
    worse = False if GOOD[SECOND + name] is True else 0
    for number, value in enumerate((worse, None)):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        assert failed(folder, GOOD | {SECOND + name: value}) == {CHECKS[name]}


@pytest.mark.parametrize("name", JUDGED)
def test_a_figure_that_is_left_out_counts_as_null(tmp_path: Path, name: str) -> None:
    rest = {key: value for key, value in GOOD.items() if key != SECOND + name}
    assert failed(tmp_path, rest) == {CHECKS[name]}
