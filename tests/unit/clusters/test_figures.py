"""The figures of a trial from planted histories: each defect is counted as what it is and nothing else."""

from typing import Any

import pytest

from cluster_history import Written
from haproof.core.histories.clusters.figures import Figures

SAID = "01000 canceling wait for synchronous replication due to user request"


def failed_over() -> Written:
    """Writes until the fault at 10 s, another server from 30 s, healed at 40 s, over at 50 s."""
    trial = Written()
    for via in ("pooled", "connect", "local:pg1"):
        trial.inserts(range(1_000, 10_001, 1_000), via=via)
    trial.put("fault", 10_500, member="pg1", timeline=1)
    for via in ("pooled", "connect", "local:pg2"):
        trial.inserts(range(30_000, 50_000, 1_000), "pg2", 2, via=via)
    trial.put("heal", 40_000)
    trial.put("end", 50_000)
    return trial


def closed(trial: Written, without: tuple[str, ...] = (), more: tuple[str, ...] = (), **keys: Any) -> Figures:
    """Both members hold the rows that were sent, but for some."""
    rows = [f"r{n}" for n in range(1, trial.count + 1) if f"r{n}" not in without and f'"r{n}"' in _all(trial)]
    trial.final("pg1", [*rows, *more], 2)
    trial.final("pg2", [*rows, *more], 2, writes=True)
    return trial.figures(**keys)


def _all(trial: Written) -> str:
    return b"".join(trial.lines).decode()


def test_a_clean_failover() -> None:
    found = closed(failed_over())
    assert (found.outcome, found.old_primary, found.new_primary) == ("fails over", "pg1", "pg2")
    assert (found.timeline_before, found.timeline_after) == (1, 2)
    assert (found.hold_ms, found.promotion_ms) == (29_500, 19_500)
    assert (found.write_gap_ms, found.connect_gap_ms) == (20_000, 20_000)
    assert (found.acknowledged, found.acknowledged_before_fault) == (90, 30)
    assert (found.lost, found.lost_by_member, found.unknown, found.refused) == (0, {}, 0, 0)
    assert (found.duplicated, found.phantom, found.reads_back, found.overlap_ms) == (0, 0, 0, 0)
    assert (found.isolated_acknowledged, found.demotion_ms) == (None, None)
    assert (found.read_write_members_at_end, found.members_equal, found.anomalies) == (1, True, {})


def test_an_acknowledged_row_that_is_not_there_is_lost_and_its_member_is_named() -> None:
    found = closed(failed_over(), without=("r3", "r13", "r40"))
    assert (found.lost, found.lost_by_member) == (3, {"pg1": 2, "pg2": 1})


def test_a_warning_that_the_wait_was_cancelled_is_no_promise() -> None:
    trial = failed_over()
    trial.insert(45_000, "pg1", 1, warnings=[SAID])
    trial.insert(45_001, "pg1", 1, warnings=["57P01 canceling the wait and ending the connection"])
    trial.insert(45_002, "pg2", 2, warnings=["01P01 deprecated feature"])
    found = closed(trial, without=("r91", "r92", "r93"))
    assert (found.acknowledged_local, found.lost, found.overlap_ms) == (2, 1, 0)


def test_a_write_without_an_answer_is_neither_lost_nor_kept() -> None:
    trial = failed_over()
    trial.insert(None, sent=10_400)
    trial.insert(None, sent=10_400)
    trial.insert(11_000, kind="unknown", sqlstate="57P01")
    found = closed(trial, without=("r91",))
    assert (found.unknown, found.unknown_present, found.lost) == (3, 2, 0)


def test_a_refused_row_is_counted_and_one_that_is_stored_all_the_same_is_a_phantom() -> None:
    trial = failed_over()
    trial.insert(11_000, kind="fail", sqlstate="25006")
    trial.insert(11_001, kind="fail", sqlstate="25006")
    found = closed(trial, without=("r91",))
    assert (found.refused, found.phantom) == (2, 1)


def test_rows_that_nobody_sent_are_phantoms_and_further_copies_duplicates() -> None:
    found = closed(failed_over(), more=("nobody", "nobody", "r1", "r1"))
    assert (found.phantom, found.duplicated, found.lost) == (1, 3, 0)


def test_a_row_that_was_read_and_never_sent_is_a_phantom() -> None:
    trial = failed_over()
    trial.read(20_000, 20_001, ["r1", "nobody"])
    assert closed(trial).phantom == 1


def test_two_servers_at_once() -> None:
    trial = failed_over()
    trial.insert(31_500, "pg1", 1, via="local:pg1")
    found = closed(trial)
    assert found.overlap_ms == 1_500
    assert closed(failed_over(), local_writers=1).overlap_ms is None


def test_the_same_server_on_two_timelines_is_no_overlap() -> None:
    trial = failed_over()
    trial.insert(49_000, "pg2", 1)
    found = closed(trial)
    assert found.overlap_ms == 0


