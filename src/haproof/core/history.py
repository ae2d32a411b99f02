"""Many runs in order of time, and the course of each figure over them. Pure.

A history may have ten thousand runs, so a `Collector` takes one line at a time and keeps little of it: what
is the same in many runs once, and figures in columns.
"""

import itertools
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from haproof.core.comparable import Comparable, found, obstacles, own_targets, system_version
from haproof.core.comparison import Difference
from haproof.core.described import Figure, metrics
from haproof.core.drift import UNKNOWN, Known, figure_order, lower_is_better, margin_percent
from haproof.core.history_line import Line, LineMetric, LineRow, LineTarget
from haproof.core.house import House
from haproof.core.instant import Instant, parse_instant
from haproof.core.metrics import plain_metrics

State = Literal["ready", "not ready", "inconclusive"]

STATUSES = (None, "PASS", "FAIL")
_CODES = {status: code for code, status in enumerate(STATUSES)}
_UNITS = ("ms", "rows", "count", "bytes")


class Run(Struct, frozen=True, kw_only=True):
    """One run. `run` is the SHA-256 that identifies its evidence; `at` the latest timestamp of it.

    `rows` are its slices, then the kinds of evidence beyond them; `says_no` is whether one of the slices
    fails (a kind beyond them changes no verdict); `comparable` is shared by runs alike.
    """

    run: str
    at: Instant | None
    evidence_of: str | None
    evidence_dir: str
    version: str
    verdict: str
    ready: bool
    says_no: bool
    passed: int
    total: int
    rows: tuple[LineRow, ...]
    comparable: Comparable

    @property
    def state(self) -> State:
        """Ready; not ready, because a slice that was found fails; or inconclusive."""
        if self.ready:
            return "ready"
        return "not ready" if self.says_no else "inconclusive"

    @property
    def day(self) -> str:
        """The date of its evidence (UTC)."""
        return self.at.date().isoformat() if self.at else "no known time"


class Point(Struct, frozen=True):
    """A figure in one run: its value (of an array the worst element), and its status.

    `given` is False where the run does not have the figure at all; a None that was given was not measured.
    """

    given: bool
    value: float | None
    status: str | None


class Series(Struct, frozen=True, kw_only=True):
    """One figure over all runs. `target` is that of the latest run that has one.

    `values` holds a number for each run, NaN where there is none, `given` whether the run has the figure, and
    `statuses` places in `STATUSES`.
    `conditions` are the settings under which it was measured, by name, likewise.
    """

    slice: str
    name: str
    figure: Figure
    unit: str | None
    target: LineTarget | None
    margin_percent: float | None
    values: Sequence[float]
    given: Sequence[int]
    statuses: Sequence[int]
    conditions: Mapping[str, Sequence[float]]

    def point(self, position: int) -> Point:
        """The figure in one run."""
        value = self.values[position]
        status = STATUSES[self.statuses[position]]
        return Point(bool(self.given[position]), None if math.isnan(value) else value, status)

    @property
    def limit(self) -> float | None:
        """The numeric target."""
        value = self.target.value if self.target else None
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


class History(Struct, frozen=True, kw_only=True):
    """Runs, oldest first, each once. `breaks[n]` says why run n cannot be compared with the one before it.

    `house` is what the figures are known by; `not_judged` is what newer versions wrote and this one does not
    know, and how many runs have it.
    """

    house: House
    runs: tuple[Run, ...]
    breaks: Mapping[int, tuple[Difference, ...]]
    series: tuple[Series, ...]
    not_judged: Mapping[str, int] = {}


class _Column:
    """One figure in the order in which runs were added, with gaps."""

    def __init__(self, slice_id: str, name: str) -> None:
        self.slice, self.name = slice_id, name
        self.unit: str | None = None
        self.rows, self.values, self.statuses = array("L"), array("d"), bytearray()
        self.targets: list[tuple[int, LineTarget]] = []

    def add(self, row: int, metric: LineMetric) -> None:
        value = metric.value
        kind = type(value)
        self.unit = metric.unit
        self.rows.append(row)
        self.values.append(value if kind is int or kind is float else _worst(value))
        self.statuses.append(_CODES.get(metric.status, 0))
        if metric.target is not None and (not self.targets or self.targets[-1][1] != metric.target):
            self.targets.append((row, metric.target))


