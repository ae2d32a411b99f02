"""Charts of VAL13, VAL14 and VAL17 over the full evidence, to the last mark."""

import pytest

from builders import full, judged
from haproof.core.report import Report
from haproof.render.charts.chart import Chart
from haproof.render.views import view_of
from unit.render_html.test_charts_drawn import drawn, rows

QUORUM = (
    "text strong x=1% y=14 PostgreSQL\n"
    "rect healthy x=1% y=20 width=5% height=26\n"
    "rect alert x=6% y=20 width=56% height=26\n"
    "text text x=34% y=37 text-anchor=middle stopped\n"
    "rect healthy x=62% y=20 width=37% height=26\n"
    "text text x=80.5% y=37 text-anchor=middle running\n"
    "line axis x1=6% y1=20 x2=6% y2=46\n"
    "line axis x1=62% y1=20 x2=62% y2=46\n"
    "text strong x=1% y=66 Quorum, as the nodes report it\n"
    "rect healthy x=1% y=72 width=5% height=26\n"
    "rect unnoticed x=6% y=72 width=30% height=26\n"
    "text text x=21% y=89 text-anchor=middle not noticed yet\n"
    "rect alert x=36% y=72 width=54% height=26\n"
    "text text x=63% y=89 text-anchor=middle lost\n"
    "rect healthy x=90% y=72 width=9% height=26\n"
    "line axis x1=6% y1=72 x2=6% y2=98\n"
    "line axis x1=36% y1=72 x2=36% y2=98\n"
    "line axis x1=90% y1=72 x2=90% y2=98\n"
    "text strong x=1% y=118 Protected writes\n"
    "rect healthy x=1% y=124 width=5% height=26\n"
    "rect lane x=6% y=124 width=30% height=26\n"
    "rect blocked x=36% y=124 width=54% height=26\n"
    "text text x=63% y=141 text-anchor=middle blocked, write refused\n"
    "rect healthy x=90% y=124 width=9% height=26\n"
    "line axis x1=6% y1=124 x2=6% y2=150\n"
    "line axis x1=36% y1=124 x2=36% y2=150\n"
    "line axis x1=90% y1=124 x2=90% y2=150\n"
    "line axis x1=1% y1=156 x2=99% y2=156\n"
    "line axis x1=6% y1=156 x2=6% y2=161\n"
    "text muted x=1% y=174 stop signal\n"
    "line axis x1=36% y1=156 x2=36% y2=161\n"
    "text strong x=36% y=190 text-anchor=middle loss seen +5,230 ms\n"
    "line axis x1=62% y1=156 x2=62% y2=161\n"
    "text muted x=62% y=174 text-anchor=middle start command\n"
    "line axis x1=90% y1=156 x2=90% y2=161\n"
    "text strong x=99% y=190 text-anchor=end recovery seen +6,120 ms"
)

FAILOVER = (
    "line axis x1=1% y1=452 x2=99% y2=452\n"
    "text muted x=1% y=468 1 ms\n"
    "text muted x=25.5% y=468 text-anchor=middle 10 ms\n"
    "text muted x=50% y=468 text-anchor=middle 100 ms\n"
    "text muted x=74.5% y=468 text-anchor=middle 1 s\n"
    "text muted x=99% y=468 text-anchor=end 10 s\n"
    "text x=1% y=38 [tspan strong SIGTERM] [tspan muted dx=8 worst 342 ms, n = 3]\n"
    "rect lane x=1% y=44 width=98% height=34 rx=3\n"
    "circle series cx=43.64% cy=63.6 r=3.5\n"
    "circle series cx=63.08% cy=55.2 r=3.5\n"
    "circle series cx=50.16% cy=68.8 r=3.5\n"
    "line middle x1=50.16% y1=44 x2=50.16% y2=78\n"
    "text x=1% y=410 [tspan strong SIGKILL, leader's clock] [tspan muted dx=8 worst 11 ms, n = 3]\n"
    "rect lane x=1% y=416 width=98% height=34 rx=3\n"
    "circle series cx=20.06% cy=435.6 r=3.5\n"
    "circle series cx=26.51% cy=427.2 r=3.5\n"
    "circle series cx=23.13% cy=440.8 r=3.5\n"
    "line middle x1=23.13% y1=416 x2=23.13% y2=450\n"
    "line target x1=91.62% y1=42 x2=91.62% y2=80\n"
    "line target x1=91.62% y1=104 x2=91.62% y2=142\n"
    "line target x1=91.62% y1=166 x2=91.62% y2=204\n"
    "line target x1=91.62% y1=228 x2=91.62% y2=266\n"
    "line target x1=91.62% y1=290 x2=91.62% y2=328\n"
    "text strong x=91.62% y=14 text-anchor=end target ≤ 5,000 ms"
)

