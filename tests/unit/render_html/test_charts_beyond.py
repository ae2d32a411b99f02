"""Charts of VAL18, PITR and CALIBRATION: what they draw is what the evidence says, whatever it says."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import Json, full, judged
from haproof.core.report import Report
from haproof.kinds import HOUSE
from haproof.kinds.soak.charts import days
from haproof.kinds.soak.record import SoakObservations
from haproof.render import render
from haproof.render.charts.chart import Chart, Shape
from haproof.render.views import view_of
from soaks import Machine, plan, val18

AT = "2026-03-20T10:00:00Z"
PITR: Json = {
    "postgres_version": "18.4", "archived_segments": 37, "backup_ms": 1917.2, "incremental_ms": 1388.1,
    "base_verified": True, "verify_method": "manifest", "restore_ms": 4780.4,
    "target_time": "2026-03-20T09:58:01Z", "acknowledged_before": 100, "sent_before": 104,
    "rows_restored": 102, "rows_in_flight": 4, "restored_within_bounds": True, "latest_restored_all": True,
    "damaged_segment_refused": True, "missing_segment_refused": True, "future_target_refused": True,
    "latest_damage_noticed": True, "latest_missing_noticed": True, "damaged_base_refused": True,
    "archives_nowhere": True, "new_timeline": True, "recovery_stop_reason": None,
}  # fmt: skip
CALIBRATION: Json = {
    "source": "db:5432", "hours": 24, "standbys": 1, "distinct_values": 1_000, "null_samples": 0,
    "p50_ms": 2, "p95_ms": 8.5, "p99_ms": 9, "healthy_ms": 26.5, "degraded_ms": 265, "alert_ms": 1325,
    "in_recovery": False, "role_ok": True, "lab": False,
}  # fmt: skip


def report(kind_id: str, metrics: Json) -> Json:
    kind = HOUSE.kind(kind_id)
    assert kind is not None
    checks = [{"id": one.id, "description": one.title, "status": "PASS"} for one in kind.checks]
    summary = {"total": len(checks), "passed": len(checks), "failed": 0}
    head = {"schema_version": "1", "slice": kind.id, "name": kind.name, "generated_at": AT}
    return head | {"metrics": metrics, "checks": checks, "summary": summary}


def charts(folder: Path, given: Json) -> dict[str, Chart]:
    found = judged(folder, full() | {given["slice"]: given})
    (result,) = found.beyond
    return {chart.key: chart for chart in view_of(result.source.kind).charts(found, result)}


def every(chart: Chart) -> list[Shape]:
    return [part for shape in chart.shapes for part in (shape, *shape.inside)]


def inks(chart: Chart, ink: str) -> int:
    return sum(shape.ink == ink for shape in every(chart))


def soak(folder: Path, **days: Any) -> dict[str, Chart]:
    return charts(folder, val18() | {"observations": days})


def test_each_day_is_a_column_and_what_happened_is_marked(tmp_path: Path) -> None:
    found = soak(
        tmp_path,
        day_observed_hours=[24, 9.5, 24, 0],
        day_downtime_seconds=[86.4, 52_200, 86.5, 0],
        day_reboots=[0, 1, 0, 0],
        day_scheduled_failovers=[1, 0, 0, 0],
        day_unplanned_failovers=[0, 0, 2, 0],
        day_clock_jumps=[0, 0, 0, 1],
    )
    chart = found["chart-soak-days"]
    assert inks(chart, "series") == 2  # one whole day, and one scheduled failover
    assert inks(chart, "over-fill") == 3  # two days with too much downtime, and one unplanned failover
    assert inks(chart, "over") == 2  # a reboot, a clock step
    assert [row[0] for row in chart.table.rows] == ["day 1", "day 2", "day 3", "day 4"]
    assert chart.table.rows[1][1:] == ("9.5\u00a0h", "52,200\u00a0s", "1 reboot")
    assert "4 of 30 days" in chart.description


def test_days_that_are_whole_are_counted_and_many_days_share_columns(tmp_path: Path) -> None:
    whole = soak(tmp_path / "a", day_observed_hours=[24] * 30)["chart-soak-days"]
    assert whole.table.rows == (("30 other days", "", "", ""),)
    many = soak(tmp_path / "b", day_observed_hours=[24] * 200, day_downtime_seconds=[1] * 200)
    assert 67 <= inks(many["chart-soak-days"], "series") <= 90
    assert len(many["chart-soak-days"].table.rows) == 21


def test_without_days_there_is_no_strip_and_failovers_are_drawn(tmp_path: Path) -> None:
    found = charts(tmp_path, val18(failover_ms=[300, 10_001, 10_000], unplanned_failover_ms=[None, 60_000]))
    assert set(found) == {"chart-soak-failovers"}
    assert inks(found["chart-soak-failovers"], "over") == 1
    assert "1 of 2 not measured" in " ".join(shape.text for shape in every(found["chart-soak-failovers"]))


arrays = st.lists(st.one_of(st.none(), st.floats(0, 1e9)), max_size=120)
counts = st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=120)


@pytest.fixture(scope="module")
def judgement(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return judged(tmp_path_factory.mktemp("soak"), full() | {"VAL18": val18()})


@given(hours=arrays, downtime=arrays, events=counts, jumps=counts)
def test_arrays_of_any_length_and_content_stay_inside(
    hours: list[float | None],
    downtime: list[float | None],
    events: list[int | None],
    jumps: list[int | None],
    judgement: Report,
) -> None:
    told = SoakObservations(
        day_observed_hours=hours, day_downtime_seconds=downtime, day_reboots=events, day_clock_jumps=jumps
    )
    (result,) = judgement.beyond
    record = replace(result.source.record, observations=told)
    chart = days(judgement, replace(result, source=replace(result.source, record=record)))
    assert (chart is None) == (not hours)
    if chart is None:
        return
    for shape in every(chart):
        if shape.name == "rect":
            left, width = (float(shape.geometry[name].rstrip("%")) for name in ("x", "width"))
            assert 0 <= left <= left + width <= 100.01
            assert 0 <= float(shape.geometry["y"]) <= chart.height


def test_a_real_journal_gives_a_column_for_each_finished_day() -> None:
    from haproof.core.soak.figures import metrics, observations

    machine = Machine(plan(probe_interval_ms=600_000, goal_days=4))
    machine.healthy_days(1.5)
    machine.reboot(3 * 3_600_000)
    machine.healthy_days(2)
    fold = machine.judged()
    found = observations(fold)
    assert {len(values) for values in found.values()} == {3}
    assert found["day_reboots"] == [0, 1, 0]
    assert found["day_downtime_seconds"][1] >= 3 * 3_600
    assert sum(found["day_observed_hours"]) / 24 <= metrics(fold)["days"]
    assert max(found["day_observed_hours"]) <= 24.2


@pytest.mark.parametrize(
    ("rows", "said", "ink", "place"),
    [
        (102, "102 restored", "strong", (50, 78)),
        (100, "100 restored", "strong", (50, 78)),
        (104, "104 restored", "strong", (50, 78)),
        (99, "99 restored: 1 missing", "over-text", (0, 50)),
        (0, "0 restored: 100 missing", "over-text", (0, 50)),
        (106, "106 restored: 2 too many", "over-text", (78, 100)),
    ],
)
def test_a_copy_stands_where_its_rows_put_it(
    rows: int, said: str, ink: str, place: tuple[float, float], tmp_path: Path
) -> None:
    chart = charts(tmp_path, report("PITR", PITR | {"rows_restored": rows}))["chart-pitr"]
    (told,) = [shape for shape in chart.shapes if shape.text == said]
    assert told.ink == ink
    assert place[0] <= float(told.geometry["x"].rstrip("%")) <= place[1]


@pytest.mark.parametrize(
    "changed", [{"rows_restored": None}, {"acknowledged_before": None}, {"acknowledged_before": 105}]
)
def test_without_bounds_nothing_is_drawn(changed: Json, tmp_path: Path) -> None:
    assert charts(tmp_path, report("PITR", PITR | changed)) == {}


def test_percentiles_and_thresholds_of_production_beside_the_labs(tmp_path: Path) -> None:
    chart = charts(tmp_path, report("CALIBRATION", CALIBRATION))["chart-calibration"]
    heads = [row[0] for row in chart.table.rows]
    assert heads[:4] == ["p50", "p95", "p99", "p95 in the lab (VAL14)"]
    assert heads[4:] == ["Threshold: healthy ≤", "Threshold: degraded ≤", "Threshold: alert"]
    assert inks(chart, "healthy") == inks(chart, "degraded") == inks(chart, "alert") == 4
    assert "p95: 8.5" in chart.description


def test_a_calibration_without_values_draws_nothing(tmp_path: Path) -> None:
    nothing = dict.fromkeys(("p50_ms", "p95_ms", "p99_ms", "healthy_ms", "degraded_ms", "alert_ms"))
    assert charts(tmp_path, report("CALIBRATION", CALIBRATION | nothing)) == {}


def test_a_threshold_has_the_separators_that_every_figure_has(tmp_path: Path) -> None:
    chart = charts(tmp_path, report("CALIBRATION", CALIBRATION))["chart-calibration"]
    assert ("Threshold: alert", "1,325\N{NO-BREAK SPACE}ms") in chart.table.rows


def test_the_median_of_the_failovers_is_named(tmp_path: Path) -> None:
    assert "a solid line the median" in soak(tmp_path)["chart-soak-failovers"].legend


def test_a_soak_of_one_day_says_its_figures(tmp_path: Path) -> None:
    """Among others a day without events is counted only; alone it is all that there is."""
    found = soak(tmp_path, day_observed_hours=[23.9], day_downtime_seconds=[0])["chart-soak-days"]
    ((name, observed, *_),) = found.table.rows
    assert (name, observed) == ("day 1", "24\N{NO-BREAK SPACE}h")


@pytest.mark.parametrize("given", [val18(), report("PITR", PITR), report("CALIBRATION", CALIBRATION)])
def test_what_a_kind_proves_ends_with_one_full_stop(tmp_path: Path, given: Json) -> None:
    text = render(judged(tmp_path, full() | {given["slice"]: given}), "html").decode()
    proves = re.findall(r"Proves:</strong>([^<]*)", text)
    assert len(proves) == 6
    assert not any(said.endswith("..") for said in proves)
