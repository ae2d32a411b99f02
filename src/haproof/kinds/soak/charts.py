"""VAL18's charts: each day with what was observed and what happened in it, and every failover."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from msgspec import UNSET, Struct

from haproof.core.model import SliceResult
from haproof.core.report import Report
from haproof.kinds.soak.gap import percent
from haproof.kinds.soak.limits import FAILOVER_MS, GOAL_DAYS, UNPLANNED_MS, UPTIME
from haproof.kinds.soak.record import SoakRecord
from haproof.render.charts.chart import CROSS, DIAMOND, Chart, Shape, Table, box, dot, line, mark, words
from haproof.render.charts.scale import LEFT, RIGHT, logarithmic
from haproof.render.charts.strip import Measurements, all_values, axis, heading, measurements, strip
from haproof.render.document.wording import NO_BREAK, bound, counted, rounded

MOST_COLUMNS = 90
"""Days beyond this share a column."""

MOST_ROWS = 20
"""Days that the table names; the others are counted."""

DAY_HOURS = 24.0
WHOLE = 0.99
"""The part of a day that counts as all of it: 1 % of the probes may be missing (VAL18-07)."""

TOP, LANE, EVENTS = 22, 56, 22
ROW, STRIP = 62, 34


class Day(Struct, frozen=True):
    """One column: the days in it, hours observed, seconds of downtime, and what happened."""

    first: int
    last: int
    hours: float
    downtime_s: float
    scheduled: int
    unplanned: int
    reboots: int
    clock_steps: int

    @property
    def length_h(self) -> float:
        """Hours that these days have."""
        return (self.last - self.first + 1) * DAY_HOURS

    @property
    def eventful(self) -> bool:
        """Whether anything happened, or some of it was not observed."""
        return bool(self.happened) or self.downtime_s > 0 or self.hours < self.length_h * WHOLE

    @property
    def happened(self) -> str:
        """`1 scheduled failover, 1 reboot`; empty for nothing."""
        named = (
            (self.scheduled, "scheduled failover"),
            (self.unplanned, "unplanned failover"),
            (self.reboots, "reboot"),
            (self.clock_steps, "clock step"),
        )
        return ", ".join(counted(number, word) for number, word in named if number)

    @property
    def name(self) -> str:
        """`day 3`, `days 1 to 2`."""
        return f"day {self.first}" if self.first == self.last else f"days {self.first} to {self.last}"


def days(report: Report, result: SliceResult) -> Chart | None:
    """A column for each day: as high as it was observed, red where more of it was down than Gate D allows;
    marks for failovers, reboots and clock steps. None where no day is told."""
    record = result.source.record
    if not isinstance(record, SoakRecord):
        return None
    columns = _columns(record)
    if not columns:
        return None
    count = columns[-1].last
    goal = max(count, ceil(record.metrics.goal_days or GOAL_DAYS) if not record.metrics.compressed else count)
    goal = min(goal, max(count, 10 * GOAL_DAYS))
    bottom = TOP + LANE
    shapes: list[Shape] = [box("lane", LEFT, RIGHT, TOP, LANE)]
    for column in columns:
        shapes += _drawn(column, goal, bottom)
    shapes += _axis(goal, bottom)
    return Chart(
        key="chart-soak-days",
        title="Every day of the soak",
        description=_described(columns, goal, record),
        height=bottom + EVENTS + 24,
        shapes=tuple(shapes),
        table=_table(columns),
        legend=(
            "A column is a day, as high as the part of it that was observed, red where more than 0.1 % of it "
            "was downtime; below it a dot is a scheduled failover, a diamond an unplanned one, a cross a "
            "reboot of the observing machine or a clock step."
        ),
    )


def _columns(record: SoakRecord) -> list[Day]:
    """The days, several to a column where there are many; arrays that are shorter than others say nothing of
    the days that they lack."""
    told = record.observations
    hours = _array(told, "day_observed_hours")
    if not hours:
        return []
    each = ceil(len(hours) / MOST_COLUMNS)
    columns = []
    for first in range(0, len(hours), each):
        part = slice(first, min(first + each, len(hours)))
        columns.append(
            Day(
                first + 1,
                part.stop,
                _sum(hours, part),
                _sum(_array(told, "day_downtime_seconds"), part),
                int(_sum(_array(told, "day_scheduled_failovers"), part)),
                int(_sum(_array(told, "day_unplanned_failovers"), part)),
                int(_sum(_array(told, "day_reboots"), part)),
                int(_sum(_array(told, "day_clock_jumps"), part)),
            )
        )
    return columns


def _array(told: Any, name: str) -> Sequence[float | None]:
    found = getattr(told, name, None)
    return () if found is None or found is UNSET else found


def _sum(values: Sequence[float | None], part: slice) -> float:
    return sum(value for value in values[part] if value is not None)


def _down(column: Day) -> bool:
    """Whether more of it was downtime than Gate D allows over the whole soak."""
    return column.downtime_s > (1 - UPTIME) * column.length_h * 3600


def _drawn(column: Day, goal: int, bottom: float) -> list[Shape]:
    width = (RIGHT - LEFT) / goal
    left, right = LEFT + (column.first - 1) * width, LEFT + column.last * width
    size = LANE * min(column.hours / column.length_h, 1)
    gap = (right - left) * 0.08
    ink = "over-fill" if _down(column) else "series"
    shapes = [box(ink, left + gap, right - gap, bottom - size, size)] if size else []
    middle, y = (left + right) / 2, bottom + 11
    marks = [dot("series", middle, y, 3.5)] if column.scheduled else []
    marks += [mark("over-fill", middle, y, DIAMOND)] if column.unplanned else []
    marks += [mark("over", middle, y, CROSS)] if column.reboots or column.clock_steps else []
    return shapes + marks


def _axis(goal: int, bottom: float) -> list[Shape]:
    """The days that were agreed on, and a name every few of them."""
    shapes = [line("axis", LEFT, bottom, RIGHT, bottom), line("axis", LEFT, TOP, RIGHT, TOP)]
    shapes.append(words("muted", LEFT, TOP - 6, "observed: all of the day", "start"))
    step = next(step for step in (1, 5, 10, 50, 100, 500, 1_000, 10**9) if goal / step <= 6)
    for day in range(step, goal + 1, step):
        x = LEFT + (RIGHT - LEFT) * (day - 0.5) / goal
        shapes.append(words("muted", x, bottom + EVENTS + 16, f"day {day:,}" if day == step else f"{day:,}"))
    return shapes


def _table(columns: Sequence[Day]) -> Table:
    """The days on which something happened or was not seen; the others are counted."""
    rows: list[tuple[str, ...]] = []
    left = 0
    alone = len(columns) == 1  # nothing to be told apart from: its figures are all that there is
    for column in columns:
        if not (column.eventful or alone) or len(rows) == MOST_ROWS:
            left += column.last - column.first + 1
            continue
        observed = f"{rounded(column.hours)}{NO_BREAK}h"
        rows.append((column.name, observed, f"{rounded(column.downtime_s)}{NO_BREAK}s", column.happened))
    if left:
        rows.append((f"{left:,} other {'day' if left == 1 else 'days'}", "", "", ""))
    return Table(("Day", "Observed", "Downtime", "Events"), tuple(rows))


def _described(columns: Sequence[Day], goal: int, record: SoakRecord) -> str:
    down = [column.name for column in columns if _down(column)]
    uptime = record.metrics.uptime
    said = "not measured" if uptime is None else percent(uptime)
    return (
        f"{columns[-1].last} of {goal} days, a column for each; uptime {said}. "
        f"More downtime than 0.1 % of the day: {', '.join(down[:10]) or 'none'}. "
        f"Scheduled failovers {sum(one.scheduled for one in columns)}, unplanned "
        f"{sum(one.unplanned for one in columns)}, reboots {sum(one.reboots for one in columns)}, "
        f"clock steps {sum(one.clock_steps for one in columns)}."
    )


def failovers(report: Report, result: SliceResult) -> Chart | None:
    """Every failover of the soak against its limit; None where there was none."""
    record = result.source.record
    if not isinstance(record, SoakRecord):
        return None
    named = (
        measurements("Scheduled", record.metrics.failover_ms, FAILOVER_MS),
        measurements("Unplanned", record.metrics.unplanned_failover_ms, UNPLANNED_MS),
    )
    rows = [row for row in named if row is not None]
    if not all_values(rows):
        return None
    scale = logarithmic([*all_values(rows), FAILOVER_MS, UNPLANNED_MS])
    bottom = TOP + ROW * len(rows) - 6
    shapes: list[Shape] = axis(scale, TOP, bottom)
    for n, row in enumerate(rows):
        y = TOP + 20 + ROW * n
        shapes.append(heading(row, y - 6, _summary(row)))
        shapes.append(box("lane", LEFT, RIGHT, y, STRIP, 3))
        shapes += strip(row, scale, y, STRIP)
        edge = scale.x(row.limit or 0)
        shapes.append(line("target", edge, y - 2, edge, y + STRIP + 2))
    return Chart(
        key="chart-soak-failovers",
        title="Every failover of the soak",
        description="Logarithmic time axis in milliseconds. "
        + "; ".join(f"{row.name}: {_summary(row)}, limit {row.limit:,} ms" for row in rows)
        + ".",
        height=bottom + 24,
        shapes=tuple(shapes),
        table=Table(
            ("Failovers", "n", "Median", "Worst", "Limit"),
            tuple(
                (row.name, f"{row.count:,}", row.middle(), row.worst(), bound("<=", row.limit, "ms"))
                for row in rows
            ),
        ),
        legend=(
            "Logarithmic axis; a dot is a failover, a cross one beyond its limit, a solid line the median, a "
            "dashed line a limit."
        ),
    )


def _summary(row: Measurements) -> str:
    return f"worst {row.worst()}, n = {row.count:,}"
