"""RECOVERY's figures at their limits: the moments of fault, heal and bound; who counts and who does not.

The fault of `fails` is at 2,000 ms, its heal at 6,000, its end at 8,000, and node1 holds epoch 3 before it.
"""

from typing import Any

import pytest

from haproof.core.histories import recovery
from recovery_history import KINDS, Run


def fails(trial: str = "host-kill-1") -> Run:
    run = Run()
    run.trial = trial
    run.shows(1_000, "node1", 3, "node1").shows(1_001, "node2", 3, "node1")
    run.member(1_900, "pg1", 1, writes=True, synchronous=1)
    run.line(2_000, "fault", member="pg1", node="node1" if trial.startswith("node") else None, timeline=1)
    return run.line(6_000, "heal").line(8_000, "end")


def wrote(run: Run, sent: float, done: float, node: str = "node1", **answer: Any) -> Run:
    """One attempt; without `kind` it is acknowledged, without `epoch` under none."""
    row = f"{node}-{sent}-{done}"
    run.begin(sent, row, node, client=row)
    run.finish(done, row, client=row, **{"kind": "ok", "node": node} | answer)
    return run


# The moment of the fault ------------------------------------------------------------------------------------


def test_what_is_there_at_the_moment_of_the_fault_was_there_before() -> None:
    run = wrote(fails(), 1_996, 2_000, epoch=3)
    run.shows(2_000, "node2", 5, "node2").shows(2_001, "node2", 6, "node2")
    found = run.judged()
    assert (found["epoch_before"], found["epoch_after"]) == (5, 6)
    assert found["acknowledged_before_fault"] == 1
    assert (found["leaders"], found["holder_agreed"]) == (2, False)
    assert wrote(fails(), 1_996, 2_000.5, epoch=3).judged()["acknowledged_before_fault"] == 0
    assert wrote(fails(), 1_990, 1_994, kind="fail", epoch=3).judged()["acknowledged_before_fault"] == 0


def test_one_node_alone_and_nodes_without_a_holder_agree_on_nothing() -> None:
    alone = Run().shows(1_000, "node1", 3, "node1").line(2_000, "fault").line(3_000, "end")
    assert alone.judged()["holder_agreed"] is False
    run = Run().line(1_000, "ok", op="status", node="node1").line(1_000, "ok", op="status", node="node2")
    assert run.line(2_000, "fault").judged()["holder_agreed"] is False


def test_a_trial_without_heal_or_end_lasts_to_its_last_line() -> None:
    run = Run().line(2_000, "fault").line(5_000, "ok", op="status", node="node1").line(4_000, "note")
    (trial,) = recovery.trials(run.lines)
    assert (trial.at_ms, trial.heal_ms, trial.end_ms) == (2_000, 5_000, 5_000)
    (trial,) = recovery.trials(run.line(4_500, "end").lines)
    assert (trial.heal_ms, trial.end_ms) == (4_500, 4_500)
    assert recovery.trials(Run().line(1_000, "end").lines) == []
    of_none = Run()
    of_none.trial = None  # type: ignore[assignment]
    assert recovery.trials(of_none.line(2_000, "fault").lines) == []


def test_a_status_that_was_not_answered_says_nothing_of_who_leads() -> None:
    run = (
        fails()
        .line(1_500, "fail", op="status", node="node1")
        .line(1_500, "unknown", op="status", node="node2")
    )
    found = run.judged()
    assert (found["leaders"], found["holder_agreed"]) == (1, True)


@pytest.mark.parametrize("trial", ["node-cut-1", "node-kill-1"])
def test_a_fault_of_a_node_is_none_of_the_database(trial: str) -> None:
    """Whatever the database and the nodes said meanwhile."""
    run = fails(trial).member(3_000, "pg2", 2, writes=True, synchronous=1)
    for node in ("node1", "node2"):
        run.shows(2_500, node, 3, "node1", quorum_health="lost")
    found = run.judged()
    assert [found[key] for key in ("promotion_ms", "sync_ready_ms", "loss_noticed_ms")] == [None] * 3


# Noticing and accepting -------------------------------------------------------------------------------------


