"""CLUSTER's view: the matrix as one table, a timeline of each trial, and the settings that explain it."""

from collections.abc import Iterator, Sequence

from haproof.core.model import SliceResult
from haproof.core.phrases import phrases
from haproof.core.report import Report
from haproof.kinds.cluster.record import ClusterMetrics, ClusterRecord, names
from haproof.kinds.cluster.table import COLUMNS, cells, explaining, fault_rows
from haproof.kinds.cluster.trial import Served, Trial
from haproof.render.charts.chart import Chart, Shape, box, line
from haproof.render.charts.chart import Table as Data
from haproof.render.charts.chart import words as text
from haproof.render.charts.scale import LEFT, RIGHT, Scale, linear
from haproof.render.charts.strip import axis
from haproof.render.document.blocks import Column, Row, Table
from haproof.render.document.plain.figures import Metrics
from haproof.render.document.plain.lines import Line, Lines
from haproof.render.views import View

TOP, ROW, LANE = 18, 34, 16


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
    served = trial.served or ()
    if not served:
        return None
    begin = min(0.0, *(one.from_ms for one in served))
    end = max(trial.hold_ms or 0.0, *(one.to_ms for one in served), 1.0)
    scale = linear(end, begin)
    members = sorted({one.member for one in served})
    bottom = TOP + ROW * len(members)
    shapes = axis(scale, TOP, bottom)
    for number, member in enumerate(members):
        shapes += _lane(scale, TOP + ROW * number, member, [one for one in served if one.member == member])
    shapes += _event(scale, 0.0, "fault", bottom)
    if trial.hold_ms is not None:
        shapes += _event(scale, trial.hold_ms, "heal", bottom)
    return Chart(
        key=f"chart-cluster-{name}",
        title=f"{name}: who acknowledged writes",
        description=_described(name, trial, served),
        height=bottom + 24,
        shapes=tuple(shapes),
        table=_data(served),
        legend="A bar reaches from a server's first acknowledged write on a timeline to its last.",
    )


def _lane(scale: Scale, y: float, member: str, served: Sequence[Served]) -> list[Shape]:
    """A member's name, what was lost of what it acknowledged, and its bars."""
    lost = sum(one.lost or 0 for one in served)
    said = f"{member}, {sum(one.acknowledged for one in served):,} acknowledged"
    shapes = [text("over-text" if lost else "muted", LEFT, y + 10, f"{said}, {lost:,} lost", "start")]
    shapes.append(box("lane", LEFT, RIGHT, y + 14, LANE, 3))
    for one in served:
        ink = "over-fill" if one.lost else "series"
        shapes.append(box(ink, scale.x(one.from_ms), scale.x(one.to_ms), y + 14, LANE, 3))
    return shapes


def _event(scale: Scale, at_ms: float, name: str, bottom: float) -> list[Shape]:
    x = scale.x(at_ms)
    return [line("target", x, TOP - 6, x, bottom), text("strong", x, TOP - 8, name)]


def _described(name: str, trial: Trial, served: Sequence[Served]) -> str:
    each = "; ".join(
        f"{one.member} on timeline {one.timeline} from {one.from_ms / 1000:,.1f} s "
        f"to {one.to_ms / 1000:,.1f} s, {one.acknowledged:,} acknowledged, {one.lost or 0:,} lost"
        for one in served
    )
    return f"Time runs from left to right; the fault is at 0. {each}."


def _data(served: Sequence[Served]) -> Data:
    return Data(
        ("Server", "Timeline", "First", "Last", "Acknowledged", "Lost"),
        tuple(
            (
                one.member,
                str(one.timeline),
                f"{one.from_ms / 1000:,.1f} s",
                f"{one.to_ms / 1000:,.1f} s",
                f"{one.acknowledged:,}",
                "unknown" if one.lost is None else f"{one.lost:,}",
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