def test_a_cut_off_primary_and_when_it_stopped() -> None:
    trial = failed_over()
    trial.trial = "cut-full-1"
    trial.lines = [one.replace(b"host-kill-1", b"cut-full-1") for one in trial.lines]
    trial.inserts([12_000, 13_000], "pg1", 1, via="local:pg1")
    found = closed(trial, without=("r92",))
    assert (found.isolated_acknowledged, found.demotion_ms) == (2, 2_500)
    assert (found.overlap_ms, found.lost, found.lost_by_member) == (0, 1, {"pg1": 1})


def stayed(*, pooled: bool, connect: bool, after: bool) -> Written:
    """The old primary alone: who was served in the last 5 s of the hold, and whether anybody was later."""
    trial = Written("disk-full-1")
    trial.inserts(range(1_000, 10_001, 1_000))
    trial.inserts(range(1_000, 10_001, 1_000), via="connect")
    trial.put("fault", 10_500, member="pg1", timeline=1)
    if pooled:
        trial.insert(39_000)
    if connect:
        trial.insert(35_500, via="connect")
    trial.insert(34_000, via="pooled")
    trial.insert(34_000, via="connect")
    trial.put("heal", 40_000)
    if after:
        trial.insert(45_000)
    trial.put("end", 50_000)
    return trial


@pytest.mark.parametrize(
    ("pooled", "connect", "after", "outcome"),
    [
        (True, True, True, "stays and serves"),
        (True, True, False, "stays and serves"),
        (True, False, True, "stays and refuses"),
        (False, True, True, "stays and refuses"),
        (False, False, True, "stays and refuses"),
        (False, False, False, None),
    ],
)
def test_an_outcome_without_a_failover(pooled: bool, connect: bool, after: bool, outcome: str | None) -> None:
    found = closed(stayed(pooled=pooled, connect=connect, after=after))
    assert found.outcome == outcome
    assert (found.promotion_ms, found.new_primary) == (None, None)


def test_an_answer_to_what_was_sent_before_the_heal_is_no_service_after_it() -> None:
    trial = stayed(pooled=False, connect=False, after=False)
    trial.insert(41_000, sent=11_000)
    assert closed(trial).outcome is None


def test_a_member_that_writes_to_itself_alone_has_not_failed_over() -> None:
    trial = stayed(pooled=False, connect=False, after=True)
    trial.insert(30_000, "pg2", 2, via="local:pg2")
    assert closed(trial).outcome == "stays and refuses"


def test_a_higher_timeline_of_the_same_server_is_no_failover() -> None:
    trial = stayed(pooled=False, connect=False, after=True)
    trial.insert(30_000, "pg1", 2)
    assert closed(trial).outcome == "stays and refuses"


def test_another_server_on_the_same_timeline_is_no_failover() -> None:
    trial = stayed(pooled=False, connect=False, after=True)
    trial.insert(30_000, "pg2", 1)
    assert closed(trial).outcome == "stays and refuses"


def test_a_gap_that_is_open_at_the_end_counts_up_to_it_and_writers_on_members_do_not_shorten_it() -> None:
    trial = stayed(pooled=False, connect=False, after=False)
    trial.insert(48_000, via="local:pg1")
    found = closed(trial)
    assert (found.write_gap_ms, found.connect_gap_ms) == (24_000, 24_000)


def test_gaps_are_unknown_where_nobody_had_been_served() -> None:
    trial = Written()
    trial.put("fault", 10_500, member="pg1", timeline=1)
    trial.put("heal", 12_000)
    trial.insert(13_000)
    trial.put("end", 14_000)
    found = closed(trial)
    assert (found.write_gap_ms, found.connect_gap_ms, found.acknowledged_before_fault) == (None, None, 0)


def test_the_control_has_no_fault_and_its_gap_begins_with_its_first_answer() -> None:
    trial = Written("control")
    trial.inserts([5_000, 5_100, 6_000])
    trial.inserts([5_050, 6_050], via="connect")
    trial.put("end", 6_500)
    found = closed(trial)
    assert (found.outcome, found.hold_ms, found.promotion_ms) == (None, None, None)
    assert (found.write_gap_ms, found.connect_gap_ms) == (900, None)
    assert (found.acknowledged, found.acknowledged_before_fault) == (5, 1)
    assert (found.old_primary, found.timeline_before) == ("pg1", 1)


def test_a_read_goes_back_where_it_misses_what_an_earlier_one_returned() -> None:
    trial = failed_over()
    trial.read(20_000, 20_010, ["r1", "r2"])
    trial.read(20_005, 20_020, ["r1"])  # overlaps with the first: in no order
    trial.read(20_030, 20_040, ["r2"])
    trial.read(20_050, 20_060, ["r1", "r2", "r3"])
    assert closed(trial).reads_back == 1