def test_a_loss_counts_from_the_fault_on_and_where_every_node_says_so() -> None:
    run = fails().shows(1_500, "node1", 3, "node1", quorum_health="lost")
    run.shows(2_000, "node1", 3, "node1", quorum_health="lost").shows(2_700, "node2", 3, "node1")
    assert run.judged()["loss_noticed_ms"] is None
    run.shows(2_800, "node2", 3, "node1", quorum_health="lost")
    run.shows(2_900, "node1", 3, "node1", quorum_health="lost")
    assert run.judged()["loss_noticed_ms"] == 800
    at_once = fails()
    for node in ("node1", "node2"):
        at_once.shows(1_500, node, 3, "node1", quorum_health="lost")
        at_once.shows(2_000, node, 3, "node1", quorum_health="lost")
    assert at_once.judged()["loss_noticed_ms"] == 0


@pytest.mark.parametrize(
    ("sent", "done", "answer", "accepting"),
    [
        (2_000, 2_100, {"epoch": 4}, 100),  # sent at the moment of the fault
        (1_999, 2_100, {"epoch": 4}, None),
        (7_990, 8_000, {"epoch": 4}, 6_000),  # done at the end
        (7_990, 8_001, {"epoch": 4}, None),
        (3_000, 3_100, {"epoch": 4, "kind": "fail"}, None),
        (3_000, 3_100, {"epoch": 4, "kind": "unknown"}, None),
    ],
)
def test_what_counts_as_accepting_again(
    sent: float, done: float, answer: dict[str, Any], accepting: float | None
) -> None:
    assert wrote(fails(), sent, done, "node2", **answer).judged()["accepting_ms"] == accepting


def test_the_first_of_a_later_epoch_is_what_counts_whatever_else_was_acknowledged() -> None:
    run = wrote(wrote(fails(), 2_010, 2_020, epoch=3), 2_030, 2_040)
    assert run.judged()["accepting_ms"] == 20
    wrote(wrote(run, 3_000, 3_500, "node2", epoch=4), 3_100, 3_200, "node2", epoch=4)
    assert run.judged()["accepting_ms"] == 1_200


@pytest.mark.parametrize(("pause", "accepting"), [(999, 20), (1_000, 1_020)])
def test_without_a_later_epoch_it_is_the_first_after_a_pause(pause: int, accepting: int) -> None:
    run = wrote(wrote(fails(), 2_010, 2_020, epoch=3), 2_011, 2_020 + pause, epoch=3)
    assert run.judged()["accepting_ms"] == accepting
    assert wrote(run, 6_000, 7_900, epoch=3).judged()["accepting_ms"] == (accepting if pause > 999 else 5_900)


@pytest.mark.parametrize(("tried", "accepting"), [(7_019, 20), (7_020, None)])
def test_clients_that_try_in_vain_to_the_end_are_not_served_again(tried: int, accepting: int | None) -> None:
    run = wrote(fails(), 2_010, 2_020, epoch=3)
    assert wrote(run, tried, 7_990, kind="fail").judged()["accepting_ms"] == accepting


def test_an_answer_without_an_epoch_is_of_no_later_one() -> None:
    run = Run().shows(1_000, "node1", 0, "node1").line(2_000, "fault", member="pg1").line(8_000, "end")
    wrote(wrote(run, 2_100, 2_200), 3_000, 3_100, "node2", epoch=1)
    found = run.judged()
    assert (found["epoch_before"], found["accepting_ms"]) == (0, 1_100)


# The database -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "member", "timeline", "writes", "promoted"),
    [
        (2_001, "pg2", 2, True, 1),
        (2_000, "pg2", 2, True, None),  # it was there when the fault came
        (2_001, "pg1", 2, True, None),
        (2_001, "pg2", 1, True, None),
        (2_001, "pg2", 2, False, None),
    ],
)
def test_what_is_a_promotion(
    at: float, member: str, timeline: int, writes: bool, promoted: float | None
) -> None:
    run = fails().member(at, member, timeline, writes=writes, synchronous=0)
    assert run.judged()["promotion_ms"] == promoted


