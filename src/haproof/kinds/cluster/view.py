"""CLUSTER's view: the matrix as one table, a timeline of each trial, and the settings that explain it."""

from collections.abc import Iterator, Sequence

from haproof.core.model import SliceResult
from haproof.core.phrases import phrases
from haproof.core.report import Report
from haproof.kinds.cluster.record import ClusterMetrics, ClusterRecord, names
from haproof.kinds.cluster.table import COLUMNS, cells, explaining, fault_rows, gap
from haproof.kinds.cluster.trial import Served, Trial
from haproof.render.charts.chart import Chart, Shape, box, line, mark
from haproof.render.charts.chart import Table as Data
from haproof.render.charts.chart import words as text
from haproof.render.charts.scale import LEFT, RIGHT, Scale, linear, seconds
from haproof.render.charts.strip import axis
from haproof.render.document.blocks import Column, Row, Table
from haproof.render.document.plain.figures import Metrics
from haproof.render.document.plain.lines import Line, Lines
from haproof.render.views import View

TOP, ROW, LANE = 18, 34, 16

LEAST = f"M-2,0H0V{LANE}H-2Z"
"""Two pixels at a bar's end: the least that is seen of a loss, however small its share."""


def matrix(report: Report, result: SliceResult) -> Iterator[Table]:
    """One row for each fault, and the settings that explain what happened."""
    record = result.source.record
    if not isinstance(record, ClusterRecord):
        return
    metrics = record.metrics
    yield Table(
        key="cluster-faults",
        caption=f"What each fault did ({metrics.mode}; of several trials the worst)",
        columns=tuple(Column(title) for title in COLUMNS),
        rows=tuple(Row(cells(row)) for row in fault_rows(metrics)),
        heads="names",
        stacked=True,
    )
    settings = explaining(record.environment.settings if record.environment else None)
    if settings:
        yield Table(
            key="cluster-settings",
            caption="Settings of the cluster that explain it, as read back",
            columns=(Column("Setting"), Column("Value")),
            rows=tuple(Row(pair) for pair in settings),
            heads="names",
        )


def lines(report: Report, result: SliceResult, metrics: Metrics) -> Lines:
    """The text report: the matrix and the settings row by row, then each check that fails and why."""
    for table in matrix(report, result):
        yield Line(f"{table.caption}:", 1)
        titles = [column.title.lower() for column in table.columns]
        for row in table.rows:
            cells = [str(cell) for cell in row.cells]
            said = [(title, cell) for title, cell in zip(titles[1:], cells[1:], strict=True) if cell]
            words = [cell if len(said) == 1 else f"{title} {cell}" for title, cell in said]
            yield Line(f"{cells[0]}: {'; '.join(words)}", 2)
    for check in result.checks:
        if not check.passed:
            yield Line(f"{check.check.id} FAIL {check.check.title}", 1)
            yield from (Line(words, 2) for words in phrases(check.broken))


def timelines(report: Report, result: SliceResult) -> Iterator[Chart]:
    """One chart for each trial: which server acknowledged when, fault and heal marked, what was lost."""
    record = result.source.record
    if isinstance(record, ClusterRecord):
        for name, trial in zip(names(record.metrics), record.metrics.trials, strict=True):
            chart = timeline(record.metrics, name, trial)
            if chart is not None:
                yield chart


def timeline(metrics: ClusterMetrics, name: str, trial: Trial) -> Chart | None:
    """None where the report does not say which server acknowledged when."""
    served = sorted(trial.served or (), key=lambda one: one.from_ms)
    if not served:
        return None
    begin = min(0.0, served[0].from_ms)
    end = max(trial.hold_ms or 0.0, *(one.to_ms for one in served), 1.0)
    scale = linear(end, begin)
    members = list(dict.fromkeys(one.member for one in served))
    lanes = [TOP + ROW * number + 14 for number in range(len(members))]
    bottom = TOP + ROW * len(members)
    shapes = axis(scale, TOP, bottom)
    for y, member in zip(lanes, members, strict=True):
        shapes += _lane(scale, y, member, [one for one in served if one.member == member])
    shapes += _event(scale, 0.0, "fault", lanes)
    if trial.hold_ms is not None:
        shapes += _event(scale, trial.hold_ms, "heal", lanes)
    return Chart(
        key=f"chart-cluster-{name}",
        title=f"{name}: who acknowledged writes",
        description=_described(trial, served),
        height=bottom + 24,
        shapes=tuple(shapes),
        table=_data(served),
        legend=_legend(trial, served),
    )


