"""Charts of VAL18, PITR and CALIBRATION to the last mark: where each stands, and what is said beside it."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from builders import full, judged, seed
from haproof.core.model import SliceResult
from haproof.core.report import Report
from haproof.kinds.calibration.charts import lag
from haproof.kinds.pitr.charts import restored
from haproof.kinds.soak.charts import days, failovers
from haproof.kinds.soak.record import SoakObservations
from haproof.render.charts.chart import Chart, Shape
from soaks import val18
from unit.render_html.test_charts_beyond import CALIBRATION, PITR, report

GIVEN = {"VAL18": val18(), "PITR": report("PITR", PITR), "CALIBRATION": report("CALIBRATION", CALIBRATION)}


@pytest.fixture(scope="module")
def judgement(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return judged(tmp_path_factory.mktemp("beyond"), full() | GIVEN)


def result_of(judgement: Report, kind: str, **metrics: Any) -> SliceResult:
    """What was found of a kind, with other figures."""
    (result,) = [one for one in judgement.beyond if one.id == kind]
    record = result.source.record
    record = replace(record, metrics=replace(record.metrics, **metrics))
    return replace(result, source=replace(result.source, record=record))


def of_days(judgement: Report, told: dict[str, Any], **metrics: Any) -> Chart:
    """The chart of a soak with these days."""
    result = result_of(judgement, "VAL18", **metrics)
    record = replace(result.source.record, observations=SoakObservations(**told))
    chart = days(judgement, replace(result, source=replace(result.source, record=record)))
    assert chart is not None
    return chart


def drawn(*shapes: Shape) -> str:
    """Every shape on a line: name, ink, geometry, and its text or what is inside it."""
    lines = []
    for shape in shapes:
        place = [f"{name}={value}" for name, value in shape.geometry.items() if name != "overflow"]
        inside = [f"[{drawn(part)}]" for part in shape.inside]
        lines.append(" ".join(one for one in (shape.name, shape.ink, *place, *inside, shape.text) if one))
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def texts(chart: Chart) -> list[str]:
    parts = [part for shape in chart.shapes for part in (shape, *shape.inside)]
    return [part.text.replace("\N{NO-BREAK SPACE}", " ") for part in parts if part.text]


def rows(chart: Chart) -> list[str]:
    return [" | ".join(row).replace("\N{NO-BREAK SPACE}", " ") for row in chart.table.rows]


@pytest.mark.parametrize(
    ("draw", "kind"), [(days, "VAL18"), (failovers, "VAL18"), (restored, "PITR"), (lag, "CALIBRATION")]
)
def test_what_was_not_run_draws_nothing(judgement: Report, draw: Any, kind: str) -> None:
    result = result_of(judgement, kind)
    assert draw(judgement, replace(result, source=replace(result.source, record=None))) is None


# PITR -------------------------------------------------------------------------------------------------------


def test_the_copy_between_its_bounds(judgement: Report) -> None:
    chart = restored(judgement, result_of(judgement, "PITR"))
    assert chart is not None
    assert drawn(*chart.shapes) == (
        "rect healthy x=1% y=44 width=49% height=34\n"
        "rect blocked x=50% y=44 width=28% height=34\n"
        "rect alert x=78% y=44 width=21% height=34\n"
        "line axis x1=50% y1=44 x2=50% y2=83\n"
        "line axis x1=78% y1=44 x2=78% y2=83\n"
        "line axis x1=1% y1=78 x2=99% y2=78\n"
        "text text x=2% y=65 must be there\n"
        "text text x=88.5% y=65 text-anchor=middle must not\n"
        "text strong x=64% y=14 text-anchor=middle 102 restored\n"
        "line outline x1=64% y1=20 x2=64% y2=78\n"
        "svg x=64% y=36 width=1 height=1 [path series d=M0,7L-4.5,0L4.5,0Z]\n"
        "text muted x=50% y=96 text-anchor=end acknowledged: 100\n"
        "text muted x=78% y=114 text-anchor=end sent: 104"
    )
    assert (chart.key, chart.height, chart.title) == (
        "chart-pitr",
        140,
        "What the copy restored to the moment T has",
    )
    assert chart.description == (
        "From left to right, not to scale: 100 writes acknowledged before T (2026-03-20T09:58:01Z), which "
        "must be there; those in flight, up to 104 sent before T, which may be; later ones, which must not. "
        "The copy has 102 rows: within bounds."
    )
    assert chart.legend == (
        "Not to scale. T was 2026-03-20T09:58:01Z by the server's clock; the triangle is the copy; what was "
        "in flight at T may be there or not."
    )
    assert chart.table.heads == ("Writes", "Number")
    assert rows(chart) == [
        "Acknowledged before T: must be there | 100",
        "Restored to T | 102",
        "Sent before T: nothing beyond | 104",
        "The copy is | within bounds",
    ]


@pytest.mark.parametrize(
    ("count", "most", "place", "said"),
    [
        (0, 104, "1%", "0 restored: 100 missing"),
        (99, 104, "47.57%", "99 restored: 1 missing"),
        (100, 104, "51.68%", "100 restored"),
        (104, 104, "76.32%", "104 restored"),
        (105, 104, "88.5%", "105 restored: 1 too many"),
        (5_000, 104, "88.5%", "5,000 restored: 4,896 too many"),
        (100, 100, "64%", "100 restored"),
        (101, 100, "88.5%", "101 restored: 1 too many"),
    ],
)
def test_the_copy_stands_where_its_rows_put_it(
    judgement: Report, count: int, most: int, place: str, said: str
) -> None:
    chart = restored(judgement, result_of(judgement, "PITR", rows_restored=count, sent_before=most))
    assert chart is not None
    at = [shape.geometry.get("x", shape.geometry.get("x1")) for shape in chart.shapes[8:11]]
    assert at == [place] * 3
    assert chart.shapes[8].text == said
    fault = said.partition(": ")[2]
    assert rows(chart)[-1] == f"The copy is | {fault or 'within bounds'}"
    assert chart.description.endswith(f" rows: {fault or 'within bounds'}.")


@pytest.mark.parametrize("name", ["acknowledged_before", "sent_before", "rows_restored"])
def test_without_one_of_the_three_numbers_there_is_no_chart(judgement: Report, name: str) -> None:
    assert restored(judgement, result_of(judgement, "PITR", **{name: None})) is None


def test_a_moment_that_was_not_measured_is_said_to_be(judgement: Report) -> None:
    chart = restored(judgement, result_of(judgement, "PITR", target_time=None))
    assert chart is not None
    assert "T was not measured by" in chart.legend
    assert "before T (not measured)" in chart.description


# CALIBRATION ------------------------------------------------------------------------------------------------


def test_a_row_of_production_s_lag(judgement: Report) -> None:
    chart = lag(judgement, result_of(judgement, "CALIBRATION"))
    assert chart is not None
    said = drawn(*chart.shapes)
    assert (
        "rect healthy x=1% y=130 width=42.6% height=22\n"
        "rect degraded x=43.6% y=130 width=21.5% height=22\n"
        "rect alert x=65.1% y=130 width=33.9% height=22\n"
        "text x=1% y=124 [tspan strong p95] [tspan muted dx=8 8.5 ms]\n"
        "line outline x1=32.98% y1=130 x2=32.98% y2=152\n"
        "svg x=32.98% y=130 width=1 height=1 [path series d=M0,7L-4.5,0L4.5,0Z]\n"
    ) in said
    for y in (72, 124, 176, 228):
        assert f"text x=1% y={y} [tspan strong " in said
    assert "line axis x1=1% y1=262 x2=99% y2=262\n" in said
    assert "line grid x1=13% y1=56 x2=13% y2=262\n" in said
    assert "line target x1=80.13% y1=16 x2=80.13% y2=60\n" in said
    assert "line target x1=80.13% y1=232 x2=80.13% y2=258\n" in said
    assert (chart.key, chart.height) == ("chart-calibration", 286)
    assert chart.title == "Production's write_lag and the thresholds derived from it"
    assert chart.legend == (
        "Logarithmic axis; a triangle is a percentile, a dashed line a threshold derived from p95."
    )
    assert chart.description.replace("\N{NO-BREAK SPACE}", " ") == (
        "Logarithmic axis in milliseconds. p50: 2 ms; p95: 8.5 ms; p99: 9 ms; p95 in the lab (VAL14): 0 ms. "
        "Thresholds: healthy ≤ 26.5 ms, degraded ≤ 265 ms, alert 1,325 ms."
    )
    assert chart.table.heads == ("Percentile or threshold", "write_lag")
    assert rows(chart)[2:5] == [
        "p99 | 9 ms",
        "p95 in the lab (VAL14) | 0 ms",
        "Threshold: healthy ≤ | 26.5 ms",
    ]


@pytest.mark.parametrize("name", ["healthy_ms", "degraded_ms", "alert_ms"])
def test_thresholds_are_drawn_together_or_not_at_all(judgement: Report, name: str) -> None:
    chart = lag(judgement, result_of(judgement, "CALIBRATION", **{name: None}))
    assert chart is not None
    assert rows(chart) == ["p50 | 2 ms", "p95 | 8.5 ms", "p99 | 9 ms", "p95 in the lab (VAL14) | 0 ms"]
    assert chart.description.endswith(" Thresholds: none, p95 was not measured.")
    assert chart.height == 286 - 56
    assert "text x=1% y=16 [tspan strong p50]" in drawn(*chart.shapes)
    assert "rect healthy" not in drawn(*chart.shapes)


def test_production_stands_alone_where_the_lab_measured_nothing(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL14"]["metrics"]["light_p95_ms"] = None
    found = judged(tmp_path, reports | GIVEN)
    chart = lag(found, result_of(found, "CALIBRATION", p50_ms=None, p99_ms=None))
    assert chart is not None
    assert rows(chart)[0] == "p95 | 8.5 ms"
    assert rows(chart)[1].startswith("Threshold")
    assert lag(found, result_of(found, "CALIBRATION", p50_ms=None, p95_ms=None, p99_ms=None)) is None


# VAL18 ------------------------------------------------------------------------------------------------------

TOLD = {
    "day_observed_hours": [24, 9.5, 30, 0, 23.76],
    "day_downtime_seconds": [86.4, 52_200, 86.5],
    "day_reboots": [0, 1, 0, 0],
    "day_scheduled_failovers": [1, 0, 0, 0],
    "day_unplanned_failovers": [0, 0, 2, 0],
    "day_clock_jumps": [None, 0, 0, 1],
}


def test_the_days_of_a_soak(judgement: Report) -> None:
    chart = of_days(judgement, TOLD)
    assert drawn(*chart.shapes) == (
        "rect lane x=1% y=22 width=98% height=56\n"
        "rect series x=1.26% y=22 width=2.74% height=56\n"
        "circle series cx=2.63% cy=89 r=3.5\n"
        "rect over-fill x=4.53% y=55.8 width=2.74% height=22.2\n"
        "svg x=5.9% y=89 width=1 height=1 [path over d=M-4,-4L4,4M-4,4L4,-4]\n"
        "rect over-fill x=7.79% y=22 width=2.74% height=56\n"
        "svg x=9.17% y=89 width=1 height=1 [path over-fill d=M0,-5L5,0L0,5L-5,0Z]\n"
        "svg x=12.43% y=89 width=1 height=1 [path over d=M-4,-4L4,4M-4,4L4,-4]\n"
        "rect series x=14.33% y=22.6 width=2.74% height=55.4\n"
        "line axis x1=1% y1=78 x2=99% y2=78\n"
        "line axis x1=1% y1=22 x2=99% y2=22\n"
        "text muted x=1% y=16 observed: all of the day\n"
        "text muted x=15.7% y=116 text-anchor=middle day 5\n"
        "text muted x=32.03% y=116 text-anchor=middle 10\n"
        "text muted x=48.37% y=116 text-anchor=middle 15\n"
        "text muted x=64.7% y=116 text-anchor=middle 20\n"
        "text muted x=81.03% y=116 text-anchor=middle 25\n"
        "text muted x=97.37% y=116 text-anchor=middle 30"
    )
    assert (chart.key, chart.height, chart.title) == ("chart-soak-days", 124, "Every day of the soak")
    assert chart.description == (
        "5 of 30 days, a column for each; uptime 99.9614 %. More downtime than 0.1 % of the day: day 2, "
        "day 3. Scheduled failovers 1, unplanned 2, reboots 1, clock steps 1."
    )
    assert chart.legend == (
        "A column is a day, as high as the part of it that was observed, red where more than 0.1 % of it was "
        "downtime; below it a dot is a scheduled failover, a diamond an unplanned one, a cross a reboot of "
        "the observing machine or a clock step."
    )
    assert chart.table.heads == ("Day", "Observed", "Downtime", "Events")
    assert rows(chart) == [
        "day 1 | 24 h | 86 s | 1 scheduled failover",
        "day 2 | 9.5 h | 52,200 s | 1 reboot",
        "day 3 | 30 h | 87 s | 2 unplanned failovers",
        "day 4 | 0 h | 0 s | 1 clock step",
        "1 other day |  |  | ",
    ]


@pytest.mark.parametrize(
    ("hours", "downtime", "told"), [(23.76, 0, False), (23.75, 0, True), (24, 0.5, True), (24, 0, False)]
)
def test_a_day_is_told_where_it_was_not_whole_or_something_was_down(
    judgement: Report, hours: float, downtime: float, told: bool
) -> None:
    given = {"day_observed_hours": [24, hours, 24], "day_downtime_seconds": [0, downtime, 0]}
    names = [row.partition(" | ")[0] for row in rows(of_days(judgement, given))]
    assert names == (["day 2", "2 other days"] if told else ["3 other days"])


def test_ninety_days_have_a_column_each_and_more_share_one(judgement: Report) -> None:
    ninety = of_days(judgement, {"day_observed_hours": [12] * 90})
    assert rows(ninety)[:2] == ["day 1 | 12 h | 0 s | ", "day 2 | 12 h | 0 s | "]
    assert rows(ninety)[19:] == ["day 20 | 12 h | 0 s | ", "70 other days |  |  | "]
    more = {"day_observed_hours": [24] * 90 + [11], "day_reboots": [1, 2] + [0] * 88 + [1]}
    shared = of_days(judgement, more | {"day_downtime_seconds": [100, 72] + [0] * 89})
    assert rows(shared) == [
        "days 1 to 2 | 48 h | 172 s | 3 reboots",
        "day 91 | 11 h | 0 s | 1 reboot",
        "88 other days |  |  | ",
    ]
    assert "More downtime than 0.1 % of the day: none." in shared.description
    assert sum(shape.ink == "series" for shape in shared.shapes) == 46


def test_twenty_days_are_named_and_ten_that_were_down(judgement: Report) -> None:
    twenty = of_days(judgement, {"day_observed_hours": [1] * 20, "day_downtime_seconds": [87] * 20})
    assert rows(twenty)[-1] == "day 20 | 1 h | 87 s | "
    assert "of the day: day 1, day 2, day 3, day 4, day 5, day 6, day 7, day 8, day 9, day 10. " in (
        twenty.description
    )
    assert rows(of_days(judgement, {"day_observed_hours": [1] * 21}))[-1] == "1 other day |  |  | "


@pytest.mark.parametrize(
    ("metrics", "count", "goal", "names"),
    [
        ({}, 3, 30, ["day 5", "10", "15", "20", "25", "30"]),
        ({"goal_days": None}, 3, 30, ["day 5", "10", "15", "20", "25", "30"]),
        ({"goal_days": 5.5}, 3, 6, ["day 1", "2", "3", "4", "5", "6"]),
        ({"goal_days": 7}, 3, 7, ["day 5"]),
        ({"goal_days": 31}, 3, 31, ["day 10", "20", "30"]),
        ({"goal_days": 61}, 3, 61, ["day 50"]),
        ({"goal_days": 10_000}, 3, 300, ["day 50", "100", "150", "200", "250", "300"]),
        ({"goal_days": 2}, 3, 3, ["day 1", "2", "3"]),
        ({"goal_days": 2}, 301, 301, ["day 100", "200", "300"]),
        ({"goal_days": 2}, 601, 601, ["day 500"]),
        ({"goal_days": 2}, 3_001, 3_001, ["day 1,000", "2,000", "3,000"]),
        ({"compressed": True}, 3, 3, ["day 1", "2", "3"]),
        ({"compressed": True}, 1, 1, ["day 1"]),
    ],
)
def test_the_axis_ends_with_the_days_agreed_on_or_observed(
    judgement: Report, metrics: dict[str, Any], count: int, goal: int, names: list[str]
) -> None:
    chart = of_days(judgement, {"day_observed_hours": [24] * count}, **metrics)
    assert chart.description.startswith(f"{count} of {goal} days, ")
    assert texts(chart)[1:] == names


def test_an_uptime_that_was_not_measured_is_said_to_be(judgement: Report) -> None:
    assert "uptime not measured. " in of_days(judgement, TOLD, uptime=None).description


def test_the_failovers_of_a_soak(judgement: Report) -> None:
    chart = failovers(judgement, result_of(judgement, "VAL18"))
    assert chart is not None
    said = drawn(*chart.shapes)
    assert (
        "line axis x1=1% y1=140 x2=99% y2=140\n"
        "text muted x=1% y=156 100 ms\n"
        "text muted x=33.67% y=156 text-anchor=middle 1 s\n"
        "text muted x=66.33% y=156 text-anchor=middle 10 s\n"
        "text muted x=99% y=156 text-anchor=end 100 s\n"
        "text x=1% y=36 [tspan strong Scheduled] [tspan muted dx=8 worst 9,999 ms, n = 3]\n"
        "rect lane x=1% y=42 width=98% height=34 rx=3\n"
        "circle series cx=17.07% cy=61.6 r=3.5\n"
        "circle series cx=15.61% cy=53.2 r=3.5\n"
        "circle series cx=66.33% cy=66.8 r=3.5\n"
        "line middle x1=17.07% y1=42 x2=17.07% y2=76\n"
        "line target x1=66.33% y1=40 x2=66.33% y2=78\n"
        "text x=1% y=98 [tspan strong Unplanned] [tspan muted dx=8 worst 20,000 ms, n = 1]\n"
        "rect lane x=1% y=104 width=98% height=34 rx=3\n"
        "circle series cx=76.17% cy=121 r=3.5\n"
        "line target x1=91.75% y1=102 x2=91.75% y2=140"
    ) in said
    assert said.startswith("line grid x1=1% y1=22 x2=1% y2=140\n")
    assert (chart.key, chart.height, chart.title) == (
        "chart-soak-failovers",
        164,
        "Every failover of the soak",
    )
    assert chart.description.replace("\N{NO-BREAK SPACE}", " ") == (
        "Logarithmic time axis in milliseconds. Scheduled: worst 9,999 ms, n = 3, limit 10,000 ms; "
        "Unplanned: worst 20,000 ms, n = 1, limit 60,000 ms."
    )
    assert chart.legend == (
        "Logarithmic axis; a dot is a failover, a cross one beyond its limit, a solid line the median, a "
        "dashed line a limit."
    )
    assert chart.table.heads == ("Failovers", "n", "Median", "Worst", "Limit")
    assert rows(chart) == [
        "Scheduled | 3 | 311 ms | 9,999 ms | ≤ 10,000 ms",
        "Unplanned | 1 | 20,000 ms | 20,000 ms | ≤ 60,000 ms",
    ]


def test_a_soak_without_failovers_draws_none(judgement: Report) -> None:
    nothing = result_of(judgement, "VAL18", failover_ms=[], unplanned_failover_ms=[None])
    assert failovers(judgement, nothing) is None
    one = failovers(judgement, result_of(judgement, "VAL18", failover_ms=[], unplanned_failover_ms=[300]))
    assert one is not None
    assert (one.height, rows(one)) == (102, ["Unplanned | 1 | 300 ms | 300 ms | ≤ 60,000 ms"])
