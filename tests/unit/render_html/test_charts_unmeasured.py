"""Charts of the five slices where something was not measured, or lies on a limit: what is drawn instead."""

from pathlib import Path

import pytest

from builders import full, judged, seed
from haproof.render.charts.chart import Chart
from haproof.render.views import view_of


def chart(folder: Path, kind: str, key: str, **metrics: object) -> Chart:
    """A chart of the full evidence with other figures of one slice."""
    reports = full()
    reports[kind]["metrics"] |= metrics
    report = judged(folder, reports)
    (result,) = [one for one in report.slices if one.id == kind]
    (found,) = [one for one in view_of(result.source.kind).charts(report, result) if one.key == key]
    return found


def lanes(found: Chart, y: str) -> list[tuple[str, str]]:
    """Where each stretch of a lane begins, and its ink."""
    boxes = [shape for shape in found.shapes if shape.name == "rect" and shape.geometry["y"] == y]
    return [(shape.geometry["x"], shape.ink) for shape in boxes]


def texts(found: Chart) -> dict[str, str]:
    """The words of a chart with their ink."""
    return {shape.text.replace("\N{NO-BREAK SPACE}", " "): shape.ink for shape in found.shapes if shape.text}


QUORUM, WRITES = "72", "124"
"""Where their lanes are."""


def test_a_loss_that_was_noticed_and_blocked(tmp_path: Path) -> None:
    found = chart(tmp_path, "VAL17", "chart-quorum")
    assert lanes(found, QUORUM) == [
        ("1%", "healthy"),
        ("6%", "unnoticed"),
        ("36%", "alert"),
        ("90%", "healthy"),
    ]
    assert lanes(found, WRITES) == [
        ("1%", "healthy"),
        ("6%", "lane"),
        ("36%", "blocked"),
        ("90%", "healthy"),
    ]
    words = texts(found)
    assert (words["not noticed yet"], words["lost"], words["blocked, write refused"]) == ("text",) * 3
    assert (words["loss seen +5,230 ms"], words["recovery seen +6,120 ms"]) == ("strong", "strong")
    assert (words["stop signal"], words["start command"]) == ("muted", "muted")


def test_a_loss_that_nobody_noticed(tmp_path: Path) -> None:
    found = chart(tmp_path, "VAL17", "chart-quorum", loss_detection_ms=None)
    assert lanes(found, QUORUM) == [
        ("1%", "healthy"),
        ("6%", "unnoticed"),
        ("36%", "unnoticed"),
        ("90%", "healthy"),
    ]
    words = texts(found)
    assert words["loss not seen"] == "over-text"
    assert list(words) == [
        *("PostgreSQL", "stopped", "running", "Quorum, as the nodes report it", "loss not seen"),
        *("Protected writes", "blocked, write refused", "stop signal", "start command"),
        "recovery seen +6,120 ms",
    ]
    assert "the last node reports the loss after not measured; " in found.description
    assert found.table.rows[1][1] == "not measured"


def test_a_recovery_that_nobody_noticed(tmp_path: Path) -> None:
    found = chart(tmp_path, "VAL17", "chart-quorum", recovery_ms=None)
    assert lanes(found, QUORUM)[-1] == lanes(found, WRITES)[-1] == ("90%", "lane")
    assert texts(found)["recovery not seen"] == "over-text"


@pytest.mark.parametrize(
    ("changed", "said", "ink"),
    [
        ({"write_block_active": False}, "NOT BLOCKED", "alert"),
        ({"protected_write_refused": None}, "not measured", "alert"),
        ({"can_accept_protected_writes": None}, "not measured", "alert"),
    ],
)
def test_writes_that_were_not_blocked(
    tmp_path: Path, changed: dict[str, object], said: str, ink: str
) -> None:
    found = chart(tmp_path, "VAL17", "chart-quorum", **changed)
    assert lanes(found, WRITES)[2] == ("36%", ink)
    assert texts(found)[said] == "over-text"
    assert found.description.endswith(f"the write block is {said}.")


def test_a_block_without_a_write_is_called_one(tmp_path: Path) -> None:
    report = judged(tmp_path, seed())
    result = report.slices[4]
    found = next(
        one for one in view_of(result.source.kind).charts(report, result) if one.key == "chart-quorum"
    )
    assert texts(found)["blocked"] == "text"


# Replication lag and failover -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "said"),
    [(0, "p99 1 ms"), (1, "p99 1 ms (maximum)"), (99, "p99 1 ms (maximum)"), (100, "p99 1 ms")],
)
def test_a_p99_of_fewer_than_a_hundred_is_called_a_maximum(tmp_path: Path, readings: int, said: str) -> None:
    row = chart(tmp_path, "VAL14", "chart-lag", heavy_n=readings).table.rows[2]
    assert (row[1], row[3].replace("\N{NO-BREAK SPACE}", " ")) == (str(readings), said)


def test_lag_of_which_a_p95_is_missing_has_no_thresholds(tmp_path: Path) -> None:
    found = chart(tmp_path, "VAL14", "chart-lag", idle_p95_ms=None, light_samples_ms=[1, 2], light_n=1_000)
    assert [row[0] for row in found.table.rows] == ["Idle", "Light load", "Heavy load"]
    assert found.table.rows[0][3] == "p95 not measured"
    assert found.table.rows[1][1] == "1,000"
    assert found.description.endswith("Derived thresholds: none, a p95 was not measured.")
    assert "a dashed line" not in found.legend
    assert found.legend == (
        "Logarithmic axis; a triangle is the percentile, a dot one value, a solid line the median."
    )
    assert found.height == 3 * 66 - 6 + 24


@pytest.mark.parametrize(
    ("count", "median", "column"), [(2, False, False), (3, True, False), (121, True, True)]
)
def test_the_legend_names_what_is_drawn(tmp_path: Path, count: int, median: bool, column: bool) -> None:
    samples = {"idle_samples_ms": [], "light_samples_ms": [1] * count, "heavy_samples_ms": []}
    legend = chart(tmp_path, "VAL14", "chart-lag", **samples).legend
    assert ("a solid line the median" in legend) is median
    assert ("a column how many values" in legend) is column
    assert legend.endswith(", a dashed line a derived threshold.")


def test_failovers_beyond_the_target_are_counted_where_there_is_one(tmp_path: Path) -> None:
    found = chart(
        tmp_path,
        "VAL13",
        "chart-failover",
        sigterm_trials_ms=[5_000, 5_001, None],
        sigterm_takeover_trials_ms=[9_000, None],
        sigkill_accepting_trials_ms=[6_000],
    )
    said = found.description.replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith(
        "Logarithmic time axis in milliseconds, one mark for each trial, a vertical bar at the median. "
        "SIGTERM: worst not measured of 3; "
    )
    assert said.endswith(" Of 14 times 2 lie beyond the target of 5,000 ms, 1 were not measured.")
