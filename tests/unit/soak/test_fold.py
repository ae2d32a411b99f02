"""The soak's journal added up: planted cases with exact counts."""

import pytest

from haproof.core.soak.figures import continuity, metrics
from haproof.core.soak.fold import NoSoak, lost_rows
from haproof.core.soak.lines import Moment
from haproof.core.soak.schedule import decide
from haproof.kinds.soak.chain import FIRST, added_up
from soaks import SLOT, Machine, plan

INTERVAL = 10_000


def test_a_probe_interval_counts_and_a_gap_does_not() -> None:
    machine = Machine()
    machine.probes(11)
    machine.passes(2 * INTERVAL)
    machine.probe()
    fold = machine.judged()
    assert (fold.totals.counted_ms, fold.totals.missing) == (10 * INTERVAL, 2)


def test_a_prober_that_is_back_at_once_costs_nothing() -> None:
    machine = Machine()
    machine.probes(5)
    machine.absent(1_000)
    machine.probes(5)
    fold = machine.judged()
    assert (fold.totals.counted_ms, fold.totals.missing) == (9 * INTERVAL + 1_000, 0)
    assert metrics(fold)["restarts"] == 1


def test_an_outage_lasts_from_the_last_answer_to_the_next() -> None:
    machine = Machine()
    machine.probes(2)
    machine.probes(3, ok=False)
    machine.probes(2)
    fold = machine.judged()
    assert fold.totals.downtime_ms == 4 * INTERVAL
    assert fold.totals.counted_ms == 6 * INTERVAL
    assert metrics(fold)["uptime"] == pytest.approx(1 - 4 / 6)


def test_a_reboot_is_downtime_and_no_time_survived() -> None:
    machine = Machine()
    machine.probes(3)
    machine.reboot(away_ms=60_000)
    machine.probes(3)
    fold = machine.judged()
    assert (fold.totals.downtime_ms, fold.totals.counted_ms) == (60_000, 4 * INTERVAL)
    assert (fold.totals.reboots, fold.totals.missing) == (1, 6)


def test_a_clock_that_went_back_over_a_reboot_is_a_jump() -> None:
    machine = Machine()
    machine.probes(3)
    machine.reboot(away_ms=0, clock_ms=-3_600_000)
    machine.probes(3)
    fold = machine.judged()
    assert (fold.totals.clock_jumps, fold.totals.downtime_ms) == (1, 0)


@pytest.mark.parametrize("step_ms", [-3_600_000, -2_001, 2_001, 86_400_000 * 40])
def test_a_clock_step_is_seen_and_its_interval_does_not_count(step_ms: int) -> None:
    machine = Machine()
    machine.probes(3)
    machine.step_clock(step_ms)
    machine.probes(3)
    fold = machine.judged()
    assert (fold.totals.clock_jumps, fold.totals.counted_ms) == (1, 4 * INTERVAL)
    assert not fold.days


def test_many_small_steps_are_a_step() -> None:
    machine = Machine()
    for _ in range(10):
        machine.probe()
        machine.step_clock(900)
    machine.probe()
    assert machine.judged().totals.clock_jumps == 3


def test_a_clock_since_boot_that_goes_back_within_a_boot_is_an_edit() -> None:
    machine = Machine()
    machine.probes(3)
    machine.up_ms -= 20_000
    machine.probe()
    fold = machine.judged()
    assert not fold.intact
    assert "went back" in fold.faults[0]


@pytest.mark.parametrize("reboots", [0, 2])
def test_a_journal_that_is_there_twice_is_a_fault_and_no_time_counts_twice(reboots: int) -> None:
    machine = Machine()
    machine.probes(20)
    for _ in range(reboots):
        machine.reboot(away_ms=30_000)
        machine.start()
        machine.probes(20)
    once = added_up(machine.journal)
    twice = added_up([*machine.journal, *machine.journal])
    assert once.intact
    assert not twice.intact
    assert twice.totals.counted_ms == once.totals.counted_ms


def test_a_boot_that_had_ended_and_is_back_is_a_fault() -> None:
    machine = Machine()
    first = machine.boot
    machine.probes(5)
    machine.reboot(away_ms=30_000)
    machine.start()
    machine.probes(5)
    machine.boot = first
    machine.probes(5)
    fold = machine.judged()
    assert any("a boot that had ended is back" in fault for fault in fold.faults)


def test_the_end_without_a_prober_is_missing() -> None:
    machine = Machine()
    machine.round()
    machine.probes(3)
    machine.passes(7_200_000)
    machine.round()
    assert machine.judged().totals.missing == 720


def test_a_change_of_server_is_an_unplanned_failover_with_its_upper_bound() -> None:
    machine = Machine()
    machine.probes(3)
    machine.promote()
    machine.probes(2, ok=False)
    machine.probes(2)
    assert metrics(machine.judged())["unplanned_failover_ms"] == [3 * INTERVAL]


def test_a_change_of_server_that_nobody_watched_is_not_measured() -> None:
    machine = Machine()
    machine.probes(3)
    machine.promote()
    machine.reboot(5_000)
    machine.probe()
    assert metrics(machine.judged())["unplanned_failover_ms"] == [None]


def test_a_scheduled_failover_is_no_unplanned_one() -> None:
    machine = Machine()
    machine.probes(3)
    machine.failover(250)
    machine.probes(3)
    figures = metrics(machine.judged())
    assert (figures["failover_ms"], figures["unplanned_failover_ms"]) == ([250.0], [])


