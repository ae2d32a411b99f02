"""From lines to figures: all of a whole history, and none of what it does not have."""

from collections.abc import Callable
from typing import Any

import pytest

from haproof.core.histories.codec import encode
from haproof.core.histories.operation import Operation
from haproof.core.histories.recounting import of_failover, of_quorum_loss
from histories import Story
from recounted import VAL13_METRICS, VAL13_OBSERVATIONS, VAL17_METRICS, val13_history, val17_history

SETTINGS: dict[str, Any] = {"failover_deadline_s": 7}
WHOLE = VAL13_METRICS | VAL13_OBSERVATIONS
OLD = b'{"id":"a","payload":"A","outcome":"acknowledged","node":"n","status":201,"sent_s":1.0,"done_s":2.0}\n'
Keep = Callable[[Operation], bool]


def lines(story: Story, keep: Keep = lambda line: True) -> list[bytes]:
    return [encode(line) for line in story.lines if keep(line)]


def failover(keep: Keep) -> dict[str, Any]:
    return of_failover(lines(val13_history(), keep), SETTINGS)


def of_series(line: Operation) -> str:
    return (line.trial or "").rpartition("-")[0]


def test_a_whole_history_yields_every_figure() -> None:
    assert of_failover(lines(val13_history()), SETTINGS) == WHOLE
    assert of_quorum_loss(lines(val17_history())) == VAL17_METRICS


@pytest.mark.parametrize(
    ("series", "gone"),
    [
        (
            ("sigterm",),
            {
                *("sigterm_trials_ms", "sigterm_failover_ms", "sigterm_accepting_trials_ms"),
                *("sigterm_takeover_trials_ms", "sigterm_takeover_ms"),
            },
        ),
        (
            ("sigkill",),
            {
                *("sigkill_trials_ms", "sigkill_failover_ms", "sigkill_accepting_trials_ms"),
                *("sigkill_takeover_trials_ms", "sigkill_takeover_ms"),
            },
        ),
        (
            ("sigterm", "sigkill"),
            {
                *("sigterm_trials_ms", "sigterm_failover_ms", "sigterm_accepting_trials_ms"),
                *("sigterm_takeover_trials_ms", "sigterm_takeover_ms"),
                *("sigkill_trials_ms", "sigkill_failover_ms", "sigkill_accepting_trials_ms"),
                *("sigkill_takeover_trials_ms", "sigkill_takeover_ms"),
                "write_gap_ms",
            },
        ),
        (("rapid",), {"rapid_cycle_ms"}),
        (("hang",), {"hung_leader_failover_ms"}),
        (("silent",), {"unobserved_takeover_ms"}),
        (("raised-epoch",), {"stale_write_refused"}),
    ],
)
def test_a_series_that_was_not_tried_yields_nothing(series: tuple[str, ...], gone: set[str]) -> None:
    found = failover(lambda line: of_series(line) not in series)
    assert WHOLE.keys() - found.keys() == gone


@pytest.mark.parametrize("series", ["sigterm", "sigkill", "silent"])
def test_one_trial_without_the_wall_clock_leaves_no_takeovers_of_its_series(series: str) -> None:
    story = val13_history()
    for place, line in enumerate(story.lines):
        if line.trial == f"{series}-1" and line.kind == "fault":
            story.lines[place] = Operation(t_ms=line.t_ms, kind="fault", trial=line.trial, node=line.node)
    gone = {name for name in WHOLE if "takeover" in name and name.startswith((series, "unobserved"))}
    if series != "silent":
        gone.remove("unobserved_takeover_ms")
    assert WHOLE.keys() - of_failover(lines(story), SETTINGS).keys() == gone


def test_without_a_reading_of_the_table_nothing_is_said_of_it() -> None:
    found = failover(lambda line: line.kind != "final")
    assert WHOLE.keys() - found.keys() == {
        *("data_loss_rows", "rows_refused_stored", "rows_duplicated", "rows_unexpected"),
        "stale_write_refused",
    }


@pytest.mark.parametrize("settings", [{}, {"failover_deadline_s": None}, {"failover_deadline_s": "7"}])
def test_changes_are_counted_where_the_settings_say_how_long_a_fault_lasts(settings: dict[str, Any]) -> None:
    found = of_failover(lines(val13_history()), settings)
    assert found == {name: value for name, value in WHOLE.items() if name != "unprovoked_changes"}


@pytest.mark.parametrize(("settled_s", "changes"), [(0.1, 0), (0.099, 1), (0, 1)])
def test_a_change_after_the_settling_was_provoked_by_nobody(settled_s: float, changes: int) -> None:
    """node2 changes its role between 1060 and 1080; the last trial ended at 960."""
    found = failover(lambda line: of_series(line) != "raised-epoch")
    assert found["unprovoked_changes"] == 0
    story = lines(val13_history(), lambda line: of_series(line) != "raised-epoch")
    assert of_failover(story, {"failover_deadline_s": settled_s})["unprovoked_changes"] == changes


@pytest.mark.parametrize(
    ("tell", "refused"),
    [
        (lambda s: s, True),
        (lambda s: s.write(1103, "stale-other", "fail"), None),
        (lambda s: s.final(2001, ("stale-epoch", "x", 9)), False),
    ],
)
def test_a_stale_write_is_refused_stored_or_could_not_be_tried(
    tell: Callable[[Story], Story], refused: bool | None
) -> None:
    assert of_failover(lines(tell(val13_history())), SETTINGS)["stale_write_refused"] is refused


def test_the_old_form_yields_its_counts_alone() -> None:
    assert of_failover([OLD], SETTINGS) == {"rows_acknowledged": 1, "rows_refused": 0, "rows_unknown": 0}
    assert of_quorum_loss([OLD]) == {}


def test_of_a_loss_only_what_was_tried_is_said() -> None:
    assert of_quorum_loss([]) == {}
    watched = {
        *("loss_detection_trials_ms", "loss_detection_ms", "recovery_trials_ms", "recovery_ms"),
        *("loss_held_ms", "block_held", "writes_acknowledged_during_loss"),
    }
    for gone, keep in (
        (watched, lambda line: of_series(line) != "loss"),
        ({"rows_lost"}, lambda line: line.kind != "final"),
        ({"protected_write_refused"}, lambda line: line.op != "insert"),
    ):
        found = of_quorum_loss(lines(val17_history(), keep))
        assert VAL17_METRICS.keys() - found.keys() == gone
    story = val17_history().ack(2100, "b").ack(2200, "c").final(4000, "a")
    found = of_quorum_loss(lines(story))
    assert (found["writes_acknowledged_during_loss"], found["rows_lost"]) == (2, 2)
