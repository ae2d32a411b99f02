"""Who served when, at the limits: the very moments of fault and heal, answers without a name, who is who."""

from typing import Any

import pytest
from msgspec import UNSET

from cluster_history import Written
from haproof.core.histories.clusters.figures import Figures, bound, figures
from haproof.core.histories.clusters.reading import trials

FAULT, HEAL, END = 10_000, 40_000, 50_000


def hit(series: str = "host-kill", member: str | None = "pg1", timeline: int | None = 1) -> Written:
    """pg1 serves until the fault, nobody after it."""
    trial = Written(f"{series}-1")
    for via in ("pooled", "connect"):
        trial.inserts((8_000, 9_000), via=via)
    trial.put("fault", FAULT, member=member, timeline=timeline)
    trial.put("heal", HEAL)
    trial.put("end", END)
    return trial


def nameless(trial: Written, done: float, timeline: int | None = None, via: str = "pooled") -> str:
    """A row whose answer names no member."""
    row = trial.insert(None, sent=done - 1, via=via)
    client = f"c{trial.count}"
    trial.put("ok", done, op="insert", client=client, via=via, id=row, timeline=timeline)
    return row


def judged(trial: Written, *lost: str, **keys: Any) -> Figures:
    trial.final("pg2", [f"r{n}" for n in range(1, trial.count + 1) if f"r{n}" not in lost], 2, writes=True)
    return trial.figures(**keys)


# Who was the primary ----------------------------------------------------------------------------------------


def test_the_fault_names_who_was_hit_else_who_was_last_acknowledged_by_before_it() -> None:
    trial = hit()
    trial.insert(9_500, "pg3", 4)
    found = judged(trial)
    assert (found.old_primary, found.timeline_before) == ("pg1", 1)
    trial = hit(member=None, timeline=None)
    trial.insert(9_500, "pg3", 4)
    trial.insert(10_001, "pg2", 5)
    found = judged(trial)
    assert (found.old_primary, found.timeline_before) == ("pg3", 4)
    assert (found.new_primary, found.promotion_ms) == ("pg2", 1)


def test_an_acknowledgement_at_the_moment_of_the_fault_was_before_it() -> None:
    trial = hit(member=None)
    trial.insert(FAULT, "pg2", 2)
    found = judged(trial)
    assert (found.acknowledged_before_fault, found.promotion_ms, found.old_primary) == (5, None, "pg2")
    assert found.write_gap_ms == END - FAULT


@pytest.mark.parametrize(
    ("done", "member", "timeline", "promoted"),
    [
        (10_001, "pg2", 2, "pg2"),
        (10_000, "pg2", 2, None),
        (10_001, "pg1", 2, None),
        (10_001, "pg2", 1, None),
        (10_001, None, 2, None),
    ],
)
def test_who_was_promoted(done: float, member: str | None, timeline: int, promoted: str | None) -> None:
    trial = hit()
    if member is None:
        nameless(trial, done, timeline)
    else:
        trial.insert(done, member, timeline)
    assert judged(trial).new_primary == promoted


def test_without_any_timeline_nobody_was_promoted() -> None:
    trial = Written()
    trial.put("fault", FAULT, member="pg1")
    row = trial.insert(None, sent=10_999)
    trial.put("ok", 11_000, op="insert", client="c1", via="pooled", id=row, member="pg2")
    trial.put("end", END)
    assert judged(trial).new_primary is None


def test_nobody_was_promoted_in_a_control() -> None:
    trial = Written("control")
    trial.insert(1_000, "pg1", 1)
    trial.insert(2_000, "pg2", 2)
    trial.put("end", 3_000)
    found = judged(trial)
    assert (found.new_primary, found.promotion_ms, found.outcome) == (None, None, None)
    assert [one.from_ms for one in found.served] == [0, 1_000]


