"""For the engineering lead: each slice in one line, and behind it charts, figures and checks."""

from collections.abc import Sequence

from markupsafe import Markup

from haproof.core.model import Report
from haproof.render.charts import evidence_window
from haproof.render.document.figures import LONG, Figure, Found
from haproof.render.document.overview import window_words
from haproof.render.document.slices import Check, SliceView
from haproof.render.document.wording import counted
from haproof.render.html.components import (
    absent,
    code,
    disclosure,
    figure,
    items,
    note,
    section,
    split,
    state,
    table,
)
from haproof.render.html.explanation import folded
from haproof.render.markup import Content, tag

GAUGE_PX = 88


def results(report: Report, views: Sequence[SliceView]) -> Markup:
    """Everything that was measured."""
    return section(
        "results",
        2,
        "Measured results",
        [slice_section(report, view) for view in views],
        window(report),
        class_="part",
    )


def slice_section(report: Report, view: SliceView) -> Markup:
    """One slice: its line, and behind it everything else; open unless it passes."""
    key = view.id.lower()
    heading = tag("h3", heading_words(view), id=f"{key}-title")
    if not view.found:
        parts: Content = [heading, tag("p", state(view.status)), absent(view.detail)]
    else:
        summary = [heading, tag("span", _line(view), class_="line"), _headlines(view)]
        inside = _inside(report, view)
        parts = disclosure(summary, inside, opened=view.blamed, class_="slice")
    return tag("section", parts, id=key, aria_labelledby=f"{key}-title", class_="slice")


def heading_words(view: SliceView) -> Content:
    """The slice's name, and where it was run."""
    return [view.name, " ", tag("span", f"{view.id}, {view.place}", class_="place")]


def _line(view: SliceView) -> Content:
    """State, checks and time."""
    when = [" · recorded ", tag("time", view.recorded, datetime=view.recorded)] if view.recorded else None
    return [state(view.status), f" {view.counts}", when]


def _headlines(view: SliceView) -> Markup:
    """The figures that stand for the slice."""
    blocks = [
        tag(
            "span",
            note(entry.label),
            tag("span", entry.brief, class_="value"),
            note(_kept(entry)),
            class_=None if entry.kept else "late",
        )
        for entry in view.headlines
    ]
    return tag("span", blocks, class_="headlines")


def _kept(entry: Figure) -> str:
    """`98 % below the limit (≤ 5,000 ms)`; nothing where yes or no says it all."""
    if entry.kept and entry.value in ("yes", "no"):
        return ""
    return f"{entry.margin} ({entry.limit})" if entry.margin else entry.limit


def _inside(report: Report, view: SliceView) -> Content:
    """What the line stands for."""
    key, informational = view.id.lower(), view.informational
    return [
        tag("p", tag("strong", "Proves:"), f" {view.proves}."),
        tag("p", tag("strong", "Does not prove:"), f" {view.not_proved}"),
        tag("p", view.detail, class_="note") if view.detail else None,
        [figure(chart) for chart in view.charts],
        _thresholds(report) if view.id == "VAL14" else None,
        figures(f"{key}-metrics", f"{view.name}: figures and their limits", view.judged),
        tag("p", view.polled, class_="note") if view.polled else None,
        disclosure(
            counted(len(informational), "informational figure"),
            figures(f"{key}-informational", f"{view.name}: figures that no check is tied to", informational),
        )
        if informational
        else None,
        _checks(view),
    ]


def _thresholds(report: Report) -> Markup:
    """The seed's own warning on derived thresholds."""
    if report.proof.thresholds is None:
        return tag("p", "No thresholds: idle or light p95 was not measured.", class_="note")
    return tag(
        "p",
        "Thresholds are derived from measured lab values (healthy = max(p95 × 3 + 1, 10)); they are not "
        "workplan targets. Recalibrate against production write_lag before alerting on them.",
        class_="note",
    )


def figures(key: str, caption: str, rows: Sequence[Figure]) -> Markup:
    """Figures with their limits: the short form, and the exact one under the name."""
    heads = ("Figure", "Measured, limit and margin", "Status")
    return table(key, caption, heads, [_row(row) for row in rows], class_="names")


def _row(row: Figure) -> list[Content]:
    exact = note(code(row.name), f" = {row.exact}" if row.exact else None)
    value = tag(
        "span", row.value, class_="long" if len(row.value) > LONG and " " not in row.value else "text"
    )
    margin = [row.margin, _gauge(row)] if row.margin else None
    measured = [value, note(row.trials) if row.trials else None]
    return [
        [tag("span", row.label, class_="text"), exact],
        split(measured, [row.limit or "–", note(margin) if margin else None]),
        [state(row.status), note(row.tied) if row.tied else None],
    ]


def _gauge(row: Figure) -> Markup | None:
    """How much of the limit is used; the words beside it say the same."""
    if row.used is None:
        return None
    used = min(max(row.used, 0), 1) * GAUGE_PX
    return tag(
        "svg",
        tag("rect", class_="i-track", width=str(GAUGE_PX), height="6", rx="3"),
        tag(
            "rect",
            class_="i-series" if row.used <= 1 else "i-over-fill",
            width=f"{max(used, 2):.1f}",
            height="6",
            rx="3",
        ),
        class_="gauge",
        width=str(GAUGE_PX),
        height="6",
        aria_hidden="true",
    )


def _checks(view: SliceView) -> Content:
    """The checks: those that fail at once, those that pass in a fold."""
    failed = [check for check in view.checks if check.blamed]
    passed = [check for check in view.checks if not check.blamed]
    key, heads = f"{view.id.lower()}-checks", ("Check", "Criterion, and what was found")
    parts: list[Content] = []
    if failed:
        rows = [_check(check) for check in failed]
        parts.append(table(f"{key}-failed", f"Checks of {view.id} that fail", heads, rows, class_="coded"))
    if passed:
        rows = [_check(check) for check in passed]
        inner = table(key, f"Checks of {view.id} that pass", heads, rows, class_="coded")
        parts.append(disclosure(f"{counted(len(passed), 'passing check')} of {view.id}", inner))
    return parts


def _check(check: Check) -> list[Content]:
    contradicted = note("reported PASS, contradicted by its own figures") if check.contradicted else None
    return [
        [tag("span", code(check.id), id=f"check-{check.id}"), tag("div", state(check.status))],
        [
            split([tag("span", check.title, class_="text"), contradicted], _found(check)),
            folded(check.judge),
        ],
    ]


def _found(check: Check) -> Content:
    """Each figure beside its rule; where there is none, what the producer reports, and that it is no more."""
    said: list[Content] = [_finding(entry) for entry in check.found]
    if not said:
        said = [f"as reported by the producer: {check.reported}, no figures given"]
    if check.detail:
        said.append(note(f"producer: {check.detail}"))
    return items(said, "plain")


def _finding(entry: Found) -> Content:
    """`SIGTERM graceful failover 342 ms (≤ 5,000 ms)`, marked where it fails."""
    broken = None if entry.holds else tag("strong", " — fails", class_="broken")
    return [entry.words, broken, " ", note(code(entry.name), f" = {entry.exact}" if entry.exact else None)]


def window(report: Report) -> Markup:
    """When the evidence was recorded; opened where that is not one run."""
    judged = report.proof.evidence.window
    chart = evidence_window(report)
    said = tag("p", state("PASS" if judged.coherent else "NOT coherent"), " ", window_words(report))
    shown = absent("No slice was found.")
    if chart:
        shown = disclosure("When each report was recorded", figure(chart), opened=not judged.coherent)
    return section("window", 3, "Evidence window", said, shown)