class _Known:
    """What is said of the figures of one kind. `settings` are those under which others were measured."""

    def __init__(self, figures: Known) -> None:
        self._figures = figures
        self.order = figure_order(figures)
        self.settings = frozenset(name for figure in figures.values() for name in figure.under)
        self._together = frozenset(figure.trials for figure in figures.values())

    def figure(self, name: str) -> Figure:
        """What is said of one of them."""
        return self._figures.get(name, UNKNOWN)

    def has_a_course(self, name: str, metric: LineMetric) -> bool:
        """Whether less of it is better (trials are shown with their figure), or others depend on it."""
        better = name not in self._together and lower_is_better(self.figure(name), metric)
        return name in self.settings or better


_NOTHING = _Known({})


class Collector:
    """Takes lines in any order and gives the history; of lines of one run the first counts."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._own = own_targets(house)
        self._groups = {kind.stem: _Known(metrics(kind.record)) for kind in house.kinds}
        self._lowest = house.levels[0].key
        self._places = {kind.stem: (n, kind) for n, kind in enumerate(house.kinds)}
        self._runs: list[Run] = []
        self._known: set[str] = set()
        self._shared: dict[object, Comparable] = {}
        self._rows: dict[tuple[LineRow, ...], tuple[LineRow, ...]] = {}
        self._columns: dict[tuple[str, str], _Column] = {}
        self._kinds = frozenset(kind.id for kind in house.kinds)
        self._not_judged: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._runs)

    def add(self, line: Line) -> bool:
        """Whether this run is new."""
        if line.run in self._known:
            return False
        self._known.add(line.run)
        rows = tuple(LineRow(row.id, row.status) for row in (*line.slices, *line.beyond))
        self._runs.append(
            Run(
                run=line.run,
                at=None if line.evidence_of is None else parse_instant(line.evidence_of),
                evidence_of=line.evidence_of,
                evidence_dir=line.evidence_dir,
                version=system_version(line.topology.system),
                verdict=line.verdict,
                ready=line.ready[self._lowest],
                says_no=any(row.status == "FAIL" for row in line.slices),
                passed=line.summary.passed,
                total=line.summary.passed + line.summary.failed,
                rows=self._rows.setdefault(rows, rows),
                comparable=self._comparable(line),
            )
        )
        self._add_figures(line)
        if line.unread or not self._kinds.issuperset(row.id for row in rows):
            self._not_judged.update({row.id for row in rows} - self._kinds | {*line.unread})
        return True

    def _comparable(self, line: Line) -> Comparable:
        """One record for all runs that cannot be told apart by it."""
        limits = {
            (stem, name): metric.target
            for stem, group in line.metrics.items()
            if group
            for name, metric in group.items()
            if (stem, name) not in self._own
        }
        seen, beyond = found(line.slices), found(row for row in line.beyond if row.id in self._kinds)
        judged_by = line.generator.version
        key = (line.schema_version, judged_by, line.topology, seen, beyond, *limits.items())
        known = self._shared.get(key)
        if known is None:
            known = Comparable(
                schema_version=line.schema_version,
                judged_by=judged_by,
                topology=line.topology,
                found=seen,
                beyond=beyond,
                limits=limits,
            )
            self._shared[key] = known
        return known

    def _add_figures(self, line: Line) -> None:
        """The figures that have a course, and the settings that they depend on."""
        row, columns = len(self._runs) - 1, self._columns
        for stem, group in (*line.metrics.items(), *self._beyond(line)):
            for name, metric in (group or {}).items():
                column = columns.get((stem, name))
                if column is None:
                    known = self._groups.get(stem, _NOTHING)
                    if metric.unit not in _UNITS or not known.has_a_course(name, metric):
                        continue
                    column = columns[stem, name] = _Column(self._id(stem), name)
                column.add(row, metric)

    def _beyond(self, line: Line) -> Iterator[tuple[str, dict[str, LineMetric]]]:
        """The figures of optional kinds that this version knows."""
        for one in line.beyond:
            kind = self._house.kind(one.id)
            if kind is not None and one.metrics:
                figures = plain_metrics(kind, one.metrics)
                yield kind.stem, {name: LineMetric(each.value, each.unit) for name, each in figures.items()}

    def _id(self, stem: str) -> str:
        """The kind of a group of figures; the group's own name where no kind of it is known."""
        return self._places[stem][1].id if stem in self._places else stem

    def _order(self, key: tuple[str, str]) -> tuple[int, int, str, str]:
        """In the order of the contract; figures that it does not know come last, by name."""
        stem, name = key
        place, _ = self._places.get(stem, (len(self._places), None))
        number, _ = self._groups.get(stem, _NOTHING).order(name)
        return place, number, stem, name

    def history(self) -> History:
        """Everything so far."""
        runs = self._runs
        order = sorted(range(len(runs)), key=lambda n: _order(runs[n]))
        ordered = tuple(runs[n] for n in order)
        breaks = {
            n: stops
            for n, (before, after) in enumerate(itertools.pairwise(ordered), 1)
            if before.comparable is not after.comparable
            and (stops := obstacles(before.comparable, after.comparable))
        }
        place = {row: n for n, row in enumerate(order)}
        return History(
            house=self._house,
            runs=ordered,
            breaks=breaks,
            series=tuple(self._series(place)),
            not_judged=dict(sorted(self._not_judged.items())),
        )

    def _series(self, place: Mapping[int, int]) -> Iterable[Series]:
        """Every figure of which less is better and that any run measured, slice by slice."""
        dense = {key: _dense(column, place) for key, column in self._columns.items()}
        for key in sorted(dense, key=self._order):
            column, (values, given, statuses) = self._columns[key], dense[key]
            known = self._groups.get(key[0], _NOTHING)
            if column.name in known.settings or all(map(math.isnan, values)):
                continue
            target = max(((place[row], target) for row, target in column.targets), default=(0, None))[1]
            settings = ((name, dense.get((key[0], name))) for name in known.figure(column.name).under)
            yield Series(
                slice=column.slice,
                name=column.name,
                figure=known.figure(column.name),
                unit=column.unit,
                target=target,
                margin_percent=_margin(column, values[-1], target),
                values=values,
                given=given,
                statuses=statuses,
                conditions={name: found_[0] for name, found_ in settings if found_},
            )


