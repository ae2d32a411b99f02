"""CLUSTER's timelines to the last mark, and the lines of CLUSTER and RECOVERY in the text report."""

from typing import Any

import msgspec
import pytest

from cluster_report import metrics, record, tree, trial, with_trial
from haproof.core.judge import judge_slice
from haproof.core.model import SliceResult
from haproof.core.parse import parse_report
from haproof.core.source import Source
from haproof.kinds import HOUSE
from haproof.kinds.cluster.faults import FAULTS
from haproof.kinds.cluster.view import lines, matrix, timeline, timelines
from haproof.kinds.recovery import view as recovery
from haproof.render.charts.chart import Chart
from haproof.render.document.plain.lines import Line
from recovery_report import tree as tree_of_recovery

ANY: Any = None
"""The report, which neither view asks anything of."""


def served(member: str, timeline: int | None, first: float, last: float, count: int, lost: int | None) -> Any:
    return {
        "member": member, "timeline": timeline, "from_ms": first, "to_ms": last, "acknowledged": count,
        "lost": lost,
    }  # fmt: skip


THREE = [
    served("pg2", 2, 2_300, 45_000, 3_000, None),
    served("pg1", 1, -10_000, 100, 1_200, 3),
    served("pg2", 3, 47_000, 50_000, 1, 0),
]


def of(**changed: Any) -> Chart | None:
    found = record(tree(with_trial("host-kill", **changed)))
    (kill,) = [one for one in found.metrics.trials if one.fault == "host-kill"]
    return timeline(found.metrics, "host-kill-1", kill)


def drawn(chart: Chart) -> list[str]:
    return [
        " ".join(part for part in (shape.name, shape.ink, *map("=".join, shape.geometry.items()), shape.text))
        for shape in chart.shapes
    ]


def test_who_acknowledged_when() -> None:
    chart = of(served=THREE)
    assert chart is not None
    assert drawn(chart) == [
        "line grid x1=17.33% y1=18 x2=17.33% y2=86 ",
        "line grid x1=50% y1=18 x2=50% y2=86 ",
        "line grid x1=82.67% y1=18 x2=82.67% y2=86 ",
        "line axis x1=1% y1=86 x2=99% y2=86 ",
        "text muted x=17.33% y=102 text-anchor=middle 0",
        "text muted x=50% y=102 text-anchor=middle 20 s",
        "text muted x=82.67% y=102 text-anchor=middle 40 s",
        "text over-text x=1% y=28 pg1, 1,200 acknowledged, 3 lost",
        "rect lane x=1% y=32 width=98% height=16 rx=3 ",
        "rect span x=1% y=32 width=16.5% height=16 rx=3 ",
        "rect over-fill x=17.46% y=32 width=0.04% height=16 ",
        "svg  x=17.5% y=32 overflow=visible width=1 height=1 ",
        "text muted x=1% y=62 pg2, 3,001 acknowledged, loss unknown",
        "rect lane x=1% y=66 width=98% height=16 rx=3 ",
        "rect span x=21.09% y=66 width=69.74% height=16 rx=3 ",
        "rect span x=94.1% y=66 width=4.9% height=16 rx=3 ",
        "text strong x=17.33% y=10 text-anchor=middle fault",
        "line target x1=17.33% y1=12 x2=17.33% y2=18 ",
        "line target x1=17.33% y1=32 x2=17.33% y2=48 ",
        "line target x1=17.33% y1=66 x2=17.33% y2=82 ",
        "text strong x=90.83% y=10 text-anchor=middle heal",
        "line target x1=90.83% y1=12 x2=90.83% y2=18 ",
        "line target x1=90.83% y1=32 x2=90.83% y2=48 ",
        "line target x1=90.83% y1=66 x2=90.83% y2=82 ",
    ]
    assert (chart.key, chart.height) == ("chart-cluster-host-kill-1", 110)
    assert chart.title == "host-kill-1: who acknowledged writes"
    longest = "Longest time without an acknowledged write: 2.3 s (open connections), 2.4 s (new connections)."
    assert chart.description == (
        "Time runs from left to right; the fault is at 0. "
        "pg1 on timeline 1, first to last acknowledgement -10.0 s to 0.1 s, 1,200 acknowledged, 3 lost; "
        "pg2 on timeline 2, first to last acknowledgement 2.3 s to 45.0 s, 3,000 acknowledged, unknown lost; "
        "pg2 on timeline 3, first to last acknowledgement 47.0 s to 50.0 s, 1 acknowledged, 0 lost. "
        f"{longest}"
    )
    bar = "Bar: first to last acknowledgement; pauses in between are not drawn."
    assert chart.legend == f"{bar} Red: the share of its rows that were lost, not a time. {longest}"
    assert chart.table.heads == ("Server", "Timeline", "First", "Last", "Acknowledged", "Lost")
    assert chart.table.rows == (
        ("pg1", "1", "-10.0 s", "0.1 s", "1,200", "3"),
        ("pg2", "2", "2.3 s", "45.0 s", "3,000", "unknown"),
        ("pg2", "3", "47.0 s", "50.0 s", "1", "0"),
    )