LAG = (
    "line grid x1=99% y1=56 x2=99% y2=248\n"
    "line axis x1=1% y1=248 x2=99% y2=248\n"
    "text muted x=1% y=264 0\n"
    "text muted x=99% y=264 text-anchor=end 1 s\n"
    "rect healthy x=1% y=78 width=55% height=36\n"
    "rect degraded x=56% y=78 width=21.5% height=36\n"
    "rect alert x=77.5% y=78 width=21.5% height=36\n"
    "text x=1% y=72 [tspan strong Idle] [tspan muted dx=8 p95 0 ms, n = 30]\n"
    "line outline x1=1% y1=78 x2=1% y2=114\n"
    "svg x=1% y=78 width=1 height=1 [path series d=M0,7L-4.5,0L4.5,0Z]\n"
    "rect healthy x=1% y=144 width=55% height=36\n"
    "rect degraded x=56% y=144 width=21.5% height=36\n"
    "rect alert x=77.5% y=144 width=21.5% height=36\n"
    "text x=1% y=138 [tspan strong Light load] [tspan muted dx=8 p95 0 ms, n = 3]\n"
    "circle series cx=1% cy=164.8 r=3.5\n"
    "circle series cx=14.7% cy=155.7 r=3.5\n"
    "circle series cx=23.26% cy=170.5 r=3.5\n"
    "line middle x1=14.7% y1=144 x2=14.7% y2=180\n"
    "line middle x1=31.17% y1=210 x2=31.17% y2=246\n"
    "line outline x1=34.5% y1=210 x2=34.5% y2=246\n"
    "svg x=34.5% y=210 width=1 height=1 [path series d=M0,7L-4.5,0L4.5,0Z]\n"
    "line target x1=92.53% y1=16 x2=92.53% y2=60\n"
    "line target x1=92.53% y1=76 x2=92.53% y2=116\n"
    "line target x1=92.53% y1=142 x2=92.53% y2=182\n"
    "line target x1=92.53% y1=208 x2=92.53% y2=248\n"
    "text strong x=92.53% y=12 text-anchor=end alert 500 ms\n"
    "line target x1=77.5% y1=32 x2=77.5% y2=60\n"
    "line target x1=77.5% y1=76 x2=77.5% y2=116\n"
    "line target x1=77.5% y1=142 x2=77.5% y2=182\n"
    "line target x1=77.5% y1=208 x2=77.5% y2=248\n"
    "text strong x=77.5% y=28 text-anchor=end degraded ≤ 100 ms\n"
    "line target x1=56% y1=48 x2=56% y2=60\n"
    "line target x1=56% y1=76 x2=56% y2=116\n"
    "line target x1=56% y1=142 x2=56% y2=182\n"
    "line target x1=56% y1=208 x2=56% y2=248\n"
    "text strong x=56% y=44 text-anchor=end healthy ≤ 10 ms"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return judged(tmp_path_factory.mktemp("full"), full())


def chart(report: Report, key: str) -> Chart:
    found = [one for result in report.slices for one in view_of(result.source.kind).charts(report, result)]
    return next(one for one in found if one.key == key)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_loss_of_a_quorum(report: Report) -> None:
    found = chart(report, "chart-quorum")
    assert drawn(*found.shapes) == QUORUM
    assert (found.height, found.title) == (196, "From the loss of PostgreSQL to recovery")
    assert plain(found.description) == (
        "Four events from left to right, not to scale: PostgreSQL is stopped; the last node reports the "
        "loss after 5,230 ms; PostgreSQL is started; the last node reports recovery after 6,120 ms. "
        "Between loss and recovery the write block is blocked, write refused."
    )
    assert found.legend == ("Not to scale: the order of events, with the times that were measured.")
    assert found.table.heads == ("Event", "After", "Limit")
    assert rows(found) == [
        "Stop signal to PostgreSQL | 0 ms | –",
        "Loss reported by the last node | 5,230 ms | ≤ 30,000 ms",
        "Protected writes | blocked, write refused | blocked",
        "Start command to PostgreSQL | 0 ms | –",
        "Recovery reported by the last node | 6,120 ms | ≤ 30,000 ms",
    ]


def test_every_failover(report: Report) -> None:
    found = chart(report, "chart-failover")
    assert all(line in drawn(*found.shapes) for line in FAILOVER.split("\n"))
    assert (found.height, found.title) == (476, "Failover time of every trial")
    assert plain(found.description) == (
        "Logarithmic time axis in milliseconds, one mark for each trial, a vertical bar at the median. "
        "SIGTERM: worst 342 ms of 3; SIGKILL: worst 389 ms of 3; Rapid SIGTERM cycles: worst 318 ms of "
        "3; SIGTERM to first write: worst 360 ms of 3; SIGKILL to first write: worst 402 ms of 3; "
        "SIGTERM, leader's clock: worst 9.5 ms of 3; SIGKILL, leader's clock: worst 11 ms of 3. Of 15 "
        "times 0 lie beyond the target of 5,000 ms, 0 were not measured."
    )
    assert found.legend == (
        "Logarithmic axis; a dot is one trial, a cross one beyond the target, a solid line the median."
    )
    assert found.table.heads == ("Trials", "n", "Best", "Median", "Worst")
    assert rows(found) == [
        "SIGTERM | 3 | 55 ms | 102 ms | 342 ms",
        "SIGKILL | 3 | 56 ms | 58 ms | 389 ms",
        "Rapid SIGTERM cycles | 3 | 281 ms | 305 ms | 318 ms",
        "SIGTERM to first write | 3 | 72 ms | 120 ms | 360 ms",
        "SIGKILL to first write | 3 | 77 ms | 80 ms | 402 ms",
        "SIGTERM, leader's clock | 3 | 4 ms | 6 ms | 9.5 ms",
        "SIGKILL, leader's clock | 3 | 6 ms | 8 ms | 11 ms",
    ]


def test_the_lag_under_load(report: Report) -> None:
    found = chart(report, "chart-lag")
    assert all(line in drawn(*found.shapes) for line in LAG.split("\n"))
    assert (found.height, found.title) == (272, "Replication lag (write_lag) at idle, light and heavy load")
    assert plain(found.description) == (
        "Logarithmic axis in milliseconds. Idle: p95 0 ms; Light load: p95 0 ms; Heavy load: p99 1 ms "
        "(maximum). Derived thresholds: healthy ≤ 10 ms, degraded ≤ 100 ms, alert 500 ms."
    )
    assert found.legend == (
        "Logarithmic axis; a triangle is the percentile, a dot one value, a solid line the median, a "
        "dashed line a derived threshold."
    )
    assert found.table.heads == ("Load or threshold", "n", "Median", "Figure")
    assert rows(found) == [
        "Idle | 30 | – | p95 0 ms",
        "Light load | 3 | 0.12 ms | p95 0 ms",
        "Heavy load | 3 | 0.7 ms | p99 1 ms (maximum)",
        "Derived: healthy ≤ | – | – | 10 ms",
        "Derived: degraded ≤ | – | – | 100 ms",
        "Derived: alert | – | – | 500 ms",
    ]
