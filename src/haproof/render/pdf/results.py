"""What was tested and measured: topology, window, coverage, and a section for each slice."""

from collections.abc import Sequence
from typing import Any

from haproof.core.model import Report
from haproof.core.strength import ASSUMPTION, SINGLE_RUN, strength
from haproof.render.charts import Chart, evidence_window, literal, svg
from haproof.render.document.figures import Figure
from haproof.render.document.overview import topology, window_words
from haproof.render.document.slices import Check, SliceView
from haproof.render.pdf.cells import Cell, code, lines, printable, state, table, text

Data = dict[str, Any]

CHART_PX = 680
"""Width at which charts are drawn; the page is as wide, at twelve pixels to nine points."""

FONT = "Libertinus Serif"

DIGEST = 32
"""Words longer than this are set in a fixed-width face."""


def results(report: Report, views: Sequence[SliceView]) -> Data:
    """The data of the sections."""
    chart = evidence_window(report)
    return {
        "topology": [
            (row.label, {"lines": [{"plain": text(line)} for line in row.lines[:40]]})
            for row in topology(report)
        ],
        "coherent": state("PASS" if report.proof.evidence.window.coherent else "NOT coherent"),
        "window": text(window_words(report)),
        "window_chart": _drawn(chart) if chart else None,
        "coverage": _coverage(views),
        "slices": [_slice(view) for view in views],
        "strength": _strength(report),
    }


def _coverage(views: Sequence[SliceView]) -> Data:
    rows: list[tuple[Cell, ...]] = [
        (
            lines(text(f"{view.id} {view.name}"), {"note": text(view.proves)}),
            state(view.status),
            text(view.counts or "–"),
            lines(
                code(view.recorded) if view.recorded else None,
                {"note": text(view.detail)} if view.detail else None,
            )
            if view.recorded or view.detail
            else "–",
        )
        for view in views
    ]
    heads = ("Slice, and what it proves", "Result", "Checks", "Recorded")
    return table("The slices", heads, (3, 0, 1.7, 2), rows)


def _slice(view: SliceView) -> Data:
    """One slice: charts, figures, checks; or why there is nothing."""
    data: Data = {
        "title": f"{view.id} {view.name}",
        "state": state(view.status),
        "how": view.how,
        "not_proved": view.not_proved,
    }
    if not view.found:
        return data | {"absent": text(view.detail)}
    heads, widths = ("Figure", "Measured", "Limit and margin", "Status"), (3, 2.6, 1.6, 0)
    informational = view.informational
    plain = [_figure(entry)[:2] for entry in informational]
    return data | {
        "said": f"{view.counts}. {view.polled}".strip(),
        "charts": [_drawn(chart) for chart in view.charts],
        "metrics": table(f"Figures of {view.id}", heads, widths, [_figure(entry) for entry in view.judged]),
        "informational": table(f"Figures of {view.id} that no check is tied to", heads[:2], (1, 1), plain)
        if plain
        else None,
        "checks": table(
            f"Checks of {view.id}",
            ("Check", "Status", "Criterion", "Found"),
            (0, 0, 2, 3),
            [_check(check) for check in view.checks],
        ),
    }


def _figure(entry: Figure) -> tuple[Cell, ...]:
    """A figure for people; the exact one under its name."""
    long = len(entry.value) > DIGEST and " " not in entry.value
    measured = code(entry.value) if long else text(entry.value)
    exact = f"{entry.name} = {entry.exact}" if entry.exact and not long else entry.name
    return (
        lines(text(entry.label), {"note": text(exact)}),
        lines(measured, {"note": text(entry.trials)}) if entry.trials else measured,
        lines(text(entry.limit or "–"), {"note": text(entry.margin)} if entry.margin else None),
        lines(state(entry.status), {"note": entry.tied} if entry.tied else None),
    )


def _check(check: Check) -> tuple[Cell, ...]:
    found = (
        "; ".join(entry.words + ("" if entry.holds else " fails") for entry in check.found)
        or f"as reported by the producer: {check.reported}, no figures given"
    )
    return (
        check.id,
        state(check.status),
        text(check.title),
        lines(
            text(found),
            {"note": "reported PASS, contradicted by its own figures"} if check.contradicted else None,
            {"note": text(f"producer: {check.detail}")} if check.detail and check.status != "PASS" else None,
        ),
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
    """Claims with several trials each in a row; those of a single run by themselves, since they all support
    the same.
    """
    entries = strength(report.slices)
    if not entries:
        return None
    several: list[tuple[Cell, ...]] = [
        (entry.check, text(entry.claim), text(entry.sentence)) for entry in entries if not entry.single
    ]
    single: list[tuple[Cell, ...]] = [
        (entry.check, text(entry.claim), "passed" if entry.clean else "failed")
        for entry in entries
        if entry.single
    ]
    heads = ("Check", "Claim", "What it supports")
    counts = f"{len(single)} of {len(entries)} claims are based on a single run"
    return {
        "assumption": ASSUMPTION,
        "several": table("Claims tried several times", heads, (0, 1.3, 3), several) if several else None,
        "single": table("Claims based on a single run", ("Check", "Claim", "Run"), (0, 3, 1), single)
        if single
        else None,
        "single_says": f"{counts}: {SINGLE_RUN}.",
    }
