"""A soak's journal added up, line by line: what was observed, what was not, and what was wrong.

What counts as time survived is the time between two probes of one boot that follow each other in time, in a
journal that nobody changed, with a wall clock that nobody stepped. Everything else is a gap.
"""

from collections.abc import Iterable

from haproof.core.soak.days import Day, Totals
from haproof.core.soak.failovers import Failovers
from haproof.core.soak.lines import DAY_MS, HOUR_MS, Line, Moment, Plan

JUMP_MS = 2_000
"""A change of wall clock against the clock since boot beyond this is a step (ha-systems, VAL18): slewing
moves both."""

MOST_REMEMBERED = 20
"""Faults that are kept in words; the others are counted."""


class NoSoak(ValueError):
    """The lines do not begin with a setup."""


class Fold:
    """What a journal amounts to so far. `step` takes its lines in order; `plan` is that of the first.

    `span_ms` is the simulated time since setup, gaps included (over a reboot: by the wall clock, at least 0).
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.totals = Totals()
        self.days: list[Day] = []
        self.failovers = Failovers()
        self.acknowledged: list[list[int]] = []
        self.faults: list[str] = []
        self.state_fault: str | None = None
        self.anchors: dict[int, str] = {}
        self.summaries: set[int] = set()
        self.last: Line | None = None
        self.span_ms = 0.0
        self.last_slot = -1
        self.checked: int | None = None
        self.lost = 0
        self.peak_bytes = 0
        self.cpu_ms = 0
        self.last_probe_ok: bool | None = None
        self.last_why: str | None = None
        self._probe_up_ms: int | None = None
        self._offset_ms = 0
        self._clear = False
        self._fresh = True
        self._most_up_ms = 0
        self._ended_boots: dict[str, int] = {}
        self._at_day_start = Totals()
        self._day_from_ms = 0

    @classmethod
    def begun(cls, first: Line) -> "Fold":
        """The fold of a journal with this first line. Raises NoSoak where it is no setup."""
        if first.kind != "setup" or first.plan is None:
            raise NoSoak("the first line is not the setup of a soak")
        fold = cls(first.plan)
        fold.last, fold._day_from_ms = first, first.at_ms
        fold._offset_ms = first.at_ms - first.up_ms
        return fold

    @property
    def intact(self) -> bool:
        """Whether no line was changed, added, or taken away, as far as the journal itself can show."""
        return self.totals.faults == 0

    @property
    def probe_age_ms(self) -> float | None:
        """Simulated time from the last probe to the last line; None where no probe was made in this boot."""
        if self._probe_up_ms is None or self.last is None or self.last_probe_ok is None:
            return None
        return (self.last.up_ms - self._probe_up_ms) * self.plan.compression

    def fault(self, sentence: str) -> None:
        """State and journal, or two lines, disagree: nothing on either side of it is time survived."""
        self.totals.faults += 1
        self._clear = False
        if len(self.faults) < MOST_REMEMBERED:
            self.faults.append(sentence)

    def step(self, line: Line, linked: bool) -> None:
        """The next line; `linked`: its `prev` and its number follow from the line before."""
        if not linked:
            self.fault(f"line {line.n} does not follow from the line before it")
        last = self.last
        if last is None or line.boot != last.boot:
            self._rebooted(line)
        else:
            passed = line.up_ms - last.up_ms
            if passed < 0:
                self.fault(f"line {line.n}: the clock since boot went back")
                passed = 0
                self._probe_up_ms = None
            drift = line.at_ms - line.up_ms - self._offset_ms
            if drift > JUMP_MS or drift < -JUMP_MS:
                self._jumped(line)
            self.span_ms += passed * self.plan.compression
        if self.span_ms >= (len(self.days) + 1) * DAY_MS:
            self._close_days(line)
        self._fresh = line.up_ms >= self._most_up_ms
        if self._fresh:
            self._most_up_ms = line.up_ms
        self.last = line
        if line.kind == "probe":
            self._probe(line)
        else:
            self._event(line)

    def span_at(self, now: Moment) -> float:
        """`span_ms` as the next line would make it."""
        last = self.last
        if last is None:
            return self.span_ms
        same = now.boot == last.boot
        passed = now.up_ms - last.up_ms if same else now.at_ms - last.at_ms
        return self.span_ms + max(passed, 0) * self.plan.compression

    def finish(self) -> "Fold":
        """The end of the journal: probes that are missing since the last one, a failover nobody measured."""
        self.failovers.abandoned()
        if self._probe_up_ms is not None and self.last is not None and self.last.kind != "probe":
            self.totals.missing += int(self._since_probe(self.last.up_ms) / self.plan.probe_interval_ms)
        return self

    def _since_probe(self, up_ms: int) -> float:
        return 0.0 if self._probe_up_ms is None else (up_ms - self._probe_up_ms) * self.plan.compression

    def _jumped(self, line: Line) -> None:
        self.totals.clock_jumps += 1
        self._offset_ms = line.at_ms - line.up_ms
        self._clear = False

    def _rebooted(self, line: Line) -> None:
        """Nobody saw the service while the machine was away: that is downtime, and no time survived."""
        last = self.last
        gap = 0.0
        if last is not None:
            gap = (line.at_ms - last.at_ms) * self.plan.compression
            if gap < 0:
                self.totals.clock_jumps += 1
                gap = 0.0
            unseen = self._since_probe(last.up_ms) + gap
            if self.last_probe_ok is not None:
                self.totals.missing += int(unseen / self.plan.probe_interval_ms)
                self.totals.downtime_ms += unseen
            self._ended_boots[last.boot] = self._most_up_ms
        if line.boot in self._ended_boots:
            self.fault(f"line {line.n}: a boot that had ended is back")
        self._most_up_ms = self._ended_boots.get(line.boot, 0)
        self.totals.reboots += 1
        self.span_ms += gap
        self._offset_ms = line.at_ms - line.up_ms
        self._clear = False
        self._probe_up_ms = line.up_ms
        if self.last_probe_ok is not None:
            self.last_probe_ok = True  # what it was before is in the gap
        self.failovers.rebooted()

    def _close_days(self, line: Line) -> None:
        while self.span_ms >= (len(self.days) + 1) * DAY_MS:
            added = self.totals.since(self._at_day_start)
            self.days.append(Day(len(self.days) + 1, self._day_from_ms, line.at_ms, added, line.prev))
            self._at_day_start, self._day_from_ms = self.totals.copy(), line.at_ms

    def _probe(self, line: Line) -> None:
        totals, ok = self.totals, line.ok
        totals.probes += 1
        if self._probe_up_ms is not None:
            passed = (line.up_ms - self._probe_up_ms) * self.plan.compression
            missing = int(passed / self.plan.probe_interval_ms + 0.5) - 1
            if missing > 0:
                totals.missing += missing
            elif self._clear and self._fresh:
                totals.counted_ms += passed
            if not ok or self.last_probe_ok is False:
                totals.downtime_ms += passed
        self._clear = self._fresh  # what was counted once is not counted again
        self._probe_up_ms = line.up_ms
        self.last_probe_ok = ok
        if not ok:
            totals.failed += 1
            self.last_why = line.why
        if line.row is not None:  # acknowledged, though perhaps not to be read back
            self._row(line.row)
            if self.failovers.acknowledged(line):
                totals.unplanned_failovers += 1

    def _row(self, row: int) -> None:
        runs = self.acknowledged
        if runs and runs[-1][1] == row - 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])

    def _event(self, line: Line) -> None:
        kind, totals = line.kind, self.totals
        if kind == "start":
            totals.starts += 1
            self.failovers.prober_started()
        elif kind == "round-start":
            self.failovers.abandoned()
        elif kind == "round-end":
            self._round(line)
        elif kind == "failover-start":
            self.failovers.began(line)
            totals.scheduled_failovers += 1
        elif kind == "failover-end":
            self.failovers.ended(line)
            for low, high in line.rows or ():
                self.acknowledged.append([low, high])
        elif kind == "unwritten":
            totals.unwritten += line.count
        elif kind == "fault":
            self.fault(line.why or "state and journal disagree")
        elif kind == "anchor":
            self._anchor(line)
        elif kind == "day" and line.day is not None:
            self.summaries.add(line.day)
        elif kind == "cost":
            self.peak_bytes = max(self.peak_bytes, line.peak_bytes or 0)
            self.cpu_ms += line.cpu_ms or 0
        elif kind == "setup":
            self.fault(f"line {line.n}: a second setup")

    def _round(self, line: Line) -> None:
        """A round that compared nothing is none: it is tried again."""
        if line.checked is None:
            return
        self.checked = line.checked
        self.lost = max(self.lost, line.lost)
        if line.slot > self.last_slot:
            self.totals.rounds += 1
            self.last_slot = line.slot

    def _anchor(self, line: Line) -> None:
        day = line.day or 0
        known = self.days[day - 1].digest if 0 < day <= len(self.days) else None
        if known is None or known != line.digest:
            self.fault(f"line {line.n}: day {day} was anchored with another digest than it has")
        else:
            self.anchors[day] = line.to or "elsewhere"


def lost_rows(runs: list[list[int]], present: Iterable[int]) -> tuple[int, int, list[int]]:
    """Acknowledged rows held against those that are there: how many were compared, how many are lost, and the
    first few of those. Both in no order; rows that nobody acknowledged may be there."""
    there = set(present)
    checked, lost = 0, 0
    first: list[int] = []
    for low, high in runs:
        checked += high - low + 1
        for row in range(low, high + 1):
            if row not in there:
                lost += 1
                if len(first) < MOST_REMEMBERED:
                    first.append(row)
    return checked, lost, first


def slot_of(span_ms: float, plan: Plan) -> int:
    """Which round's time it is: 0 for the first interval."""
    return int(span_ms // (plan.interval_hours * HOUR_MS))