def _lane(scale: Scale, y: float, member: str, served: Sequence[Served]) -> list[Shape]:
    """A member's name, what was lost of what it acknowledged, and its bars."""
    lost = sum(one.lost or 0 for one in served)
    known = lost or all(one.lost is not None for one in served)
    said = f"{member}, {sum(one.acknowledged for one in served):,} acknowledged"
    said = f"{said}, {lost:,} lost" if known else f"{said}, loss unknown"
    shapes = [text("over-text" if lost else "muted", LEFT, y - 4, said, "start")]
    shapes.append(box("lane", LEFT, RIGHT, y, LANE, 3))
    for one in served:
        first, last = scale.x(one.from_ms), scale.x(one.to_ms)
        # No more than the two ends is known, so the bar is light: a solid one would say that it never paused.
        shapes.append(box("span", first, last, y, LANE, 3))
        if one.lost:
            share = min(one.lost / max(one.acknowledged, one.lost), 1)
            shapes.append(box("over-fill", last - (last - first) * share, last, y, LANE))
            shapes.append(mark("over-fill", last, y, LEAST))
    return shapes


def _event(scale: Scale, at_ms: float, name: str, lanes: Sequence[float]) -> list[Shape]:
    """A name on top, and its line through the lanes, not through the words between them."""
    x = scale.x(at_ms)
    crossed = [line("target", x, y, x, y + LANE) for y in lanes]
    return [text("strong", x, TOP - 8, name), line("target", x, TOP - 6, x, TOP), *crossed]


def _legend(trial: Trial, served: Sequence[Served]) -> str:
    said = [
        "Bar: first to last acknowledgement; pauses in between are not drawn.",
        _longest(trial),
    ]
    if any(one.lost for one in served):
        said.insert(1, "Red: the share of its rows that were lost, not a time.")
    return " ".join(said)


def _longest(trial: Trial) -> str:
    """The pause that the bars cannot show, in words."""
    return (
        f"Longest time without an acknowledged write: {gap(trial.write_gap_ms)} (open connections), "
        f"{gap(trial.connect_gap_ms)} (new connections)."
    )


def _described(trial: Trial, served: Sequence[Served]) -> str:
    each = "; ".join(
        f"{one.member} on timeline {_timeline(one)}, first to last acknowledgement "
        f"{seconds(one.from_ms)} to {seconds(one.to_ms)}, {one.acknowledged:,} acknowledged, "
        f"{_lost(one)} lost"
        for one in served
    )
    return f"Time runs from left to right; the fault is at 0. {each}. {_longest(trial)}"


def _timeline(one: Served) -> str:
    return "unknown" if one.timeline is None else str(one.timeline)


def _lost(one: Served) -> str:
    return "unknown" if one.lost is None else f"{one.lost:,}"


def _data(served: Sequence[Served]) -> Data:
    return Data(
        ("Server", "Timeline", "First", "Last", "Acknowledged", "Lost"),
        tuple(
            (
                one.member,
                _timeline(one),
                seconds(one.from_ms),
                seconds(one.to_ms),
                f"{one.acknowledged:,}",
                _lost(one),
            )
            for one in served
        ),
    )


VIEW = View(
    title="PostgreSQL HA cluster",
    proves="What the cluster does under each fault, and what of the acknowledged writes survives it",
    heading=lambda words: "PostgreSQL HA Cluster under Faults (CLUSTER)",
    lines=lines,
    tables=matrix,
    each=timelines,
)
