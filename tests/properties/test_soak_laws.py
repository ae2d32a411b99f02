"""Thirty days of soak in simulation: whatever happens, nothing counts that was not survived."""

import itertools
from dataclasses import dataclass, field

from hypothesis import example, given, settings
from hypothesis import strategies as st

from haproof.core.soak.figures import metrics
from haproof.core.soak.fold import JUMP_MS
from haproof.core.soak.lines import HOUR_MS
from haproof.kinds.soak.chain import Head, Reading, decoded, digest
from soaks import Machine, plan

INTERVAL_MS = 600_000
AGREED = plan(probe_interval_ms=INTERVAL_MS)

minutes = st.integers(1, 3 * 24 * 60)
EVENTS = st.one_of(
    st.tuples(st.just("serve"), st.integers(1, 400)),
    st.tuples(st.just("outage"), st.integers(1, 30)),
    st.tuples(st.just("absent"), minutes),
    st.tuples(st.just("reboot"), minutes),
    st.tuples(st.just("reboot without a clock"), st.integers(-100_000, 0)),
    st.tuples(st.just("step"), st.integers(-100_000_000, 100_000_000)),
    st.tuples(st.just("full"), st.integers(1, 100)),
    st.tuples(st.just("round"), st.integers(1, 3)),
    st.tuples(st.just("promote"), st.just(0)),
)


@dataclass
class Truth:
    """What really happened, told by whoever did it."""

    alive_ms: int = 0
    outage_ms: int = 0
    unseen_ms: int = 0
    short_ms: int = 0
    steps: int = 0
    reboots: int = 0
    promotions: int = 0
    decisions: list[str] = field(default_factory=list)


def happen(machine: Machine, events: list[tuple[str, int]]) -> Truth:
    truth = Truth()
    for name, much in events:
        if name == "serve":
            machine.probes(much)
            truth.alive_ms += much * INTERVAL_MS
        elif name == "outage":
            machine.probes(much, ok=False)
            truth.outage_ms += much * INTERVAL_MS
        elif name == "absent":
            machine.absent(much * 60_000)
            truth.unseen_ms += much * 60_000
            if much * 60_000 < INTERVAL_MS / 2:  # back before a probe was missed
                truth.short_ms += much * 60_000
        elif name == "reboot":
            machine.reboot(much * 60_000)
            truth.reboots += 1
        elif name == "reboot without a clock":
            machine.reboot(0, much)
            truth.reboots += 1
        elif name == "step":
            machine.step_clock(much)
            truth.steps += abs(much) > JUMP_MS
        elif name == "full":
            machine.full = True
            machine.probes(much)
            machine.full = False
            truth.unseen_ms += much * INTERVAL_MS
        elif name == "round":
            began_ms = machine.up_ms
            truth.decisions += [machine.round() for _ in range(much)]
            truth.alive_ms += machine.up_ms - began_ms  # a failover takes its time, too
        else:
            machine.promote()
            truth.promotions += 1
    return truth


histories = st.lists(EVENTS, max_size=40)


@settings(max_examples=120, deadline=None)
@example([("serve", 320), ("serve", 400), ("round", 1), ("serve", 1)])
@example([("absent", 1), ("serve", 1)])
@given(histories)
def test_nothing_counts_but_what_was_observed(events: list[tuple[str, int]]) -> None:
    machine = Machine(AGREED)
    machine.probe()
    truth = happen(machine, events)
    fold = machine.judged()
    observed = truth.alive_ms + truth.outage_ms
    assert fold.totals.counted_ms <= observed + truth.short_ms
    # every absence, reboot, step, full disk and new prober costs at most the interval that it falls into
    cuts = len(events) + 1
    assert fold.totals.counted_ms >= observed - 2 * cuts * INTERVAL_MS
    assert fold.totals.downtime_ms >= truth.outage_ms
    assert fold.totals.reboots == truth.reboots
    assert fold.totals.clock_jumps <= truth.steps + truth.reboots
    assert fold.intact
    assert fold.failovers.scheduled == len(fold.failovers.scheduled_ms)
    assert len(fold.failovers.unplanned_ms) <= truth.promotions