def history(lines: Iterable[Line], house: House) -> History:
    """Sorted by time, each run once (the first one given stays), with the course of every figure."""
    collector = Collector(house)
    for line in lines:
        collector.add(line)
    return collector.history()


def _order(run: Run) -> tuple[bool, float, str, str]:
    """By time; runs without one come first, and equal times in an order that never changes."""
    return (run.at is not None, run.at.timestamp() if run.at else 0.0, run.evidence_dir, run.run)


def _dense(column: _Column, place: Mapping[int, int]) -> "tuple[array[float], bytearray, bytearray]":
    """A column with a place for each run, in their order: values, whether given, status."""
    values = array("d", [math.nan]) * len(place)
    given, statuses = bytearray(len(place)), bytearray(len(place))
    for row, value, status in zip(column.rows, column.values, column.statuses, strict=True):
        n = place[row]
        values[n], given[n], statuses[n] = value, 1, status
    return values, given, statuses


def _worst(value: object) -> float:
    """The largest of an array; NaN where one was not measured, and for what is no number."""
    if not isinstance(value, list) or not value:
        return math.nan
    if not all(type(one) is int or type(one) is float for one in value):
        return math.nan
    return float(max(value))


def _margin(column: _Column, latest: float, target: LineTarget | None) -> float | None:
    """The latest run's distance to the target, in percent of it."""
    if math.isnan(latest):
        return None
    return margin_percent(LineMetric(latest, column.unit, target))