def test_one_that_only_the_prober_saw_is_measured_by_it() -> None:
    machine = Machine()
    machine.probes(3)
    machine.append("failover-start")
    machine.promote()
    machine.probes(3)
    figures = metrics(machine.judged())
    assert figures["failover_ms"] == [float(INTERVAL)]
    assert figures["unplanned_failover_ms"] == []


def test_a_change_long_after_an_order_is_not_the_ordered_one() -> None:
    machine = Machine()
    machine.probes(3)
    machine.append("failover-start")
    machine.probes(10)
    machine.promote()
    machine.probe()
    figures = metrics(machine.judged())
    assert (figures["failover_ms"], figures["unplanned_failover_ms"]) == ([None], [INTERVAL])


def test_a_write_of_the_old_server_that_was_under_way_is_no_second_failover() -> None:
    machine = Machine()
    machine.probes(3)
    old = machine.server
    machine.failover(300)
    machine.append("probe", ok=True, took_ms=400.0, row=machine.row + 1, server=old)
    machine.told = old
    machine.row += 1
    machine.probes(3)
    assert metrics(machine.judged())["unplanned_failover_ms"] == []


def test_rows_that_are_gone_lower_the_continuity() -> None:
    machine = Machine()
    machine.probes(10)
    machine.append("round-start", slot=0, decision="due")
    machine.append("round-end", slot=0, checked=10, lost=1)
    machine.append("round-end", slot=1, checked=10, lost=0)  # a row that comes back was lost all the same
    assert continuity(machine.judged()) == pytest.approx(0.9)


def test_lost_rows_are_those_acknowledged_and_not_there() -> None:
    assert lost_rows([[1, 3], [7, 8]], [1, 3, 7, 99]) == (5, 2, [2, 8])


def test_a_round_that_compared_nothing_is_tried_again() -> None:
    machine = Machine()
    machine.append("round-start", slot=0, decision="due")
    machine.append("round-end", slot=0, why="down")
    assert machine.round() == "due"
    fold = machine.judged()
    assert fold.totals.rounds == 0
    assert metrics(fold)["data_continuity_rate"] is None


def test_due_early_late() -> None:
    machine = Machine()
    machine.probe()
    assert machine.round() == "due"
    assert machine.round() == "early"
    machine.passes(7_200_000)
    assert machine.round() == "due"
    machine.passes(3 * 7_200_000)
    fold = machine.fold
    assert fold is not None
    decision = decide(fold, Moment(machine.at_ms, machine.up_ms, machine.boot))
    assert (decision.kind, decision.missed) == ("late", 2)


def test_a_clock_step_makes_no_round_due() -> None:
    machine = Machine()
    machine.probe()
    machine.round()
    machine.step_clock(30 * 86_400_000)
    assert machine.round() == "early"


def test_scheduled_failovers_are_spread_over_the_days() -> None:
    machine = Machine(plan(probe_interval_ms=600_000))
    machine.healthy_days(30)
    machine.round()
    fold = machine.judged()
    at = [day.number for day in fold.days if day.totals.scheduled_failovers]
    assert at == [6, 16, 26]


def test_days_and_what_anchors_them() -> None:
    machine = Machine(plan(probe_interval_ms=600_000))
    machine.healthy_days(3.1)
    fold = machine.fold
    assert fold is not None
    assert [day.number for day in fold.days] == [1, 2, 3]
    assert metrics(fold)["anchored"] == "self-reported"
    machine.append("anchor", day=1, digest=fold.days[0].digest, to="a git tag")
    assert metrics(fold)["anchored"] == "self-reported (1 of 3 days anchored to a git tag)"
    for day in fold.days[1:]:
        machine.append("anchor", day=day.number, digest=day.digest, to="a git tag")
    assert metrics(fold)["anchored"] == "a git tag"
    machine.append("anchor", day=2, digest="0" * 64, to="a git tag")
    assert not fold.intact


def test_in_a_compressed_soak_time_is_simulated_and_failovers_are_real() -> None:
    machine = Machine(plan(compression=96, goal_days=1, probe_interval_ms=9_600))
    machine.probes(100)
    machine.failover(300)
    machine.probes(1, ok=False)
    machine.probes(1)
    figures = metrics(machine.judged())
    assert figures["compressed"] is True
    assert figures["days"] == pytest.approx(99 * 9_600 / 86_400_000, rel=0.05)
    assert figures["failover_ms"] == [300.0]
    assert figures["downtime_seconds"] == pytest.approx((300 + 200) * 96 / 1000)


@pytest.mark.parametrize("lines", [[], [b"{}\n"], [b"not json\n"], [b'{"n":1']])
def test_what_is_no_journal(lines: list[bytes]) -> None:
    with pytest.raises(NoSoak):
        added_up(lines)


def test_a_second_setup_is_a_fault() -> None:
    machine = Machine()
    machine.append("setup", plan=machine.plan)
    assert not machine.judged().intact


def test_rows_of_two_probers_never_meet() -> None:
    machine = Machine()
    machine.probes(3)
    machine.absent(1_000)
    machine.probes(3)
    assert [low // SLOT for low, _ in machine.judged().acknowledged] == [2, 6]
    assert FIRST == "0" * 64