def test_without_a_timeline_before_any_is_a_promotion_and_none_is_not() -> None:
    unseen = Run().line(2_000, "fault", member="pg1")
    unseen.line(2_500, "ok", op="status", member="pg2", read_write=True).member(
        3_000, "pg2", 1, writes=True, synchronous=0
    )
    assert unseen.line(4_000, "end").judged()["promotion_ms"] == 1_000
    run = (
        Run().line(1_000, "ok", op="status", member="pg1", read_write=True).line(2_000, "fault", member="pg1")
    )
    run.line(2_500, "ok", op="status", member="pg2", read_write=True)
    assert run.judged()["promotion_ms"] is None
    assert run.member(3_000, "pg2", 1, writes=True, synchronous=0).judged()["promotion_ms"] == 1_000


def test_the_highest_timeline_before_the_fault_is_what_a_promotion_exceeds() -> None:
    run = fails().member(1_950, "pg2", 3, writes=False, synchronous=0)
    run.member(1_960, "pg3", 2, writes=False, synchronous=0).member(
        2_500, "pg3", 3, writes=True, synchronous=0
    )
    assert run.judged()["promotion_ms"] is None
    assert run.member(2_600, "pg3", 4, writes=True, synchronous=0).judged()["promotion_ms"] == 600


def test_replicas_that_a_member_had_before_its_promotion_are_not_those_of_after() -> None:
    run = fails().member(1_500, "pg2", 1, writes=True, synchronous=1)
    run.member(3_000, "pg2", 2, writes=True, synchronous=0)
    assert run.judged()["sync_ready_ms"] is None


def test_only_replicas_of_the_promoted_member_make_it_synchronous() -> None:
    run = fails().member(3_000, "pg2", 2, writes=True, synchronous=0)
    run.member(2_900, "pg2", 2, writes=False, synchronous=1)
    run.member(3_100, "pg1", 3, writes=True, synchronous=1)
    run.member(3_200, "pg2", 2, writes=False, synchronous=1)
    run.line(3_300, "ok", op="status", member="pg2", timeline=2, read_write=True)
    found = run.judged()
    assert (found["promotion_ms"], found["sync_ready_ms"]) == (1_000, None)
    assert run.member(3_400, "pg2", 2, writes=True, synchronous=1).judged()["sync_ready_ms"] == 1_400
    at_once = fails().member(3_000, "pg2", 2, writes=True, synchronous=1)
    assert at_once.judged()["sync_ready_ms"] == 1_000


# Epochs -----------------------------------------------------------------------------------------------------


def elected(run: Run, epoch: int, holder: str) -> Run:
    return run.line(7_500, "ok", op="event", value=KINDS[2], node=holder, epoch=epoch, holder=holder)


def test_an_event_shows_an_epoch_too_here_and_in_a_trial_before() -> None:
    first, second = elected(fails(), 9, "node1"), fails("cut-full-1").shows(5_000, "node2", 9, "node2")
    earlier, later = recovery.trials([*first.lines, *second.lines])
    assert recovery.figures(later, None, earlier.lines)["epochs_shown_twice"] == 1
    first, second = fails().shows(5_000, "node1", 9, "node1"), elected(fails("cut-full-1"), 9, "node2")
    earlier, later = recovery.trials([*first.lines, *second.lines])
    assert recovery.figures(later, None, earlier.lines)["epochs_shown_twice"] == 1
    assert recovery.figures(earlier, None)["epochs_shown_twice"] == 0
    first, second = wrote(fails(), 4_000, 4_100, epoch=9), elected(fails("cut-full-1"), 9, "node2")
    earlier, later = recovery.trials([*first.lines, *second.lines])
    assert recovery.figures(later, None, earlier.lines)["epochs_shown_twice"] == 1


def claims(run: Run, at: float, epoch: int | None, asked: float | None, role: str = "leader") -> Run:
    return run.line(at, "ok", op="status", node="node1", role=role, epoch=epoch, asked_ms=asked)


@pytest.mark.parametrize(
    ("asked", "epoch", "role", "back"),
    [
        (5_000.0, 3, "leader", 0),  # asked when the higher one was not shown yet
        (5_001.0, 3, "leader", 1),
        (None, 3, "leader", 1),  # then the answer's own moment counts
        (5_001.0, 4, "leader", 0),
        (5_001.0, None, "leader", 0),
        (5_001.0, 3, "follower", 0),
    ],
)
def test_when_a_leader_went_back(asked: float | None, epoch: int | None, role: str, back: int) -> None:
    run = claims(fails(), 5_000, 4, 4_900)
    assert claims(run, 5_100, epoch, asked, role).judged()["epoch_went_back"] == back


