"""What was tested and measured: topology, window, coverage, and a section for each slice."""

from collections.abc import Callable
from typing import Any

from haproof.core.explain import explain
from haproof.core.figures import number, separated
from haproof.core.model import CheckResult, Metric, Report, SliceResult
from haproof.core.strength import ASSUMPTION, SINGLE_RUN, strength
from haproof.render.charts import (
    Chart,
    backup_restore,
    drains,
    evidence_window,
    failover_trials,
    lag_distribution,
    literal,
    quorum_timeline,
    quorum_times,
    svg,
)
from haproof.render.found import found
from haproof.render.html.labels import LABELS, UNITS
from haproof.render.pdf.cells import Cell, code, lines, printable, state, table, text
from haproof.render.text.figure import series, trials, value

Data = dict[str, Any]

CHART_PX = 680
"""Width at which charts are drawn; the page is as wide, at twelve pixels to nine points."""

FONT = "Libertinus Serif"

CHARTS: dict[str, tuple[Callable[[Report], Chart | None], ...]] = {
    "VAL13": (failover_trials,),
    "VAL14": (lag_distribution, drains),
    "VAL15": (backup_restore,),
    "VAL16": (),
    "VAL17": (quorum_timeline, quorum_times),
}
"""The charts of each slice."""


def results(report: Report) -> Data:
    """The data of the sections."""
    window = report.proof.evidence.window
    chart = evidence_window(report)
    return {
        "topology": [
            (row.label, {"lines": [{"plain": text(line)} for line in row.lines[:40]]})
            for row in report.topology
        ],
        "coherent": state("PASS" if window.coherent else "FAIL"),
        "window": text(window.detail),
        "window_chart": _drawn(chart) if chart else None,
        "coverage": _coverage(report),
        "slices": [_slice(report, result) for result in report.slices],
        "strength": _strength(report),
    }


def _coverage(report: Report) -> Data:
    rows: list[tuple[Cell, ...]] = []
    for row, result in zip(report.proof.slices, report.slices, strict=True):
        counted = row.total is not None
        rows.append(
            (
                lines(text(f"{row.id} {row.name}"), {"note": explain(row.id)[0].meaning}),
                state(row.status),
                f"{row.passed}/{row.total}" if counted else "–",
                f"{result.rejudged}/{row.total}" if counted else "–",
                lines(
                    code(row.generated_at) if row.generated_at else None,
                    {"note": text(row.detail)} if row.detail else None,
                )
                if row.generated_at or row.detail
                else "–",
            )
        )
    heads = ("Slice, and what it proves", "Result", "Checks", "Re-judged", "Recorded")
    return table("The five slices", heads, (3, 0, 0, 0, 2), rows)


def _slice(report: Report, result: SliceResult) -> Data:
    """One slice: charts, figures, checks; or why there is nothing."""
    row = next(row for row in report.proof.slices if row.id == result.id)
    metrics: dict[str, Metric] | None = getattr(report.proof.metrics, result.source.slice.stem)
    words = explain(result.id)[0]
    data: Data = {
        "title": f"{row.id} {row.name}",
        "state": state(row.status),
        "how": words.how,
        "not_proved": words.not_proved,
    }
    if metrics is None:
        return data | {"absent": text(row.detail or "")}
    heads = ("Figure", "Value", "Target", "Status")
    figures = [_figure(name, metric) for name, metric in metrics.items()]
    checks = [_check(entry) for entry in result.checks]
    return data | {
        "said": f"{row.passed} of {row.total} checks hold; {result.rejudged} were judged again from figures.",
        "charts": [_drawn(chart) for draw in CHARTS[result.id] if (chart := draw(report))],
        "metrics": table(f"Figures of {row.id}", heads, (3, 2.4, 1.4, 0), figures),
        "checks": table(
            f"Checks of {row.id}", ("Check", "Status", "Criterion", "Found"), (0, 0, 2, 3), checks
        ),
    }


def _figure(name: str, metric: Metric) -> tuple[Cell, ...]:
    label = LABELS.get(name, name)
    unit = UNITS[metric.unit] if metric.unit else ""
    many = series(metric)
    shown: Cell = text(value(metric, unit))
    if many is not None:
        listed = ", ".join(
            "not measured" if item is None else number(item, _limit(metric)) for item in many[:60]
        )
        more = f", … ({len(many)} in the file)" if len(many) > 60 else ""
        shown = lines(text(trials(metric)), {"note": text(listed + more)})
    elif isinstance(metric.value, str) and len(metric.value) > 32:
        shown = code(value(metric))
    return lines(label, {"note": text(name)}), shown, _target(metric), state(metric.status)


def _limit(metric: Metric) -> Any:
    return metric.target.value if metric.target else None


def _target(metric: Metric) -> Cell:
    if metric.target is None:
        return "–"
    bound = metric.target.value
    sign = {"<=": "≤", ">=": "≥", "=": "="}[metric.target.op]
    if isinstance(bound, bool):
        return f"{sign} {str(bound).lower()}"
    if isinstance(bound, int | float):
        return f"{sign} {separated(bound)}{UNITS[metric.unit] if metric.unit else ''}"
    return "= the other" if isinstance(bound, str) and len(bound) > 32 else text(f"{sign} {bound}")


def _check(entry: CheckResult) -> tuple[Cell, ...]:
    word = "contradicted by its own figures" if entry.contradicted else ""
    return (
        entry.check.id,
        state("PASS" if entry.passed else "FAIL"),
        text(entry.check.title),
        lines(text(found(entry)), {"note": word} if word else None),
    )


def _drawn(chart: Chart) -> Data:
    """A chart as an image with its description, and its data as a table."""
    drawing = str(svg(chart, literal, CHART_PX)).replace("<svg ", f'<svg font-family="{FONT}" ', 1)
    rows: list[tuple[Cell, ...]] = [tuple(text(cell) for cell in row) for row in chart.table.rows]
    widths = (2.0,) + (1.0,) * (len(chart.table.heads) - 1)
    return {
        "svg": printable(drawing),
        "title": text(chart.title),
        "legend": text(chart.legend),
        "alt": printable(chart.description),
        "table": table(f"Data: {chart.title}", chart.table.heads, widths, rows),
    }


def _strength(report: Report) -> Data | None:
    """Claims with several trials each in a row; those of a single run by themselves, since they all bear the
    same.
    """
    entries = strength(report.slices)
    if not entries:
        return None
    several: list[tuple[Cell, ...]] = [
        (entry.check, text(entry.claim), text(entry.sentence)) for entry in entries if not entry.single
    ]
    single: list[tuple[Cell, ...]] = [
        (entry.check, text(entry.claim), "held" if entry.clean else "did not hold")
        for entry in entries
        if entry.single
    ]
    heads = ("Check", "Claim", "What it bears")
    return {
        "assumption": ASSUMPTION,
        "several": table("Claims that rest on several trials", heads, (0, 1.3, 3), several)
        if several
        else None,
        "single": table("Claims that rest on a single run", ("Check", "Claim", "Run"), (0, 3, 1), single)
        if single
        else None,
        "single_says": SINGLE_RUN,
    }
