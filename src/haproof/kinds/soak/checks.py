"""The checks of VAL18: each rule over its figures, and what it means."""

import math

from haproof.core.figures import separated
from haproof.core.findings import Facts, Findings
from haproof.core.kind import Closes, Rules, check
from haproof.kinds.soak.gap import measured, remarks
from haproof.kinds.soak.limits import (
    FAILOVER_MS,
    MISSING_PERCENT,
    PROBE_INTERVAL_MS,
    ROUNDS_MADE,
    SCHEDULED_FAILOVERS,
    UNPLANNED_MS,
    UPTIME,
    UPTIME_TOLERANCE,
)
from haproof.kinds.soak.record import SoakRecord


def _facts(record: SoakRecord) -> Facts:
    return Facts("metrics", record.metrics)


@check(
    "VAL18-01",
    "observed for as many days as agreed",
    meaning="The days that were observed are at least those agreed at setup.",
    why="Leaks, drift and rare races take days to show.",
    how=(
        "The sum of the time between probes of one boot that follow each other (days); a gap, a reboot, a "
        "stepped clock and a broken chain take their interval away. The goal (goal_days) is agreed once, at "
        "setup."
    ),
    not_proved="Anything about the load of those days; the probes are one small row each.",
)
def days(record: SoakRecord) -> Findings:
    goal = record.metrics.goal_days
    return _facts(record).rule(
        "days", "days >= goal_days", lambda value: goal is not None and value >= goal, ">=", goal
    )


@check(
    "VAL18-02",
    ">= 3 scheduled failovers, each measured",
    meaning="At least three failovers were made on purpose, and each of them was measured.",
    why="A soak without a failover shows that nothing happened, not that a failover is survived.",
    how=(
        "scheduled_failovers counts the orders; failover_ms has one figure for each, null where nobody took "
        "over."
    ),
    not_proved="Failover of a primary that is dead or cut off (CLUSTER).",
)
def scheduled(record: SoakRecord) -> Findings:
    facts, count = _facts(record), record.metrics.scheduled_failovers
    text = "failover_ms: one for each scheduled failover"
    return facts.at_least("scheduled_failovers", SCHEDULED_FAILOVERS) + facts.rule(
        "failover_ms", text, lambda values: len(values) == count
    )


@check(
    "VAL18-03",
    "every scheduled failover <= 10,000 ms",
    meaning="After each scheduled failover another server took writes within 10,000 ms.",
    why="Gate D: a planned handover must not be an outage that users report.",
    how="failover_ms runs from just before the order to the first write that another server acknowledged.",
    not_proved="The time of an unplanned failover (VAL18-10).",
)
def in_time(record: SoakRecord) -> Findings:
    return _facts(record).each_at_most("failover_ms", FAILOVER_MS)


@check(
    "VAL18-04",
    "data continuity rate = 1",
    meaning="Every acknowledged row was there, unchanged, whenever the rows were compared.",
    why="Thirty days of uptime are worth nothing if a row of the first week is gone.",
    how=(
        "data_continuity_rate: in every round all rows that were ever acknowledged are compared with the "
        "database; a row that was missing once stays lost."
    ),
    not_proved="Rows of anybody else.",
    loss=True,
)
def continuity(record: SoakRecord) -> Findings:
    return _facts(record).equals("data_continuity_rate", 1)


@check(
    "VAL18-05",
    "uptime >= 99.9 %",
    meaning="The service answered for at least 99.9 % of the observed time.",
    why="Gate D: 99.9 % of thirty days is 43 minutes of downtime.",
    how=(
        "One less the part of the observed time (days) that was downtime (downtime_seconds): from the last "
        "probe that was answered to the next one, and all of a reboot of the observing machine."
    ),
    not_proved="Outages shorter than the time between two probes: a prober sees the service from outside.",
)
def uptime(record: SoakRecord) -> Findings:
    metrics, facts = record.metrics, _facts(record)
    expected = None
    if metrics.days and metrics.downtime_seconds is not None:
        expected = 1 - metrics.downtime_seconds / (86_400 * metrics.days)
    text = "uptime = 1 - downtime_seconds / (86,400 * days), within 1e-6"
    return facts.at_least("uptime", UPTIME) + facts.rule(
        "uptime",
        text,
        lambda value: expected is not None and abs(value - expected) <= UPTIME_TOLERANCE,
    )


