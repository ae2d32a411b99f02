"""The evidence window: when each required report was recorded."""

from datetime import datetime, timedelta

from haproof.core.instant import format_instant
from haproof.core.model import SliceResult
from haproof.core.report import Report
from haproof.core.targets import WINDOW_SECONDS
from haproof.core.window import in_full, in_words, spoken
from haproof.render.charts.chart import DIAMOND, Chart, Shape, Table, box, line, mark, named, words
from haproof.render.charts.scale import LEFT, Scale, elapsed
from haproof.render.charts.strip import axis

TOP, ROW, LANE = 24, 44, 16

LIMIT = timedelta(seconds=WINDOW_SECONDS)

LIMIT_SHOWN_FROM = 0.125
"""Share of the six hours from which the limit is drawn; a shorter run would be a speck beside it."""


def evidence_window(report: Report) -> Chart | None:
    """The required kinds on one time axis; None where none was found."""
    found = [result for result in report.slices if result.found]
    if not found:
        return None
    begins = [_begin(result) for result in found]
    ends = [_end(result) for result in found]
    origin, first, last = min(begins), min(ends), max(ends)
    limited = (last - first).total_seconds() >= WINDOW_SECONDS * LIMIT_SHOWN_FROM
    limit = (first - origin).total_seconds() + WINDOW_SECONDS
    length = max((last - origin).total_seconds(), limit if limited else 0, 1)
    scale, bottom = elapsed(length * 1.02), TOP + ROW * len(report.slices)
    window = scale.x((first - origin).total_seconds()), scale.x((last - origin).total_seconds())
    shapes = [box("blocked", *window, TOP, bottom - TOP), *axis(scale, TOP, bottom)]
    length_words = spoken(last - first, LIMIT)
    shapes.append(words("muted", sum(window) / 2, TOP - 9, f"window {length_words}"))
    if limited:
        shapes += _limit_line(scale.x(limit), bottom)
    for n, result in enumerate(report.slices):
        shapes += _row(result, origin, scale, TOP + ROW * n)
    return Chart(
        key="chart-window",
        title="When the evidence was recorded",
        description=_described(report, found, length_words),
        height=bottom + 24,
        shapes=tuple(shapes),
        legend="A line runs from start to report, a diamond is the time stamp; the tinted window must not "
        f"be longer than {in_full(LIMIT)}.",
        table=Table(("Slice", "Started", "Recorded"), tuple(_cells(result) for result in report.slices)),
    )


def _begin(result: SliceResult) -> datetime:
    """When the slice began, where it says so and that is not after its own report."""
    record = result.source.record
    begin: datetime = min(record.started_at or record.generated_at, record.generated_at)
    return begin


def _end(result: SliceResult) -> datetime:
    end: datetime = result.source.record.generated_at
    return end


def _limit_line(x: float, bottom: float) -> list[Shape]:
    return [line("target", x, TOP - 4, x, bottom), words("strong", x, TOP - 9, f"limit {in_full(LIMIT)}")]


def _row(result: SliceResult, origin: datetime, scale: Scale, y: float) -> list[Shape]:
    """A slice: its name, the time it ran, and a mark at its timestamp."""
    if not result.found:
        return [named(LEFT, y + 16, result.id, "over-text", "no evidence")]
    shapes = [named(LEFT, y + 16, result.id, "muted", _end(result).strftime("%H:%M:%S UTC"))]
    begin = scale.x((_begin(result) - origin).total_seconds())
    end = scale.x((_end(result) - origin).total_seconds())
    shapes.append(box("series", begin, end, y + 22 + LANE / 2 - 2, 4))
    return [*shapes, mark("series", end, y + 22 + LANE / 2, DIAMOND)]


def _cells(result: SliceResult) -> tuple[str, ...]:
    if not result.found:
        return (result.id, "no evidence", "no evidence")
    started = result.source.record.started_at
    return (result.id, _second(started) if started else "not recorded", _second(_end(result)))


def _second(instant: datetime) -> str:
    """To the second; the coverage states each time to the last digit."""
    return format_instant(instant.replace(microsecond=0)).replace("T", " ")


def _described(report: Report, found: list[SliceResult], length: str) -> str:
    window = report.proof.evidence.window
    state = "They are one coherent set" if window.coherent else "They are NOT coherent"
    return (
        f"Time stamps of the {len(found)} slices that were found, of {len(report.slices)}, on a time axis. "
        f"They run from {window.earliest} to {window.latest}, which is {length} (limit {in_full(LIMIT)}). "
        f"{state}: {in_words(window)}."
    )
