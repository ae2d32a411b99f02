"""The lab must be able to fail: each wrong node fails its slice, at the checks that it breaks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.bad_run import BAD_NODES, BadRuns, bad_runs

pytestmark = pytest.mark.lab


@dataclass(frozen=True)
class Case:
    """A wrong node, a slice, and the numbers of the checks that it must fail.

    `only`: it fails no other check. Else the fault reaches further, in ways that depend on the moment.
    `quotes`: what the detail of each of them quotes of the node's answers.
    """

    script: str
    slice_id: str
    checks: frozenset[int]
    only: bool = True
    quotes: str = ""


def case(script: str, slice_id: str, *checks: int, only: bool = True, quotes: str = "") -> Case:
    return Case(script, slice_id, frozenset(checks), only, quotes)


CASES = (
    # The five safeties that the lab must miss when they are off.
    case("fencing_off", "VAL13", 9),
    case("epoch_increment_off", "VAL13", 9, only=False),
    case("heartbeat_off", "VAL13", 9),
    case("write_block_off", "VAL17", 3),
    case("quorum_monitor_off", "VAL17", 2, 3, 5, 6, 8, 9, 10, only=False),
    # Failover.
    case("acknowledges_before_commit", "VAL13", 4, only=False),
    case("lies_about_the_holder", "VAL13", 1, only=False),
    case("never_takes_over", "VAL13", 3, 5, 8, only=False),
    case("followers_accept_writes", "VAL13", 1, only=False),
    case("loses_rows", "VAL13", 2, 4, 7),
    case("never_notices_loss", "VAL13", 6, only=False),
    case("never_unblocks", "VAL13", 7, only=False),
    case("never_rejoins", "VAL13", 10, only=False),
    case("success_that_says_no", "VAL13", 2, only=False),
    case("leads_but_refuses", "VAL13", 3, 5, 8, only=False),
    case("acknowledges_a_moment_early", "VAL13", 4, only=False),
    case("commits_asynchronously", "VAL13", 4),
    case("loses_one_of_two", "VAL13", 4, only=False),
    case("refuses_and_stores", "VAL13", 4, only=False),
    case("overwrites_on_conflict", "VAL13", 4, only=False),
    case("stores_twice", "VAL13", 4),
    case("unknown_is_success", "VAL13", 4),
    case("commits_that_take_long_are_success", "VAL13", 4),
    case("acts_when_looked_at", "VAL13", 5),
    case("epoch_used_again", "VAL13", 9, only=False),
    case("fence_before_the_write", "VAL13", 9),
    case("follower_accepts_one_in_twenty", "VAL13", 9, only=False),
    case("old_leader_writes_on", "VAL13", 9, only=False),
    case("flaps", "VAL13", 10, only=False),
    # Forms that the contract does not know: the node's doing, quoted, and no fault of the lab.
    case("answers_too_late", "VAL13", 3, only=False, quotes="within 1,000 ms ([timing] answer_deadline_ms)"),
    case("calls_itself_primary", "VAL13", 3, only=False, quotes='answered role "primary"'),
    case("epoch_is_true", "VAL13", 2, only=False, quotes="epoch is true, not a whole number"),
    case("epoch_beyond_counting", "VAL13", 9, only=False, quotes=f"current_epoch {2**60 + 1}"),
    case("drops_its_table", "VAL13", 4, only=False, quotes='relation "app.rollouts" does not exist'),
    # Kinds that somebody else built from the contract alone, and that passed; further below, too.
    case("repeat_is_refused", "VAL13", 4),
    case("remembers_ids_in_memory", "VAL13", 4, only=False),
    case("key_before_commit", "VAL13", 4, only=False),
    case("flattens_text", "VAL13", 4, only=False),
    case("follower_says_it_accepts", "VAL13", 1, only=False),
    # Replication lag.
    case("ignores_the_standby", "VAL14", 7),
    case("never_sees_the_standby_return", "VAL14", 7),
    # Backup and restore.
    case("archives_nothing", "VAL15", 1, 5, 6, 10),
    case("archive_without_rows", "VAL15", 1),
    case("names_a_file_too_long", "VAL15", 1, 2, only=False),
    case("backup_ends_in_an_error", "VAL15", 3, 7),
    case("restores_beside_a_leader", "VAL15", 4),
    case("flaps", "VAL15", 4),
    case("metadata_lies", "VAL15", 2),
    case("ignores_confirmation", "VAL15", 4),
    case("restores_while_it_leads", "VAL15", 4),
    case("restore_adds_only", "VAL15", 6),
    case("prints_another_checksum", "VAL15", 7),
    case("lists_only_the_newest", "VAL15", 8),
    case("skips_the_checksum", "VAL15", 9),
    case("verifies_the_beginning", "VAL15", 9),
    case("leaves_no_audit_event", "VAL15", 10),
    case("restore_erases_the_audit", "VAL15", 10),
    case("audit_is_a_fixed_list", "VAL15", 10),
    case("audit_only_grows", "VAL15", 10),
    case("restore_forgets_counters", "VAL15", 6),
    case("archives_rows_only", "VAL15", 1, 6),
    case("restores_the_newest", "VAL15", 6, only=False),
    case("second_backup_is_cached", "VAL15", 1),
    case("restore_turns_the_epoch_back", "VAL15", 6, quotes="turned the epoch back"),
    case("leads_in_maintenance", "VAL15", 4),
    # Split brain.
    case("always_warns", "VAL16", 1, 6, 8, 9, 10),
    case("never_detects_divergence", "VAL16", 2, 3, 4, 5, 6, 8, 9, 10),
    case("ignores_ghosts", "VAL16", 3),
    case("detection_writes", "VAL16", 4),
    case("followers_write_when_asked", "VAL16", 4),
    case("reports_risk_once", "VAL16", 4),
    case("drops_a_table", "VAL16", 4, 5, 6, 10, only=False),
    case("reconcile_writes", "VAL16", 5),
    case("dry_run_touches_user_rows", "VAL16", 5),
    case("followers_reconcile_in_earnest", "VAL16", 5),
    case("turns_the_epoch_back", "VAL16", 6),
    case("shows_epochs_that_are_none", "VAL16", 6),
    case("recovery_only_says_so", "VAL16", 3, 6, 8, 9, 10),
    case("recovery_costs_user_data", "VAL16", 7),
    case("never_calms_down", "VAL16", 8, 10),
    case("leaves_no_audit_event", "VAL16", 9),
    case("audit_is_a_fixed_list", "VAL16", 9),
    case("recovers_in_silence", "VAL16", 9),
    case("followers_accept_writes", "VAL16", 10),
    case("follower_accepts_one_in_twenty", "VAL16", 10),
    case("stores_twice", "VAL16", 7),
    case("loses_one_of_two", "VAL16", 7),
    case("success_that_says_no", "VAL16", 10),
    case("ignores_ghosts_below", "VAL16", 3),
    case("fenced_but_says_ready", "VAL16", 4),
    case("writes_while_detected", "VAL16", 4, 7, only=False),
    case("recovery_restamps_rows", "VAL16", 7, only=False),
    case("audit_stamped_when_read", "VAL16", 9),
    case("follower_promotes_itself", "VAL16", 10),
    case("detects_once", "VAL16", 2, only=False),
    # Quorum loss.
    case("blocks_from_the_start", "VAL17", 1, only=False),
    case("flaps", "VAL17", 2, 6, only=False),
    case("block_ends_by_itself", "VAL17", 3),
    case("followers_show_no_block", "VAL17", 3),
    case("buffers_writes", "VAL17", 4),
    case("notices_when_looked_at", "VAL17", 5, 8),
    case("gives_up_in_a_long_loss", "VAL17", 6, only=False),
    case("lost_session_is_success", "VAL17", 7, only=False),
    case("unknown_is_success", "VAL17", 7),
    case("stores_twice", "VAL17", 7),
    case("success_that_says_no", "VAL17", 7),
    case("never_notices_loss", "VAL17", 2, 3, 5, 6, 8, 9, 10),
    case("accepts_writes_while_blocked", "VAL17", 4, 7),
    case("never_unblocks", "VAL17", 6, 7, 9, only=False),
    case("forgets_the_loss", "VAL17", 5, 8, 9),
    case("misdates_the_loss", "VAL17", 5, 8),
    case("leaves_no_audit_event", "VAL17", 10),
    case("audit_is_a_fixed_list", "VAL17", 10),
    case("write_ready_endpoint_lies", "VAL17", 3, quotes="write_ready"),
    case("quorum_endpoint_lies", "VAL17", 3),
    case("follower_stays_blocked", "VAL17", 7),
)

FURTHER = (
    # Found by the same probes as others, at a quarter of a minute each: the campaign alone runs them.
    case("compares_lengths", "VAL13", 4, only=False),
    case("truncates_long_payloads", "VAL13", 4, only=False),
    case("cuts_long_ids", "VAL13", 4, only=False),
    case("stores_another_epoch", "VAL13", 9, only=False),
    case("trusts_open_connections", "VAL13", 9, only=False),
    case("fences_by_holder", "VAL13", 9, only=False),
    case("fences_once_a_session", "VAL13", 9, only=False),
    case("epoch_from_a_sequence", "VAL13", 9, only=False),
    case("epochs_unlogged", "VAL13", 9, only=False),
    case("event_names_the_predecessor", "VAL13", 9, only=False),
    case("epoch_lags_behind_holder", "VAL13", 9, only=False),
    case("backdates_its_term", "VAL13", 5, only=False),
    case("yes_while_stopping", "VAL13", 4, only=False),
    case("rewinds_at_takeover", "VAL13", 4, only=False),
    case("leads_once", "VAL13", 8, only=False),
    case("handover_to_itself", "VAL13", 9, only=False),
    case("refuses_to_hand_over", "VAL13", 9, only=False),
    case("overwrites_a_neighbour", "VAL13", 4, only=False),
    case("commits_with_the_next", "VAL13", 4, only=False),
    case("restores_rows_only", "VAL15", 6),
    case("one_file_for_all", "VAL15", 5, 6, 10, only=False),
    case("later_backups_are_empty", "VAL15", 1),
    case("checksum_follows_the_file", "VAL15", 9, only=False),
    case("tells_of_refused_restores", "VAL15", 10),
    case("backs_up_another_database", "VAL15", 1, only=False),
    case("restores_then_verifies", "VAL15", 9, only=False),
    case("ignores_ghosts_above", "VAL16", 3),
    case("adopts_the_durable_epoch", "VAL16", 4, only=False),
    case("dry_run_calms", "VAL16", 4, only=False),
    case("first_write_after_is_lost", "VAL17", 7),
    case("forgets_the_last_second", "VAL17", 7, only=False),
    case("notices_one_loss", "VAL17", 9, only=False),
    case("local_time_as_utc", "VAL17", 5, 8, 10, only=False),
    case("loss_count_in_halves", "VAL17", 9, only=False),
    case("queues_what_it_refused", "VAL17", 4, only=False),
    case("keeps_its_claim", "VAL17", 7, only=False),
)
"""Wrong nodes that `scripts/wrong-nodes.sh` knows as well."""

TIMING = {
    # Waits end early here: what does not come at all is told from what comes in milliseconds.
    "start_deadline_s": 6.0,
    "failover_deadline_s": 3.0,
    "loss_deadline_s": 4.0,
}


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BadRuns]:
    """All cases that this session wants, started together."""
    chosen: list[Case] = [
        item.callspec.params["wrong"]  # type: ignore[misc]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == "test_wrong_node_fails_its_slice"
    ]
    wanted = [(wrong.script, wrong.slice_id) for wrong in chosen]
    with bad_runs(tmp_path_factory.mktemp("bad"), wanted, TIMING) as started:
        yield started


@pytest.mark.parametrize("wrong", CASES, ids=lambda wrong: f"{wrong.script}-{wrong.slice_id}")
def test_wrong_node_fails_its_slice(runs: BadRuns, wrong: Case, tmp_path: Path) -> None:
    result = runs.result(wrong.script, wrong.slice_id)
    assert result.status == "FAIL", result.report.get("not_run")
    assert "not_run" not in result.report
    details = {check["id"]: check["detail"] for check in result.report["checks"]}
    expected = {f"{wrong.slice_id}-{number:02}" for number in wrong.checks}
    assert all(wrong.quotes in details[check] for check in expected), details
    assert expected <= result.failed
    if wrong.only and result.failed != expected:
        # Four labs share the machine here: a leader that gets no processor for a while loses its lead
        # unprovoked. That is the node's doing only where it happens again; nothing else is excused.
        assert result.failed - expected <= {"VAL13-10"}
        with bad_runs(tmp_path, [(wrong.script, wrong.slice_id)], TIMING) as again:
            assert again.result(wrong.script, wrong.slice_id).failed == expected


def test_every_wrong_node_is_put_to_the_test() -> None:
    there = {path.stem for path in BAD_NODES.glob("*.py")}
    assert there == {wrong.script for wrong in CASES + FURTHER}
