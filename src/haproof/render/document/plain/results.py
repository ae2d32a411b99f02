"""A section of measured results for each kind of evidence that is required, found or not run."""

from haproof.core.model import Beyond, SliceResult, SliceRow
from haproof.core.platform import platform_words
from haproof.core.report import Report
from haproof.core.topology import recorded_platform
from haproof.render.document.plain.figures import Metrics, said
from haproof.render.document.plain.lines import Labelled, Line, Lines, Title
from haproof.render.views import view_of


def results(report: Report) -> Lines:
    """Every section, in the order of the report."""
    rows: dict[str, SliceRow | Beyond] = {row.id: row for row in report.proof.slices}
    rows |= {row.id: row for row in report.proof.beyond}
    for result in report.results:
        yield from _section(report, rows[result.id], result)


def _section(report: Report, row: SliceRow | Beyond, result: SliceResult) -> Lines:
    """One kind: its figures as its view lays them out, or one a line; what the checks of an optional one
    came to, since the coverage does not list it."""
    view, metrics = view_of(result.source.kind), report.metrics(result)
    yield Title(
        view.heading(platform_words(recorded_platform(report.results, row.id))) or f"{row.name} ({row.id})"
    )
    if row.status == "MISSING":
        yield Line(f"no evidence ({row.detail})", 1)
    if metrics is not None:
        yield from (view.lines or _plain)(report, result, metrics)
    yield from (Line(f"Note: {remark}.", 1) for remark in result.remarks)
    if result.source.kind.role == "beyond" and row.status != "MISSING":
        failed = ", ".join(check.check.id for check in result.checks if not check.passed)
        yield Line(f"Checks: {row.passed} of {row.total} passed{f'; failed: {failed}' if failed else ''}", 1)


def _plain(report: Report, result: SliceResult, metrics: Metrics) -> Lines:
    """Each figure by its name, with target and status where a rule looks at it."""
    width = max(map(len, metrics), default=0) + 2
    for name, metric in metrics.items():
        yield Labelled(f"{name}:", width, said(metric))
