"""RECOVERY's figures from planted histories: each defect is counted, and a clean recovery shows none."""

import pytest

from haproof.core.histories import recovery
from recovery_history import KINDS, Run, promoted


def test_a_clean_recovery() -> None:
    assert promoted().rows().judged() == {
        "leaders": 1,
        "holder_agreed": True,
        "loss_noticed_ms": 600,
        "accepting_ms": 3_100,
        "promotion_ms": 2_000,
        "sync_ready_ms": 2_700,
        "acknowledged": 19,
        "acknowledged_before_fault": 10,
        "unknown": 0,
        "lost": 0,
        "unknown_present": 0,
        "duplicated": 0,
        "epoch_before": 3,
        "epoch_after": 4,
        "epochs_shown_twice": 0,
        "epoch_went_back": 0,
        "stale_accepted": 0,
        "cut_off_accepted": None,
        "two_accepting_ms": 0,
        "acknowledged_between_leaders": 0,
        "audit_in_order": True,
    }


def test_a_fault_of_a_node_has_no_promotion() -> None:
    found = promoted("node-kill-1").rows().judged()
    assert (found["promotion_ms"], found["sync_ready_ms"], found["loss_noticed_ms"]) == (None, None, None)
    assert (found["accepting_ms"], found["acknowledged_between_leaders"]) == (3_100, 0)


def test_what_the_old_leader_still_acknowledges_is_no_recovery() -> None:
    assert promoted().writes(range(2_010, 2_011), "node1", 3).rows().judged()["accepting_ms"] == 3_100


def test_without_a_later_epoch_the_first_acknowledgement_counts() -> None:
    run = Run().shows(1_000, "node1", 3, "node1").line(2_000, "fault", member="pg1")
    run.writes(range(3_000, 3_001), "node1", 3).line(4_000, "end")
    assert run.judged()["accepting_ms"] == 1_000


@pytest.mark.parametrize(
    ("second", "leaders", "agreed"), [("node2", 2, False), ("node1", 1, True), ("node9", 1, False)]
)
def test_leaders_before_the_fault(second: str, leaders: int, agreed: bool) -> None:
    found = promoted().shows(1_500, "node2", 3, second).rows().judged()
    assert (found["leaders"], found["holder_agreed"]) == (leaders, agreed)


def test_lost_duplicated_and_unknown_rows() -> None:
    run = promoted()
    run.begin(2_100, "u1", "node1", client="u").finish(2_200, "u1", "unknown", client="u")
    run.begin(2_300, "u2", "node1", client="u")
    found = run.rows(without=("row-node1-1000", "u2"), more=(("u1", "U1", 1),)).judged()
    assert (found["lost"], found["unknown"], found["unknown_present"], found["duplicated"]) == (1, 2, 1, 1)


def test_without_a_table_nothing_is_known_of_the_rows() -> None:
    found = promoted().judged()
    assert (found["lost"], found["unknown_present"], found["duplicated"]) == (None, None, None)


def test_an_epoch_with_two_holders() -> None:
    assert promoted().shows(5_500, "node1", 4, "node1").rows().judged()["epochs_shown_twice"] == 1


def test_an_epoch_of_an_earlier_trial_with_another_holder() -> None:
    first, second = promoted("host-kill-1"), promoted("cut-full-1")
    first.shows(7_000, "node1", 4, "node2")
    operations = [*first.lines, *second.lines]
    one, other = recovery.trials(operations)
    assert recovery.figures(other, None, one.lines)["epochs_shown_twice"] == 0
    first.shows(7_100, "node1", 4, "node1")
    one, other = recovery.trials([*first.lines, *second.lines])
    assert recovery.figures(other, None, one.lines)["epochs_shown_twice"] == 1
    assert recovery.figures(other, None)["epochs_shown_twice"] == 0


def test_a_leader_that_claims_a_lower_epoch_went_back() -> None:
    assert promoted().shows(5_500, "node1", 2, "node1").rows().judged()["epoch_went_back"] == 1


def test_a_follower_that_lags_has_not_gone_back() -> None:
    assert promoted().shows(5_500, "node1", 3, "node2").rows().judged()["epoch_went_back"] == 0


def test_a_write_under_an_epoch_that_was_superseded() -> None:
    found = promoted().writes(range(5_450, 5_451), "node1", 3).rows().judged()
    assert (found["stale_accepted"], found["two_accepting_ms"]) == (1, 350)


def test_a_write_that_is_sent_after_all_answers_and_gets_none_is_no_stale_one() -> None:
    run = promoted().begin(5_950, "late", "node2")
    assert isinstance(run, Run)
    found = run.rows(without=("late",)).judged()
    assert (found["unknown"], found["stale_accepted"], found["lost"]) == (1, 0, 0)


def test_a_row_that_was_there_already_says_nothing_of_who_leads() -> None:
    run = promoted().begin(5_440, "again", "node2", client="c")
    run.finish(5_450, "again", client="c", node="node2", epoch=3, status=200)
    assert isinstance(run, Run)
    found = run.rows().judged()
    assert (found["stale_accepted"], found["epochs_shown_twice"], found["two_accepting_ms"]) == (0, 0, 0)
    assert found["acknowledged"] == 20


def test_two_nodes_that_accept_at_once() -> None:
    found = promoted().writes(range(5_450, 5_851, 100), "node1", 5).rows().judged()
    assert found["two_accepting_ms"] == 400


def test_a_write_between_two_leaders() -> None:
    run = promoted().shows(2_500, "node1", 3, "node1", role="follower")
    assert run.writes(range(3_000, 3_001), "node1", 3).rows().judged()["acknowledged_between_leaders"] == 1
    killed = promoted("node-kill-1").writes(range(3_000, 3_001), "node1", 3)
    assert killed.rows().judged()["acknowledged_between_leaders"] == 1


def test_a_cut_off_node_that_accepts_beyond_its_bound() -> None:
    run = promoted("node-cut-1").writes(range(2_900, 3_201, 100), "node1", 3)
    assert run.judged(bound=1_000)["cut_off_accepted"] == 2
    assert run.judged(bound=None)["cut_off_accepted"] is None


@pytest.mark.parametrize(
    ("trial", "events", "in_order"),
    [
        ("host-kill-1", ["lost", "restored", "elected"], True),
        ("host-kill-1", ["elected", "lost", "restored"], True),
        ("host-kill-1", ["lost", "elected"], False),
        ("host-kill-1", ["restored", "lost", "elected"], False),
        ("host-kill-1", ["lost", "restored"], False),
        ("host-kill-1", ["elected"], False),
        ("node-kill-1", ["elected"], True),
        ("node-kill-1", [], None),
    ],
)
def test_the_audit_trail(trial: str, events: list[str], in_order: bool | None) -> None:
    run = promoted(trial)
    run.lines = [line for line in run.lines if line.op != "event"]
    for word in events:
        run.told(next(kind for kind in KINDS if kind.endswith(word)), "node1")
    assert run.judged()["audit_in_order"] is in_order


def test_a_promotion_is_another_member_on_a_higher_timeline() -> None:
    run = promoted()
    run.lines = [line for line in run.lines if line.member is None or line.t_ms < 3_000]
    run.member(3_500, "pg2", 1, writes=True, synchronous=1).member(
        3_600, "pg1", 2, writes=True, synchronous=1
    )
    run.member(3_700, "pg2", 2, writes=False, synchronous=0)
    found = run.rows().judged()
    assert (found["promotion_ms"], found["sync_ready_ms"]) == (None, None)
