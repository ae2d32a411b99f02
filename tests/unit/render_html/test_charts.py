"""Charts: the same data as their tables, sensible at the edges, nothing drawn of nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import full, judged, seed
from haproof.core.report import Report
from haproof.render.charts.chart import Chart
from haproof.render.charts.scale import LEFT, RIGHT, elapsed, linear, logarithmic, seconds
from haproof.render.charts.strip import MOST_DOTS, measurements
from haproof.render.document.evidence_window import evidence_window
from haproof.render.views import view_of

values = st.floats(0, 2**53 - 1, allow_nan=False)


def drawn(report: Report, key: str) -> Chart | None:
    """One chart of whichever kind of evidence draws it."""
    return next((chart for chart in drawings(report) if chart.key == key), None)


def drawings(report: Report) -> list[Chart]:
    """The charts of every kind of evidence."""
    views = [(view_of(result.source.kind), result) for result in report.slices]
    return [chart for view, result in views for chart in view.charts(report, result)]


def failover_trials(report: Report) -> Chart | None:
    return drawn(report, "chart-failover")


def lag_distribution(report: Report) -> Chart | None:
    return drawn(report, "chart-lag")


def quorum_timeline(report: Report) -> Chart | None:
    return drawn(report, "chart-quorum")


def quorum_times(report: Report) -> Chart | None:
    return drawn(report, "chart-quorum-limits")


def shapes(chart: Chart | None, name: str, ink: str) -> int:
    assert chart is not None
    return sum(shape.name == name and shape.ink == ink for shape in chart.shapes)


@given(st.lists(values, min_size=1, max_size=20))
def test_logarithmic_axis_keeps_order_and_bounds(given: list[float]) -> None:
    scale = logarithmic(given)
    places = [scale.x(value) for value in sorted(given)]
    assert places == sorted(places)
    assert all(LEFT <= place <= RIGHT + 1e-9 for place in places)
    assert len([tick for tick in scale.ticks if tick.label]) <= 7


@given(st.floats(1e-3, 2**53 - 1), values)
def test_linear_axis_keeps_bounds_and_has_few_ticks(end: float, value: float) -> None:
    scale = linear(end)
    assert LEFT <= scale.x(value) <= RIGHT + 1e-9
    assert 1 <= len(scale.ticks) <= 7


def test_ticks_left_of_zero_are_plain_figures() -> None:
    assert [tick.label for tick in linear(11_612, -5_444).ticks] == ["-5 s", "0", "5 s", "10 s"]
    assert [tick.label for tick in linear(300, -500).ticks] == ["-400 ms", "-200 ms", "0", "200 ms"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [(-4, "0.0 s"), (0, "0.0 s"), (-5_444, "-5.4 s"), (78_000, "78.0 s"), (1e7, "10,000.0 s")],
)
def test_a_second_has_a_tenth_and_zero_no_sign(given: float, shown: str) -> None:
    assert seconds(given) == shown


@given(st.floats(1, 3e11))
def test_time_axis_has_few_ticks_that_differ(end: float) -> None:
    labels = [tick.label for tick in elapsed(end).ticks]
    assert 1 <= len(labels) <= 8
    assert len(labels) == len(set(labels))


def test_zero_lies_left_of_the_smallest_measured_value() -> None:
    scale = logarithmic([0, 0.001, 10])
    assert scale.x(0) < scale.x(0.001) < scale.x(10)


def test_every_trial_is_a_mark_until_there_are_too_many(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["metrics"]["sigterm_trials_ms"] = [342] * MOST_DOTS
    some = failover_trials(judged(tmp_path / "some", reports))
    assert shapes(some, "circle", "series") == MOST_DOTS + 1 + 3
    reports["VAL13"]["metrics"]["sigterm_trials_ms"] = [342] * (MOST_DOTS + 1)
    many = failover_trials(judged(tmp_path / "many", reports))
    assert shapes(many, "circle", "series") == 1 + 3
    assert many is not None
    assert many.table.rows[0][:2] == ("SIGTERM", "121")


def test_trial_beyond_its_target_is_a_cross(tmp_path: Path) -> None:
    reports = full()
    reports["VAL13"]["metrics"]["sigkill_trials_ms"] = [56, 5000, 5000.0004, None]
    chart = failover_trials(judged(tmp_path, reports))
    assert chart is not None
    crosses = [shape for shape in chart.shapes if shape.inside and shape.inside[0].ink == "over"]
    assert len(crosses) == 1
    assert "1 lie beyond the target of 5,000 ms, 1 were not measured" in chart.description


@pytest.mark.parametrize("stated", [7312.5, None])
def test_stated_figure_that_is_not_the_worst_trial_is_drawn_too(stated: float | None, tmp_path: Path) -> None:
    reports = full()
    assert failover_trials(judged(tmp_path / "same", reports)).table.rows[0][0] == "SIGTERM"  # type: ignore[union-attr]
    reports["VAL13"]["metrics"]["sigterm_failover_ms"] = stated
    chart = failover_trials(judged(tmp_path / "differs", reports))
    assert chart is not None
    assert [row[0] for row in chart.table.rows[:3]] == ["SIGTERM", "SIGTERM, the figure stated", "SIGKILL"]
    assert chart.table.rows[1][4] == ("not measured" if stated is None else "7,312.5\xa0ms")


def test_every_chart_says_what_its_marks_stand_for(tmp_path: Path) -> None:
    report = judged(tmp_path, full())
    charts = drawings(report)
    window = evidence_window(report)
    assert window is not None
    assert all(chart.legend.endswith(".") for chart in (window, *charts))
    timeline = quorum_timeline(report)
    assert timeline is not None
    assert timeline.legend.startswith("Not to scale")


def test_label_beside_zero_keeps_clear_of_it() -> None:
    assert [tick.label for tick in logarithmic([0, 0.1, 10]).ticks][:3] == ["0", "0.1 ms", "1 ms"]
    assert [tick.label for tick in logarithmic([0, 0.001, 10]).ticks][:3] == ["0", "", "0.01 ms"]


def test_lag_without_samples_shows_the_percentiles_alone(tmp_path: Path) -> None:
    chart = lag_distribution(judged(tmp_path, seed()))
    assert shapes(chart, "circle", "series") == 0
    assert chart is not None
    assert chart.table.rows[2] == ("Heavy load", "–", "–", "p99 1\xa0ms")
    assert chart.table.rows[3] == ("Derived: healthy ≤", "–", "–", "10\xa0ms")


def test_p99_of_few_values_is_called_a_maximum(tmp_path: Path) -> None:
    chart = lag_distribution(judged(tmp_path, full()))
    assert chart is not None
    assert chart.table.rows[2][3] == "p99 1\xa0ms (maximum)"


def test_nothing_measured_draws_nothing(tmp_path: Path) -> None:
    reports = full()
    for name in ("idle_p95_ms", "light_p95_ms", "heavy_p99_ms"):
        reports["VAL14"]["metrics"][name] = None
    for name in ("idle_samples_ms", "light_samples_ms", "heavy_samples_ms"):
        reports["VAL14"]["metrics"][name] = [None]
    assert lag_distribution(judged(tmp_path / "null", reports)) is None
    assert failover_trials(judged(tmp_path / "none", {})) is None
    assert evidence_window(judged(tmp_path / "none", {})) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "blocked, write refused"),
        ({"write_block_active": False}, "NOT BLOCKED"),
        ({"can_accept_protected_writes": True}, "NOT BLOCKED"),
        ({"protected_write_refused": False}, "NOT BLOCKED"),
        ({"write_block_active": None}, "not measured"),
    ],
)
def test_timeline_says_whether_writes_were_blocked(
    changed: dict[str, object], said: str, tmp_path: Path
) -> None:
    reports = full()
    reports["VAL17"]["metrics"] |= changed
    chart = quorum_timeline(judged(tmp_path, reports))
    assert chart is not None
    assert chart.table.rows[2][1] == said
    assert any(shape.text == said for shape in chart.shapes)


def test_quorum_times_state_value_and_limit(tmp_path: Path) -> None:
    chart = quorum_times(judged(tmp_path, seed()))
    assert chart is not None
    assert chart.table.rows == (
        ("Loss detection", "5,230\xa0ms", "≤\xa030,000\xa0ms"),
        ("Recovery", "6,120\xa0ms", "≤\xa030,000\xa0ms"),
    )
    assert chart.description.replace("\xa0", " ") == (
        "Bars that begin at zero. Loss detection took 5,230 ms, within the limit of 30,000 ms. "
        "Recovery took 6,120 ms, within the limit of 30,000 ms."
    )


def test_described_in_sentences_what_is_late_and_what_was_not_measured(tmp_path: Path) -> None:
    reports = full()
    reports["VAL17"]["metrics"] |= {"loss_detection_ms": None, "recovery_ms": 30000.0004}
    chart = quorum_times(judged(tmp_path, reports))
    assert chart is not None
    said = chart.description.replace("\xa0", " ")
    assert "Loss detection was not measured, against the limit of 30,000 ms. " in said
    assert "Recovery took 30,000.0004 ms, beyond the limit of 30,000 ms." in said


@pytest.mark.parametrize(("latest", "limited"), [("10:44:00", False), ("11:20:00", True), ("16:00:00", True)])
def test_limit_of_the_window_is_drawn_where_it_can_be_seen(
    latest: str, limited: bool, tmp_path: Path
) -> None:
    reports = {"VAL13": seed()["VAL13"], "VAL17": seed()["VAL17"]}
    reports["VAL17"]["generated_at"] = f"2026-03-23T{latest}Z"
    chart = evidence_window(judged(tmp_path, reports))
    assert chart is not None
    assert any(shape.text == "limit 6 h" for shape in chart.shapes) is limited
    assert chart.table.rows[1] == ("VAL14", "no evidence", "no evidence")


def test_series_counts_what_was_not_measured() -> None:
    row = measurements("x", [3, None, 1])
    assert row is not None
    assert (row.count, row.missing, row.worst(), row.best(), row.middle()) == (
        3,
        1,
        "not measured",
        "1\xa0ms",
        "2\xa0ms",
    )
    assert measurements("x", []) is None
    assert measurements("x", None) is None