@check(
    "VAL18-06",
    "a probe at least every 10,000 ms",
    meaning="The service was asked at least every ten seconds.",
    why="Rounds alone, 360 of them and none failed, would bound unavailability only at 0.83 %.",
    how="As agreed at setup (probe_interval_ms).",
    not_proved="That each probe was made (VAL18-07).",
)
def often(record: SoakRecord) -> Findings:
    return _facts(record).at_most("probe_interval_ms", PROBE_INTERVAL_MS)


@check(
    "VAL18-07",
    "at most 1 % of the probes missing",
    meaning="At most one probe of a hundred was not made.",
    why="What nobody looked at cannot be claimed, and an outage would fit into a long gap.",
    how="What the gaps between two probes had room for (probes_missing), of all (probes + probes_missing).",
    not_proved="What happened in the gaps. From outside nobody sees why a probe was not made.",
)
def few_missing(record: SoakRecord) -> Findings:
    probes = record.metrics.probes
    # missing <= 1 % of (probes + missing) in whole numbers, so that nothing is rounded across the limit
    limit = probes // (100 // MISSING_PERCENT - 1) if probes else None
    text = "probes_missing <= 1 % of probes + probes_missing, and probes >= 1"
    return _facts(record).rule(
        "probes_missing", text, lambda missing: limit is not None and missing <= limit, "<=", limit
    )


@check(
    "VAL18-08",
    "journal intact",
    meaning="No line of the journal was changed, added, moved or taken away.",
    why="Days that were edited in are days that nobody survived.",
    how=(
        "Each line carries the SHA-256 of the line before it and both clocks; a state file names the last "
        "line. chain_intact is false for good after one fault. anchored says whether the daily digests were "
        "also put where their producer cannot change them."
    ),
    not_proved="That the whole journal was not invented, where it is self-reported.",
)
def intact(record: SoakRecord) -> Findings:
    return _facts(record).equals("chain_intact", True)


@check(
    "VAL18-09",
    "99 % of the rounds made",
    meaning="The rounds were made that the observed days have room for, but for one in a hundred.",
    why="Only a round compares the rows and makes the planned failovers.",
    how=(
        "Rounds against 0.99 * days * 24 / interval_hours, rounded down; a round that compared nothing is "
        "none."
    ),
    not_proved="That rounds were punctual: a late one counts, a missed one does not.",
)
def rounds(record: SoakRecord) -> Findings:
    metrics = record.metrics
    wanted = None
    if metrics.days is not None and metrics.interval_hours:
        wanted = math.floor(ROUNDS_MADE * metrics.days * 24 / metrics.interval_hours)
    text = "rounds >= 0.99 * days * 24 / interval_hours, rounded down, and >= 1"
    limit = None if wanted is None else max(wanted, 1)
    return _facts(record).rule(
        "rounds", text, lambda value: limit is not None and value >= limit, ">=", limit
    )


@check(
    "VAL18-10",
    "every unplanned failover measured, <= 60,000 ms",
    meaning="Whenever another server took over by itself, it did so within 60,000 ms, as far as it was seen.",
    why="In thirty days something fails by itself; that, too, must be survived in time.",
    how=(
        "unplanned_failover_ms: from the last acknowledgement of the old server to the first of the new one, "
        "an upper bound; null where the change fell into a gap. None at all is fine."
    ),
    not_proved="That there was one: with an empty array nothing failed while somebody looked.",
)
def unplanned(record: SoakRecord) -> Findings:
    text = f"every unplanned_failover_ms measured and <= {separated(UNPLANNED_MS)}"
    return _facts(record).each(
        "unplanned_failover_ms", text, lambda value: value <= UNPLANNED_MS, "<=", UNPLANNED_MS, fewest=0
    )


RULES = Rules(
    record=SoakRecord,
    checks=(
        days,
        scheduled,
        in_time,
        continuity,
        uptime,
        often,
        few_missing,
        intact,
        rounds,
        unplanned,
    ),
    closes=(Closes(gap="GAP-1", measured=measured),),
    remarks=remarks,
)