def test_lanes_are_in_the_order_in_which_servers_began_as_the_table_is() -> None:
    first = served("pg3", 1, -5_000, -4, 420, 0)
    chart = of(served=[served("pg1", None, 2_000, 9_000, 100, 100), first], write_gap_ms=None)
    assert chart is not None
    lanes = [shape.rpartition("% ")[2] for shape in drawn(chart) if " acknowledged, " in shape]
    assert [lane.split(" ", 1)[1].split(",")[0] for lane in lanes] == ["pg3", "pg1"]
    assert [row[:4] for row in chart.table.rows] == [
        ("pg3", "1", "-5.0 s", "0.0 s"),
        ("pg1", "unknown", "2.0 s", "9.0 s"),
    ]
    # All of pg1's rows were lost, so all of its bar is marked; none of pg3's.
    spans = [shape.split("span ")[1].split(" rx=")[0] for shape in drawn(chart) if "rect span" in shape]
    lost = [shape.split("over-fill ")[1].rstrip() for shape in drawn(chart) if "rect over-fill" in shape]
    assert lost == spans[1:]
    assert "not measured (open connections), 2.4 s (new connections)" in chart.legend


def test_without_a_loss_no_legend_tells_of_one() -> None:
    chart = of(served=[served("pg1", 1, 100, 9_000, 10, 0)])
    assert chart is not None
    assert "Red" not in chart.legend


@pytest.mark.parametrize(
    ("first", "last", "hold", "fault", "bar"),
    [
        (100, 9_000, 10_000, "1%", "x=1.98% y=32 width=87.22%"),
        (-5_000, 5_000, None, "50%", "x=1% y=32 width=98%"),
        (0, 0.5, None, "1%", "x=1% y=32 width=49%"),
        (0, 2_000, 1_000, "1%", "x=1% y=32 width=98%"),
    ],
)
def test_the_axis_reaches_over_all_that_happened(
    first: float, last: float, hold: float | None, fault: str, bar: str
) -> None:
    chart = of(served=[served("pg1", 1, first, last, 1, 0)], hold_ms=hold)
    assert chart is not None
    shapes = drawn(chart)
    assert any(bar in shape for shape in shapes)
    (told,) = [shape for shape in shapes if shape.endswith(" fault")]
    assert f"x={fault} " in told
    assert any(shape.endswith(" heal") for shape in shapes) is (hold is not None)


def test_without_servers_there_is_no_timeline() -> None:
    assert of(served=[]) is None
    assert of(served=None) is None
    assert of() is None


def result(content: dict[str, Any], **keys: Any) -> SliceResult:
    """A report of CLUSTER with these metrics, judged."""
    kind = HOUSE.kind("CLUSTER")
    assert kind is not None
    found = record(tree(content, **keys))
    return judge_slice(Source(kind=kind, path="cluster/cluster-report.json", record=found))


def told(found: SliceResult) -> list[tuple[int, str]]:
    return [(line.level, line.text) for line in lines(ANY, found, {}) if isinstance(line, Line)]


def test_each_trial_has_a_timeline_of_its_own_name() -> None:
    content = metrics(trials=[*metrics()["trials"], trial("host-kill", served=THREE)])
    found = result(content)
    assert [chart.key for chart in timelines(ANY, found)] == ["chart-cluster-host-kill-2"]
    assert list(timelines(ANY, SliceResult(source=Source(kind=found.source.kind, path="x")))) == []