@settings(max_examples=60, deadline=None)
@given(histories)
def test_a_round_is_made_once_in_its_time(events: list[tuple[str, int]]) -> None:
    machine = Machine(AGREED)
    truth = happen(machine, events)
    fold = machine.judged()
    slots = int(fold.span_ms // (AGREED.interval_hours * HOUR_MS)) + 1
    assert fold.totals.rounds <= min(slots, len(truth.decisions))
    again = [machine.round() for _ in range(2)]
    assert again[1] == "early" or fold.checked is None


@settings(max_examples=80, deadline=None)
@given(histories, st.data())
def test_an_edit_is_seen_and_nothing_is_gained_by_it(
    events: list[tuple[str, int]], data: st.DataObject
) -> None:
    machine = Machine(AGREED)
    machine.probes(3)
    happen(machine, events)
    honest = machine.judged()
    head = Head(machine.n, machine.prev)
    lines = machine.journal
    index = data.draw(st.integers(1, len(lines) - 1))
    kind = data.draw(st.sampled_from(["change", "drop", "twice", "swap", "cut", "garble"]))
    if kind == "change":
        lines[index] = lines[index].replace(b'"up_ms":', b'"up_ms":1', 1)
    elif kind == "drop":
        del lines[index]
    elif kind == "twice":
        lines.insert(index, lines[index])
    elif kind == "swap":
        other = index - 1 if index > 1 else index + 1
        lines[index], lines[other] = lines[other], lines[index]
    elif kind == "cut":
        del lines[index:]
    else:
        lines[index] = b"{]\n"
    judged = machine.judged(head)
    assert not judged.intact
    assert metrics(judged)["chain_intact"] is False
    assert judged.totals.counted_ms <= honest.totals.counted_ms


@settings(max_examples=40, deadline=None)
@given(histories, st.lists(st.integers(1, 2_000), max_size=5))
def test_read_in_pieces_or_at_once_is_the_same(events: list[tuple[str, int]], cuts: list[int]) -> None:
    machine = Machine(AGREED)
    happen(machine, events)
    reading = Reading(Head(1, digest(machine.journal[0])))
    ends = sorted({1, *cuts, len(machine.journal)})
    for low, high in itertools.pairwise([0, *ends]):
        fold = reading.feed(machine.journal[low:high])
    assert metrics(fold.finish()) == metrics(machine.judged())
    assert [day.digest for day in fold.days] == [day.digest for day in machine.judged().days]


def test_thirty_days_at_ten_seconds_with_everything_that_can_happen() -> None:
    machine = Machine()
    machine.healthy_days(5)
    machine.reboot(away_ms=300_000)
    machine.healthy_days(5)
    machine.probes(6, ok=False)
    machine.step_clock(3_600_000)
    machine.healthy_days(5)
    machine.step_clock(-3_600_000)
    machine.absent(95_000)
    machine.full = True
    machine.probes(10)
    machine.full = False
    machine.append("unwritten", count=machine.unwritten, why="disk full")
    machine.healthy_days(15)
    assert machine.round() == "due"
    assert machine.round() == "early"
    fold = machine.judged()
    figures = metrics(fold)
    assert fold.totals.probes == 259_206
    # 30 at the reboot; 20 in the 205 s without a prober and without room on the disk
    assert (figures["probes_missing"], fold.totals.unwritten) == (50, 10)
    assert figures["clock_jumps"] == 2
    assert figures["restarts"] == 2
    assert figures["scheduled_failovers"] == 3
    assert figures["failover_ms"] == [300.0] * 3
    assert figures["unplanned_failover_ms"] == []
    assert 360 <= figures["rounds"] <= 361
    assert figures["downtime_seconds"] == 300 + 70
    # all but the first interval, and those of the reboot, of the first step and of the gap
    assert abs(figures["days"] - (259_206 - 4) / 8_640) < 1e-4
    assert figures["chain_intact"] is True
    lines = machine.journal
    lines[100_000] = lines[100_000].replace(b'"ok":true', b'"ok":fals', 1)
    edited = machine.judged()
    assert not edited.intact
    assert edited.totals.counted_ms < fold.totals.counted_ms


def test_each_line_carries_both_clocks_the_boot_and_the_digest_before_it() -> None:
    machine = Machine(AGREED)
    machine.probes(5)
    machine.reboot(1_000)
    before = "0" * 64
    for number, raw in enumerate(machine.journal, 1):
        line = decoded(raw)
        assert (line.n, line.prev) == (number, before)
        assert line.at_ms > line.up_ms > 0
        assert line.boot
        before = digest(raw)