def test_an_epoch_was_reached_when_it_was_first_claimed() -> None:
    run = claims(claims(fails(), 5_000, 4, 4_900), 5_100, 4, 5_090)
    claims(run, 5_200, 3, 4_950)  # asked before it was reached: no step, and not the highest now
    assert claims(run, 5_300, 3, 5_050).judged()["epoch_went_back"] == 1


def test_a_first_epoch_of_zero_is_no_step_back_and_each_step_counts() -> None:
    run = Run().line(2_000, "fault").line(9_000, "end")
    assert claims(claims(run, 2_500, 0, 2_400), 2_600, 0, 2_550).judged()["epoch_went_back"] == 0
    claims(claims(run, 3_000, 7, 2_900), 3_100, 5, 3_050)
    assert claims(run, 3_200, 6, 3_150).judged()["epoch_went_back"] == 2


def test_an_epoch_that_was_accepted_under_again_went_back() -> None:
    run = wrote(wrote(wrote(fails(), 3_000, 3_004, epoch=4), 3_100, 3_104, epoch=5), 3_200, 3_204, epoch=4)
    assert run.judged()["epoch_went_back"] == 1


@pytest.mark.parametrize(
    ("sent", "answer", "stale"),
    [
        (5_000, {"epoch": 3}, 1),  # the higher one was shown when it was sent
        (4_999, {"epoch": 3}, 0),
        (5_500, {"epoch": 4}, 0),
        (5_500, {}, 0),
        (5_500, {"epoch": 3, "kind": "fail"}, 0),
    ],
)
def test_what_is_stale(sent: float, answer: dict[str, Any], stale: int) -> None:
    run = fails().shows(5_000, "node2", 4, "node2")
    assert wrote(run, sent, 5_600, **answer).judged()["stale_accepted"] == stale
    run.shows(4_000, "node2", 3, "node1")  # one sighting more before it
    assert run.judged()["stale_accepted"] == stale


# A node that is cut off, and two that accept ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "done", "kind", "counted"),
    [
        ("node1", 3_000, "ok", 0),  # at the bound
        ("node1", 3_001, "ok", 1),
        ("node1", 6_000, "ok", 1),  # at the heal
        ("node1", 6_001, "ok", 0),
        ("node2", 3_001, "ok", 0),
        ("node1", 3_001, "fail", 0),
    ],
)
def test_what_a_cut_off_node_must_not_acknowledge(node: str, done: float, kind: str, counted: int) -> None:
    run = wrote(fails("node-cut-1"), done - 1, done, node, epoch=3, kind=kind)
    assert run.judged(bound=1_000)["cut_off_accepted"] == counted


def test_only_a_cut_has_what_was_accepted_beyond_it() -> None:
    run = wrote(fails("node-kill-1"), 3_100, 3_101, epoch=3)
    assert run.judged(bound=1_000)["cut_off_accepted"] is None


def test_how_long_two_nodes_accepted_is_what_their_spans_share() -> None:
    run = fails()
    for node, epoch, times in (
        ("node1", 3, (3_500, 3_000, 4_000)),  # in no order
        ("node2", 4, (3_900, 3_700, 5_000)),
        ("node2", 5, (4_100, 4_900)),  # the same node: none of its own
        ("node3", 6, (4_950, 4_990)),
    ):
        for done in times:
            wrote(run, done - 1, done, node, epoch=epoch)
    assert run.judged()["two_accepting_ms"] == 300
    quiet = wrote(wrote(fails(), 2_999, 3_000, epoch=3), 3_598, 3_600, epoch=3)
    for done in (3_300, 3_500):
        wrote(wrote(quiet, done - 2, done, "node2"), done - 1, done, "node3", epoch=4, kind="unknown")
    assert quiet.judged()["two_accepting_ms"] == 0