def test_the_tables_of_a_cluster() -> None:
    settings = {"manager": {"ttl": 20}}
    faults, read_back = matrix(ANY, result(metrics(), environment={"settings": settings}))
    assert (faults.key, faults.heads) == ("cluster-faults", "names")
    assert faults.caption == "What each fault did (sync; of several trials the worst)"
    assert [column.title for column in faults.columns] == [
        "Fault", "Expected", "Happened", "Gap (open connections)", "Gap (new connections)", "Rows lost",
        "Two primaries", "Old primary",
    ]  # fmt: skip
    assert (read_back.key, read_back.heads) == ("cluster-settings", "names")
    assert read_back.caption == "Settings of the cluster that explain it, as read back"
    assert [column.title for column in read_back.columns] == ["Setting", "Value"]
    assert [row.cells for row in read_back.rows] == [("ttl", "20")]
    assert len(list(matrix(ANY, result(metrics(), environment={})))) == 1
    assert len(list(matrix(ANY, result(metrics())))) == 1
    kind = HOUSE.kind("CLUSTER")
    assert kind is not None
    assert list(matrix(ANY, SliceResult(source=Source(kind=kind, path="x")))) == []


def test_a_cluster_in_lines() -> None:
    first = [trial("switchover"), trial("manager-term"), trial("host-kill", lost=1)]
    others = [{"fault": fault, "reason": "no time"} for fault in FAULTS[3:]]
    content = metrics(trials=first, not_tried=others)
    said = told(result(content, environment={"settings": {"server": {"fsync": True}}}))
    assert said[0] == (1, "What each fault did (sync; of several trials the worst):")
    kill = (
        "host-kill: expected fails over; happened fails over; gap (open connections) 2.3 s; "
        "gap (new connections) 2.4 s; rows lost 1; two primaries never; old primary automatic"
    )
    assert said[3] == (2, kill)
    assert said[4] == (2, "host-hang: not tried: no time")
    assert said[16:18] == [
        (1, "Settings of the cluster that explain it, as read back:"),
        (2, "fsync: on"),
    ]
    failed = [place for place, (level, text) in enumerate(said) if level == 1 and " FAIL " in text]
    assert said[failed[-1] :] == [
        (1, "CLUSTER-08 FAIL no acknowledged row lost (synchronous), or every loss measured (asynchronous)"),
        (2, "host-kill-1: 1 acknowledged row lost (limit 0)"),
    ]


def test_a_recovery_in_lines() -> None:
    kind = HOUSE.kind("RECOVERY")
    assert kind is not None
    found = parse_report(msgspec.json.encode(tree_of_recovery({"node-kill": {"lost": 1}})), kind)
    judged = judge_slice(Source(kind=kind, path="recovery/recovery-report.json", record=found))
    said = [(line.level, line.text) for line in recovery.lines(ANY, judged, {}) if isinstance(line, Line)]
    assert said[0] == (
        1,
        "How the control plane came back (sync, lock bound 1000 ms; of several trials the worst):",
    )
    kill = (
        "host-kill: accepting again after 900 ms; database promoted after 20.0 s; "
        "synchronous replica after 21.0 s; rows lost 0; epoch 4 to 5; two nodes accepting never; nodes back 2"
    )
    assert said[1] == (2, kill)
    node = "accepting again after 900 ms; rows lost 1; epoch 4 to 5; two nodes accepting never; nodes back 2"
    assert said[5] == (2, f"node-kill: {node}")
    assert said[6:] == [
        (1, "RECOVERY-04 FAIL no acknowledged write lost"),
        (2, "node-kill-1: 1 acknowledged write lost (limit 0)"),
    ]
    (table,) = recovery.tables(ANY, judged)
    assert (table.key, table.heads, len(table.rows)) == ("recovery-faults", "names", 5)
    assert list(recovery.tables(ANY, SliceResult(source=Source(kind=kind, path="x")))) == []
    bare = parse_report(msgspec.json.encode(tree_of_recovery(lock_bound_ms=None)), kind)
    (table,) = recovery.tables(ANY, SliceResult(source=Source(kind=kind, path="x", record=bare)))
    assert table.caption == "How the control plane came back (sync; of several trials the worst)"