# Outcomes and gaps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "outcome"), [(HEAL, "fails over"), (HEAL + 1, "stays and refuses"), (FAULT, None)]
)
def test_a_failover_is_one_that_was_over_by_the_heal(done: float, outcome: str | None) -> None:
    trial = hit()
    trial.insert(done, "pg2", 2, sent=done)
    assert judged(trial).outcome == outcome


@pytest.mark.parametrize(
    ("done", "outcome"),
    [
        (35_000, "stays and serves"),
        (40_000, "stays and serves"),
        (34_999, None),
        (40_001, None),  # sent before the heal
    ],
)
def test_who_serves_to_the_last_serves_in_the_last_five_seconds(done: float, outcome: str | None) -> None:
    trial = hit("disk-full")
    for via in ("pooled", "connect"):
        trial.insert(done, via=via, sent=30_000)
    assert judged(trial).outcome == outcome


def test_a_client_that_does_not_say_how_it_is_connected_is_off_the_members() -> None:
    trial = hit()
    trial.insert(20_000, "pg2", 2, via=None)  # type: ignore[arg-type]
    assert judged(trial).outcome == "fails over"


def test_a_gap_ends_with_the_end_whatever_was_answered_then_or_later() -> None:
    trial = hit()
    trial.inserts((20_000, END, END + 1))
    assert judged(trial).write_gap_ms == 30_000


def test_a_fault_that_was_not_undone_was_held_for_no_known_time() -> None:
    trial = hit()
    trial.lines = [one for one in trial.lines if b'"heal"' not in one]
    assert judged(trial).hold_ms is None
    assert judged(hit()).hold_ms == HEAL - FAULT


# A server that is cut off -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "done", "member", "timeline", "counted"),
    [
        (FAULT, HEAL, "pg1", 1, 1),
        (FAULT - 1, 12_000, "pg1", 1, 0),
        (12_000, HEAL + 1, "pg1", 1, 0),
        (12_000, 12_001, "pg2", 1, 0),
        (12_000, 12_001, "pg1", 2, 0),
    ],
)
def test_what_an_isolated_server_acknowledged(
    sent: float, done: float, member: str, timeline: int, counted: int
) -> None:
    trial = hit("cut-full")
    trial.insert(done, member, timeline, sent=sent, via="local:pg1")
    found = judged(trial)
    assert found.isolated_acknowledged == counted
    assert found.demotion_ms is None, "nobody was promoted"


def test_where_nobody_knows_who_was_cut_off_nobody_was() -> None:
    trial = Written("cut-full-1")
    trial.put("fault", FAULT)
    nameless(trial, 12_000)
    trial.put("end", END)
    assert judged(trial).isolated_acknowledged == 0


def test_when_an_isolated_server_gave_up_is_its_last_acknowledgement() -> None:
    trial = hit("cut-full")
    trial.inserts((12_000, 14_000, 13_000), via="local:pg1")
    trial.insert(20_000, "pg2", 2)
    found = judged(trial)
    assert (found.isolated_acknowledged, found.demotion_ms) == (3, 4_000)


def test_a_fault_with_the_first_line_counts_from_there() -> None:
    trial = Written("cut-full-1")
    trial.put("fault", 0, member="pg1", timeline=1)
    trial.insert(100, sent=50, via="local:pg1")
    trial.insert(200, "pg2", 2)
    trial.put("heal", 1_000)
    trial.put("end", 2_000)
    found = judged(trial)
    assert (found.hold_ms, found.promotion_ms, found.demotion_ms) == (1_000, 200, 100)
    assert [(one.from_ms, one.to_ms) for one in found.served] == [(100, 100), (200, 200)]


# Two at once ------------------------------------------------------------------------------------------------


def test_one_server_on_two_timelines_is_one_server() -> None:
    trial = hit()
    trial.inserts((12_000, 20_000), "pg2", 2)
    trial.inserts((13_000, 19_000), "pg2", 3)
    assert judged(trial).overlap_ms == 0


