"""For the engineering lead: coverage, the evidence window, and each slice's figures with their charts."""

from collections.abc import Callable

from markupsafe import Markup

from haproof.core.figures import cut, shown
from haproof.core.findings import Finding
from haproof.core.model import CheckResult, Metric, Report, SliceResult, SliceRow
from haproof.core.platform import platform_words
from haproof.core.topology import recorded_platform
from haproof.render.charts import (
    Chart,
    backup_restore,
    drains,
    evidence_window,
    failover_trials,
    lag_distribution,
    quorum_timeline,
    quorum_times,
)
from haproof.render.html.components import absent, code, disclosure, figure, items, section, state, table
from haproof.render.html.explanation import explained
from haproof.render.html.labels import PROVES
from haproof.render.html.metrics import metric_table
from haproof.render.markup import Content, tag

CHARTS: dict[str, tuple[Callable[[Report], Chart | None], ...]] = {
    "VAL13": (failover_trials,),
    "VAL14": (lag_distribution, drains),
    "VAL15": (backup_restore,),
    "VAL16": (),
    "VAL17": (quorum_timeline, quorum_times),
}
"""The charts of each slice."""


def results(report: Report) -> Markup:
    """Everything that was measured."""
    return section(
        "results",
        2,
        "Measured results",
        coverage(report),
        window(report),
        [slice_section(report, result) for result in report.slices],
        class_="part",
    )


def coverage(report: Report) -> Markup:
    """One row for each slice."""
    rows = [_covered(row, result) for row, result in zip(report.proof.slices, report.slices, strict=True)]
    heads = ("Slice", "Result", "Checks", "Re-judged", "What it proves", "Recorded")
    return section(
        "coverage",
        3,
        "Scenario coverage",
        table("coverage", "The five slices, and how many checks of each hold", heads, rows, (2, 3)),
    )


def _covered(row: SliceRow, result: SliceResult) -> list[Content]:
    found = row.total is not None
    name: Content = [tag("span", link_to(row), class_="text"), tag("span", row.id, class_="note")]
    return [
        name,
        state(row.status),
        f"{row.passed}/{row.total}" if found else "–",
        f"{result.rejudged}/{row.total}" if found else "–",
        [PROVES[row.id], tag("span", row.detail, class_="note") if row.detail else None],
        tag("time", row.generated_at, datetime=row.generated_at) if row.generated_at else "–",
    ]


def link_to(row: SliceRow) -> Markup:
    """A slice's name, leading to its section."""
    return tag("a", row.name, href=f"#{row.id.lower()}")


def window(report: Report) -> Markup:
    """When the evidence was recorded."""
    judged = report.proof.evidence.window
    chart = evidence_window(report)
    word = "PASS" if judged.coherent else "NOT coherent"
    said = tag("p", state(word), " ", judged.detail, "; all five timestamps must lie within 6:00:00.")
    return section(
        "window", 3, "Evidence window", said, figure(chart) if chart else absent("No slice was found.")
    )


def slice_section(report: Report, result: SliceResult) -> Markup:
    """One slice: its state, its charts, its figures, its ten checks."""
    row = next(row for row in report.proof.slices if row.id == result.id)
    stem = result.source.slice.stem
    metrics: dict[str, Metric] | None = getattr(report.proof.metrics, stem)
    title: Content = [f"{row.name} ", tag("span", f"({_place(report, result)})", class_="place")]
    if metrics is None:
        return section(result.id.lower(), 3, title, tag("p", state(row.status)), absent(row.detail))
    charts = [chart for draw in CHARTS[result.id] if (chart := draw(report))]
    return section(
        result.id.lower(),
        3,
        title,
        tag("p", state(row.status), f" {row.passed} of {row.total} checks hold."),
        [figure(chart) for chart in charts],
        _thresholds_note(report) if stem == "replication_lag" else None,
        metric_table(f"{result.id.lower()}-metrics", row.name, metrics),
        _checks(result),
    )


def _place(report: Report, result: SliceResult) -> str:
    """Where the slice was run, as far as it is recorded."""
    words = platform_words(recorded_platform(report.slices, result.id))
    place = {"VAL13": words.cluster, "VAL14": words.replication}.get(result.id)
    return f"{result.id}, {place}" if place else result.id


def _thresholds_note(report: Report) -> Content:
    """The seed's own warning on derived thresholds."""
    if report.proof.thresholds is None:
        return tag("p", "No thresholds: idle or light p95 was not measured.", class_="note")
    return tag(
        "p",
        "Thresholds are derived from measured lab values (healthy = max(p95 × 3 + 1, 10)); they are not "
        "workplan targets. Recalibrate against production write_lag before alerting on them.",
        class_="note",
    )


def _checks(result: SliceResult) -> Markup:
    """The ten checks, each with what was found and its explanation."""
    key = f"{result.id.lower()}-checks"
    rows = [_check(entry) for entry in result.checks]
    total = len(result.checks)
    said = (
        f"The ten checks of {result.id}: {result.passed} of {total} hold, "
        f"{result.rejudged} re-judged from figures"
    )
    heads = ("Check", "Status", "What was found", "Criterion and meaning")
    return disclosure(said, table(key, f"Checks of {result.id}", heads, rows))


def _check(entry: CheckResult) -> list[Content]:
    """A check: PASS only where it was reported so and no figure contradicts it."""
    contradicted = (
        tag("span", "contradicted by its own figures", class_="note") if entry.contradicted else None
    )
    return [
        code(entry.check.id),
        [state("PASS" if entry.passed else "FAIL"), contradicted],
        _found(entry),
        [tag("span", entry.check.title, class_="text"), explained(entry.check.judge)],
    ]


def _found(entry: CheckResult) -> Content:
    """Each figure beside its rule; where there is none, the producer's word alone, and said to be that."""
    said: list[Content] = [_finding(finding) for finding in entry.findings]
    if not said:
        said = [f"as reported: {entry.entry.status}, no figures given"]
    if entry.entry.detail:
        said.append(tag("span", f"producer: {cut(entry.entry.detail)}", class_="note"))
    return items(said, "plain")


def _finding(finding: Finding) -> Content:
    """`sigterm_failover_ms 342 · sigterm_failover_ms <= 5,000`, marked where it is broken."""
    rule = tag("span", f"rule: {cut(finding.rule)}", class_="note")
    broken = None if finding.holds else tag("strong", " — broken", class_="broken")
    return [code(finding.name), f" {shown(finding.value, finding.limit)}", broken, rule]
