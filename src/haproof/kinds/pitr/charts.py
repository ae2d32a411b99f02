"""PITR's chart: the writes before, at and after the moment T, and how many of them the copy has."""

from msgspec import Struct

from haproof.core.figures import cut, separated
from haproof.core.model import SliceResult
from haproof.core.report import Report
from haproof.kinds.pitr.record import PitrMetrics, PitrRecord
from haproof.render.charts.chart import POINTER, Chart, Shape, Table, box, line, mark, words
from haproof.render.charts.scale import LEFT, RIGHT
from haproof.render.document.wording import NOT_MEASURED

FIRST, LAST = 0.5, 0.78
"""Where the writes in flight at T begin and end. Not to scale: they are a handful of thousands."""

TOP, LANE = 44, 34

WITHIN = "within bounds"


class Bounds(Struct, frozen=True):
    """How many writes must be there, how many may be, and how many are."""

    least: int
    most: int
    rows: int

    @property
    def x(self) -> float:
        """Where the copy stands: left of what must be there, in between, or right of what may be."""
        if self.rows < self.least:
            return LEFT + (FIRST - LEFT) * 0.96 * self.rows / self.least
        if self.rows > self.most:
            return (LAST + RIGHT) / 2
        spare = self.most - self.least
        return FIRST + (LAST - FIRST) * (0.06 + 0.88 * ((self.rows - self.least) / spare if spare else 0.5))

    @property
    def fault(self) -> str:
        """`5,028 missing`, `3 too many`; empty where the copy is within its bounds."""
        missing, more = self.least - self.rows, self.rows - self.most
        if missing > 0:
            return f"{separated(missing)} missing"
        return f"{separated(more)} too many" if more > 0 else ""


def restored(report: Report, result: SliceResult) -> Chart | None:
    """None where one of the three numbers was not measured."""
    record = result.source.record
    if not isinstance(record, PitrRecord):
        return None
    metrics = record.metrics
    least, most, rows = metrics.acknowledged_before, metrics.sent_before, metrics.rows_restored
    if least is None or most is None or rows is None or most < least:
        return None
    found = Bounds(least, most, rows)
    bottom = TOP + LANE
    return Chart(
        key="chart-pitr",
        title="What the copy restored to the moment T has",
        description=_described(found, metrics),
        height=bottom + 62,
        shapes=(*_lanes(bottom), *_copy(found), *_names(found, bottom)),
        table=_table(found),
        legend=(
            f"Not to scale. T was {_moment(metrics)} by the server's clock; the triangle is the copy; what "
            "was in flight at T may be there or not."
        ),
    )


def _lanes(bottom: float) -> list[Shape]:
    """What must be there, what may be, what must not."""
    shapes = [
        box("healthy", LEFT, FIRST, TOP, LANE),
        box("blocked", FIRST, LAST, TOP, LANE),
        box("alert", LAST, RIGHT, TOP, LANE),
    ]
    shapes += [line("axis", x, TOP, x, bottom + 5) for x in (FIRST, LAST)]
    shapes.append(line("axis", LEFT, bottom, RIGHT, bottom))
    shapes.append(words("text", LEFT + 0.01, TOP + 21, "must be there", "start"))
    shapes.append(words("text", (LAST + RIGHT) / 2, TOP + 21, "must not", "middle"))
    return shapes


def _copy(found: Bounds) -> list[Shape]:
    """The copy, and its number of rows above."""
    ink = "over-text" if found.fault else "strong"
    text = f"{separated(found.rows)} restored" + (f": {found.fault}" if found.fault else "")
    return [
        words(ink, found.x, 14, text),
        line("outline", found.x, 20, found.x, TOP + LANE),
        mark("series", found.x, TOP - 8, POINTER),
    ]


def _names(found: Bounds, bottom: float) -> list[Shape]:
    """The bounds below, one under the other so that neither covers the other."""
    return [
        words("muted", FIRST, bottom + 18, f"acknowledged: {separated(found.least)}", "end"),
        words("muted", LAST, bottom + 36, f"sent: {separated(found.most)}", "end"),
    ]


def _moment(metrics: PitrMetrics) -> str:
    return cut(metrics.target_time) if metrics.target_time else NOT_MEASURED


def _table(found: Bounds) -> Table:
    rows = (
        ("Acknowledged before T: must be there", separated(found.least)),
        ("Restored to T", separated(found.rows)),
        ("Sent before T: nothing beyond", separated(found.most)),
        ("The copy is", (found.fault or WITHIN)),
    )
    return Table(("Writes", "Number"), rows)


def _described(found: Bounds, metrics: PitrMetrics) -> str:
    return (
        f"From left to right, not to scale: {separated(found.least)} writes acknowledged before T "
        f"({_moment(metrics)}), which must be there; those in flight, up to "
        f"{separated(found.most)} sent before T, which may be; later ones, which must not. The copy has "
        f"{separated(found.rows)} rows: {found.fault or WITHIN}."
    )
