"""A round: decide whether one is due, compare every acknowledged row, fail over where that is planned, sum up
finished days and have their digests anchored."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from haproof.core.soak.days import Day
from haproof.core.soak.fold import Fold, lost_rows
from haproof.core.soak.lines import HOUR_MS
from haproof.core.soak.schedule import Decision, days_to_summarise, decide, failover_due
from haproof.errors import OutputError
from haproof.soak.clock import moment
from haproof.soak.database import run_command
from haproof.soak.failover import Measured, measure, serving
from haproof.soak.folder import Busy, SoakFolder, Target
from haproof.soak.opening import same_system
from haproof.soak.prober import ROWS_OF_A_RUN
from haproof.soak.system import System, Unreachable

PLANNED_LIMIT_MS = 10_000
SILENT_INTERVALS = 3
"""Without a probe for so many intervals the prober is said to be missing."""


@dataclass
class RoundEnd:
    """What a round came to, in sentences; `status` is the command's (0, 1 or 3)."""

    sentences: list[str] = field(default_factory=list)
    status: int = 0

    def say(self, sentence: str, status: int = 0) -> None:
        """One sentence more; the gravest status counts, and 1 wins over 3."""
        self.sentences.append(sentence)
        if status == 1 or (status and not self.status):
            self.status = status


Opened = Callable[[Target, str], System]


def make_round(folder: SoakFolder, opened: Opened, order_failover: bool) -> RoundEnd:
    """Make the round that is due, if one is. Raises UsageError, NotWritten."""
    outcome = RoundEnd()
    try:
        with folder.alone("round"):
            fold = folder.resume()
            decision = decide(fold, moment())
            if not decision.makes and not order_failover:
                folder.journal.append("skip", decision=decision.kind, slot=decision.slot)
                hours = decision.wait_ms / HOUR_MS
                outcome.say(f"early: the next round is due in {hours:.2f} h; nothing was done")
            else:
                _Round(folder, fold, decision, outcome).make(opened, order_failover)
            _watch_prober(folder.read(), outcome)
            folder.save(fold.plan)
    except Busy:
        folder.journal.append("skip", decision="overlapping")
        outcome.say("overlapping: another round is being made; nothing was done")
    return outcome


class _Round:
    def __init__(self, folder: SoakFolder, fold: Fold, decision: Decision, outcome: RoundEnd) -> None:
        self._folder = folder
        self._journal = folder.journal
        self._fold = fold
        self._decision = decision
        self._outcome = outcome

    def make(self, opened: Opened, order_failover: bool) -> None:
        target, decision = self._folder.target(), self._decision
        kind = decision.kind if decision.makes else "ordered"
        begun = self._journal.append("round-start", slot=decision.slot, decision=kind)
        system = opened(target, self._fold.plan.soak)
        try:
            same_system(system.identity(), self._fold.plan)
            if order_failover or failover_due(self._fold):
                self._fail_over(system, begun.n * ROWS_OF_A_RUN)
            self._compare(system)
        except Unreachable as fault:
            self._journal.append("round-end", slot=decision.slot, why=str(fault)[:200])
            self._outcome.say(
                f"round {decision.slot + 1} compared nothing, so it counts as not made: {fault}; "
                "it is tried again when the timer calls next", 3,
            )  # fmt: skip
        finally:
            system.close()
        self._sum_up(target)

    def _fail_over(self, system: System, row: int) -> None:
        measured = Measured()
        old, row = serving(system, row, measured)
        if old is None:
            raise Unreachable(f"nobody serves, so no failover was ordered ({measured.why})")
        self._journal.append("failover-start", server=old)
        measure(system, old, row, measured)
        self._journal.append(
            "failover-end", ms=measured.ms, server=measured.server, why=measured.why, rows=measured.rows
        )
        if measured.ms is None:
            self._outcome.say(f"planned failover from {old}: nobody took over ({measured.why})", 1)
        else:
            late = measured.ms > PLANNED_LIMIT_MS
            self._outcome.say(
                f"planned failover: {measured.server} served after {measured.ms:,.0f} ms "
                f"(limit {PLANNED_LIMIT_MS:,} ms)", int(late),
            )  # fmt: skip

    def _compare(self, system: System) -> None:
        # The journal first, the rows second: a row that is acknowledged meanwhile cannot be missed then.
        fold = self._folder.read()
        checked, lost, first = lost_rows(fold.acknowledged, system.rows())
        self._journal.append("round-end", slot=self._decision.slot, checked=checked, lost=lost)
        number, kind = self._decision.slot + 1, self._decision.kind
        if lost:
            some = ", ".join(map(str, first[:3]))
            self._outcome.say(
                f"round {number}: {lost:,} of {checked:,} acknowledged rows lost or changed (such as {some})",
                1,
            )
        else:
            missed = f", {self._decision.missed} missed before it" if self._decision.missed else ""
            self._outcome.say(f"round {number} ({kind}{missed}): all {checked:,} acknowledged rows are there")

    def _sum_up(self, target: Target) -> None:
        fold = self._folder.read()
        for number in days_to_summarise(fold):
            day = fold.days[number - 1]
            try:
                self._folder.write_day(number, _summary(day, fold))
            except OutputError as fault:
                self._outcome.say(str(fault), 3)
                return
            self._journal.append("day", day=number, digest=day.digest)
            self._outcome.say(f"day {number} is over; its digest is {day.digest}")
        if target.anchor_command:
            for day in fold.days:
                if day.number not in fold.anchors:
                    self._anchor(day, target)

    def _anchor(self, day: Day, target: Target) -> None:
        file = os.path.abspath(self._folder.path / "days" / f"day-{day.number:03}.json")
        filled = {"{day}": str(day.number), "{digest}": day.digest, "{file}": file}
        argv = [_filled(word, filled) for word in target.anchor_command]
        wrong = run_command(argv)
        if wrong is None:
            self._journal.append("anchor", day=day.number, digest=day.digest, to=target.anchored_to)
        else:
            self._outcome.say(f"day {day.number} is not anchored yet: {wrong}; it is tried again next round")


def _filled(word: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        word = word.replace(name, value)
    return word


def _summary(day: Day, fold: Fold) -> dict[str, object]:
    return {
        "soak": fold.plan.soak,
        "day": day.number,
        "goal_days": fold.plan.goal_days,
        "compressed": fold.plan.compressed,
        "from": iso(day.from_ms),
        "to": iso(day.to_ms),
        **msgspec.to_builtins(day.totals),
        "journal_sha256": day.digest,
    }


def iso(at_ms: int) -> str:
    """A moment of the wall clock as RFC 3339, UTC."""
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _watch_prober(fold: Fold, outcome: RoundEnd) -> None:
    age_ms = fold.probe_age_ms
    limit_ms = SILENT_INTERVALS * fold.plan.probe_interval_ms
    if age_ms is None:
        outcome.say("no probe was made since this machine booted: start the prober (haproof soak probe)", 1)
    elif age_ms > limit_ms:
        outcome.say(
            f"no probe for {age_ms / 1000:,.0f} s: start the prober again (haproof soak probe); "
            "time without it does not count", 1,
        )  # fmt: skip