# Between two leaders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "done", "answer", "counted"),
    [
        (2_501, 2_600, {"epoch": 3}, 1),
        (2_501, 2_600, {}, 1),  # it names no epoch
        (2_501, 2_600, {"epoch": 4}, 0),
        (2_501, 2_600, {"epoch": 3, "kind": "fail"}, 0),
        (2_500, 2_600, {"epoch": 3}, 0),  # sent when the old leader said so
        (4_990, 4_999, {"epoch": 3}, 1),
        (4_990, 5_000, {"epoch": 3}, 0),  # when the next one was shown
        (5_100, 5_200, {"epoch": 3}, 0),
        (2_501, 2_600, {"epoch": 4, "node": None}, 0),  # of whom nobody knows
    ],
)
def test_what_is_between_two_leaders(sent: float, done: float, answer: dict[str, Any], counted: int) -> None:
    run = fails().shows(2_500, "node1", 3, "node1", role="follower").shows(5_000, "node2", 5, "node2")
    run.shows(5_500, "node2", 5, "node2")
    assert wrote(run, sent, done, **answer).judged()["acknowledged_between_leaders"] == counted


@pytest.mark.parametrize(
    ("asked", "role", "counted"), [(2_000, "follower", 1), (1_999, "follower", 0), (2_000, "leader", 0)]
)
def test_who_gave_up_is_the_holder_that_was_asked_since_the_fault(
    asked: float, role: str, counted: int
) -> None:
    run = fails().line(
        2_500, "ok", op="status", node="node1", role=role, epoch=3, holder="node1", asked_ms=asked
    )
    run.shows(2_400, "node2", 3, "node1", role="follower")  # no holder, whatever it says
    assert wrote(run, 3_000, 3_100, epoch=3).judged()["acknowledged_between_leaders"] == counted


def test_an_answer_without_its_question_counts_by_its_own_moment() -> None:
    run = fails().line(2_000, "ok", op="status", node="node1", role="follower", epoch=3, holder="node1")
    assert wrote(run, 3_000, 3_100, epoch=3).judged()["acknowledged_between_leaders"] == 1


def test_the_last_holder_before_the_fault_is_who_must_give_up() -> None:
    """Of epoch 3 node2 was shown first, node1 last; after the fault node2 again."""
    run = Run().shows(900, "node1", 3, "node2").shows(1_000, "node1", 3, "node1")
    run.shows(1_000, "node2", 2, "node2").line(2_000, "fault", member="pg1").line(8_000, "end")
    run.shows(2_100, "node2", 3, "node2", role="leader")
    run.shows(2_200, "node1", 3, "node2", role="follower")
    assert wrote(run, 3_000, 3_100, "node2", epoch=3).judged()["acknowledged_between_leaders"] == 1


def test_a_killed_node_leads_no_more_from_its_death_on() -> None:
    run = wrote(fails("node-kill-1"), 2_000, 2_100, epoch=3)
    assert run.judged()["acknowledged_between_leaders"] == 0
    assert wrote(run, 2_001, 2_100, epoch=3).judged()["acknowledged_between_leaders"] == 1
    assert wrote(run, 7_900, 8_000, epoch=3).judged()["acknowledged_between_leaders"] == 1, "at the end"


@pytest.mark.parametrize("trial", ["host-kill-1", "node-kill-1"])
def test_nothing_lies_between_leaders_where_none_was_shown(trial: str) -> None:
    run = Run()
    run.trial = trial
    run.line(2_000, "fault", node="node1").line(8_000, "end")
    assert wrote(run, 3_000, 3_100).judged()["acknowledged_between_leaders"] == 0


# The audit trail --------------------------------------------------------------------------------------------


def test_each_node_that_lost_its_quorum_must_regain_it() -> None:
    run = (
        fails()
        .told(KINDS[0], "node1")
        .told(KINDS[0], "node2")
        .told(KINDS[1], "node1")
        .told(KINDS[2], "node2")
    )
    assert run.judged()["audit_in_order"] is False
    assert run.told(KINDS[1], "node2").judged()["audit_in_order"] is True


def test_a_trail_of_other_events_is_one_without_an_election() -> None:
    assert fails().told("ha.node.started", "node1").judged()["audit_in_order"] is False
    assert fails().line(9_000, "ok", op="event", value=[]).judged()["audit_in_order"] is None
