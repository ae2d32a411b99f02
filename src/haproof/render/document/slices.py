"""Each slice as the documents show it: one line that stands for it, then charts, figures and checks."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from haproof.core.explain import explain
from haproof.core.figures import cut
from haproof.core.model import CheckResult, Metric, Report, SliceResult, SliceRow
from haproof.core.platform import platform_words
from haproof.core.topology import recorded_platform
from haproof.render.charts import CHARTS, Chart
from haproof.render.document.figures import Figure, Found, figures, found, headlines, poll_interval
from haproof.render.document.labels import PROVES
from haproof.render.document.wording import counted, rounded, signs


class Check(Struct, frozen=True, kw_only=True):
    """One check of a slice: PASS only where it was reported so and no figure contradicts it. `blamed` tells
    whether it is a reason why the report is not ready.

    `found` is empty where no figure was given; `detail` is what the producer says of it.
    """

    id: str
    title: str
    status: str
    contradicted: bool
    blamed: bool
    reported: str
    found: tuple[Found, ...]
    detail: str
    judge: Callable[..., Any]


class SliceView(Struct, frozen=True, kw_only=True):
    """One slice. Without evidence `detail` says why, and there is nothing else; `blamed` as for a check."""

    id: str
    name: str
    status: str
    place: str
    proves: str
    how: str
    not_proved: str
    recorded: str | None
    detail: str
    blamed: bool = False
    counts: str = ""
    polled: str = ""
    figures: tuple[Figure, ...] = ()
    checks: tuple[Check, ...] = ()
    charts: tuple[Chart, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is evidence at all."""
        return self.status != "MISSING"

    @property
    def headlines(self) -> tuple[Figure, ...]:
        """The figures that stand for it."""
        return headlines(self.figures)

    @property
    def judged(self) -> tuple[Figure, ...]:
        """The figures that some check is tied to."""
        return tuple(figure for figure in self.figures if figure.status is not None)

    @property
    def informational(self) -> tuple[Figure, ...]:
        """The others."""
        return tuple(figure for figure in self.figures if figure.status is None)


def slices(report: Report) -> tuple[SliceView, ...]:
    """Every slice, in order."""
    rows = {row.id: row for row in report.proof.slices}
    return tuple(_view(report, rows[result.id], result) for result in report.slices)


def _view(report: Report, row: SliceRow, result: SliceResult) -> SliceView:
    metrics: dict[str, Metric] = getattr(report.proof.metrics, result.source.slice.stem) or {}
    words = explain(row.id)[0]
    interval = poll_interval(metrics)
    blamed = frozenset(reason.check for reason in report.proof.reasons)
    return SliceView(
        id=row.id,
        name=row.name,
        status=row.status,
        place=_place(report, result),
        proves=PROVES.get(row.id, words.meaning),
        how=words.how,
        not_proved=words.not_proved,
        recorded=row.generated_at,
        detail=row.detail or "",
        blamed=row.status != "PASS" or any(reason.slice == row.id for reason in report.proof.reasons),
        counts=_counts(row, result) if row.total is not None else "",
        polled=f"±{rounded(interval)} ms: the status was polled every {rounded(interval)} ms."
        if interval
        else "",
        figures=figures(metrics),
        checks=tuple(_check(entry, blamed) for entry in result.checks),
        charts=tuple(chart for draw in CHARTS.get(row.id, ()) if (chart := draw(report))),
    )


def _counts(row: SliceRow, result: SliceResult) -> str:
    """`10 of 10 checks pass, 10 judged again from figures`."""
    total = counted(row.total or 0, "check")
    return f"{row.passed} of {total} pass, {result.rejudged} judged again from figures"


def _place(report: Report, result: SliceResult) -> str:
    """Where the slice was run, as far as it is recorded."""
    words = platform_words(recorded_platform(report.slices, result.id))
    return words.replication if result.source.slice.stem == "replication_lag" else words.cluster


def _check(entry: CheckResult, blamed: frozenset[str | None]) -> Check:
    return Check(
        id=entry.check.id,
        title=signs(entry.check.title),
        status="PASS" if entry.passed else "FAIL",
        contradicted=entry.contradicted,
        blamed=not entry.passed or entry.check.id in blamed,
        reported=entry.entry.status,
        found=tuple(found(finding) for finding in entry.findings),
        detail=cut(entry.entry.detail) if entry.entry.detail else "",
        judge=entry.check.judge,
    )