def test_of_several_overlaps_the_longest_counts() -> None:
    trial = hit()
    trial.inserts((12_000, 20_000), "pg2", 2)
    trial.inserts((13_000, 19_000), "pg3", 3)
    trial.inserts((19_500, 21_000), "pg4", 4)
    assert judged(trial).overlap_ms == 6_000


@pytest.mark.parametrize(("bound", "overlap"), [(0.0, 4_000), (3_999.0, 4_000), (4_000.0, 0), (None, None)])
def test_an_overlap_within_what_is_known_of_the_clocks_is_none(
    bound: float | None, overlap: float | None
) -> None:
    trial = hit()
    trial.inserts((12_000, 20_000), "pg2", 2)
    trial.inserts((13_000, 16_000), "pg1", 1)
    trial.final("pg2", [f"r{n}" for n in range(1, trial.count + 1)], 2, writes=True)
    (read,) = trials(trial.lines)
    found = figures(read, mode="sync", members=2, local_writers=2, clock_bound_ms=bound)
    assert found.overlap_ms == overlap
    assert figures(read, mode="sync", members=3, local_writers=2, clock_bound_ms=bound).overlap_ms is None


def test_where_no_bound_is_recorded_all_clients_had_one_clock() -> None:
    assert (bound(UNSET), bound(None), bound(3.5)) == (0.0, None, 3.5)


# Who lost what ----------------------------------------------------------------------------------------------


def test_a_lost_row_of_whom_no_answer_told_is_lost_all_the_same() -> None:
    trial = hit()
    row = nameless(trial, 12_000, 1)
    trial.insert(11_000, "pg2", 2)
    found = judged(trial, row)
    assert (found.lost, found.lost_by_member) == (1, {"unknown": 1})
    share = {(one.member, one.timeline): (one.acknowledged, one.lost) for one in found.served}
    assert share == {("pg1", 1): (4, 0), ("unknown", 1): (1, 1), ("pg2", 2): (1, 0)}
    assert [one.from_ms for one in found.served] == [-2_000, 1_000, 2_000]


def test_of_two_that_began_together_the_first_by_name_stands_first() -> None:
    trial = hit()
    trial.insert(11_000, "pg3", 2)
    trial.insert(11_000, "pg2", 2)
    assert [one.member for one in judged(trial).served] == ["pg1", "pg2", "pg3"]


@pytest.mark.parametrize(
    ("reads", "back"),
    [
        ((["r1"], ["r1", "r2"], ["r1", "r2", "r3"], ["r2", "r3"], ["r3"], ["r1"]), 3),
        (([], ["r1"], ["r2"], []), 2),
    ],
)
def test_reads_go_back_against_every_read_before(reads: tuple[list[str], ...], back: int) -> None:
    trial = hit()
    for number, rows in enumerate(reads):
        trial.read(20_000 + 100 * number, 20_050 + 100 * number, rows)
    assert judged(trial).reads_back == back


@pytest.mark.parametrize(("sent", "back"), [(20_010, 0), (20_010.5, 1)])
def test_a_read_that_is_sent_when_another_ends_is_not_after_it(sent: float, back: int) -> None:
    trial = hit()
    trial.read(20_000, 20_010, ["r1"])
    trial.read(sent, 20_020, [])
    assert judged(trial).reads_back == back


def test_of_two_tables_on_one_timeline_the_last_by_name_counts() -> None:
    """Whichever it is, it is the same in any order of the lines."""
    for order in (("pg2", "pg3"), ("pg3", "pg2")):
        trial = hit()
        for member in order:
            rows = ["r1", "r2", "r3", "r4"] if member == "pg3" else []
            trial.final(member, rows, 2, writes=True)
        found = trial.figures()
        assert (found.lost, found.read_write_members_at_end) == (0, 2)


def test_a_table_without_a_timeline_counts_less_than_one_with() -> None:
    trial = hit()
    trial.put("final", 999_999, member="pg9", read_write=True, rows=[])
    trial.final("pg1", ["r1", "r2", "r3", "r4"], 1, writes=True)
    assert (trial.figures().lost, trial.figures().timeline_after) == (0, 1)