def test_a_read_may_miss_what_was_never_acknowledged() -> None:
    trial = failed_over()
    row = trial.insert(None, sent=10_000)
    trial.read(20_000, 20_010, [row])
    trial.read(20_030, 20_040, [])
    assert closed(trial, without=(row,)).reads_back == 0


def test_a_lost_row_is_counted_as_lost_alone_in_an_asynchronous_cluster() -> None:
    def read_and_lost() -> Written:
        trial = failed_over()
        trial.read(20_000, 20_010, ["r1"])
        trial.read(20_030, 20_040, [])
        return trial

    found = closed(read_and_lost(), without=("r1",), mode="async")
    assert (found.lost, found.reads_back) == (1, 0)
    found = closed(read_and_lost(), without=("r1",), mode="sync")
    assert (found.lost, found.reads_back) == (1, 1)


def transactions() -> Written:
    trial = failed_over()
    trial.txn(1_000, 1_010, [["append", 7, 1], ["r", 8, []]])
    trial.txn(2_000, 2_010, [["append", 7, 2], ["append", 8, 3]])
    trial.txn(3_000, 3_010, [["r", 7, [1, 2]]])
    trial.txn(4_000, 4_010, [["append", 7, 4]], kind="fail", sqlstate="40001")
    trial.txn(4_100, 4_110, [["append", 7, 5]], kind="fail", sqlstate="25006")
    trial.txn(4_200, None, [["append", 8, 6]])
    return trial


def ended(lists: dict[str, list[int]], mode: str) -> Figures:
    trial = transactions()
    rows = [f"r{n}" for n in range(1, 91)]
    trial.final("pg1", rows, 2, lists=lists)
    trial.final("pg2", rows, 2, writes=True, lists=lists)
    return trial.figures(mode)


def test_transactions_that_append_are_writes() -> None:
    found = ended({"7": [1, 2], "8": [3, 6]}, "sync")
    assert (found.acknowledged, found.refused, found.unknown, found.unknown_present) == (92, 1, 1, 1)
    assert (found.lost, found.anomalies) == (0, {})


@pytest.mark.parametrize(("mode", "anomalies"), [("sync", {"lost-append": 1}), ("async", {})])
def test_a_lost_transaction_is_a_lost_write(mode: str, anomalies: dict[str, int]) -> None:
    found = ended({"7": [1], "8": []}, mode)
    assert (found.lost, found.lost_by_member, found.unknown_present) == (1, {"pg1": 1}, 0)
    assert found.anomalies == anomalies


def test_without_a_server_that_takes_writes_nothing_is_known_of_the_rows() -> None:
    trial = failed_over()
    trial.final("pg2", [], 2)
    found = trial.figures()
    assert (found.lost, found.lost_by_member, found.unknown_present) == (None, None, None)
    assert (found.duplicated, found.phantom, found.timeline_after) == (None, None, None)
    assert (found.read_write_members_at_end, found.members_equal) == (0, False)


def test_of_two_servers_that_take_writes_the_higher_timeline_counts() -> None:
    trial = failed_over()
    trial.final("pg1", [], 1, writes=True)
    trial.final("pg2", [f"r{n}" for n in range(1, 91)], 2, writes=True)
    found = trial.figures()
    assert (found.lost, found.timeline_after, found.read_write_members_at_end) == (0, 2, 2)
    assert not found.members_equal


@pytest.mark.parametrize(
    ("pg1", "pg2", "members", "equal"),
    [
        ((["r1"], {}), (["r1"], {"1": []}), 2, True),
        ((["r1", "r2"], {}), (["r2", "r1"], {}), 2, True),
        ((["r1"], {}), (["r1", "r1"], {}), 2, False),
        ((["r1"], {"1": [2]}), (["r1"], {"1": [3]}), 2, False),
        ((["r1"], {}), (["r1"], {}), 3, False),
    ],
)
def test_members_are_equal_where_all_answered_and_hold_the_same(pg1, pg2, members, equal) -> None:  # type: ignore[no-untyped-def]
    trial = Written()
    trial.insert(1_000)
    trial.final("pg1", pg1[0], lists=pg1[1], writes=True)
    trial.final("pg2", pg2[0], lists=pg2[1])
    assert trial.figures(members=members).members_equal is equal


def test_what_each_server_acknowledged_and_lost_is_told_with_its_times() -> None:
    found = closed(failed_over(), without=("r30",))
    old, new = found.served
    assert (old.member, old.timeline, old.from_ms, old.to_ms, old.lost) == ("pg1", 1, -9_500, -500, 1)
    assert (new.member, new.timeline, new.from_ms, new.lost) == ("pg2", 2, 19_500, 0)
    assert old.acknowledged + new.acknowledged == found.acknowledged


def test_without_a_table_nobody_knows_what_of_it_was_lost() -> None:
    trial = failed_over()
    assert [one.lost for one in trial.figures().served] == [None, None]
