"""Attempts of writes: each line in its place, each outcome what it promises."""

from math import inf

import pytest

from haproof.core.histories.operation import Operation
from haproof.core.histories.writes import Write, acknowledged_ids, count, first_promises, invalid, writes
from histories import Story


def test_an_attempt_is_what_was_sent_and_what_was_answered() -> None:
    story = Story().begin(10, "a", via="pooled").finish(14.5, "a", node="node2", epoch=3, holder="node2")
    assert writes(story.lines) == [
        Write(
            id="a",
            payload="A",
            client="w1",
            via="pooled",
            trial=None,
            asked="node1",
            sent_ms=10,
            outcome="acknowledged",
            done_ms=14.5,
            by="node2",
            epoch=3,
            holder="node2",
        )
    ]


def test_nothing_that_an_answer_says_is_left_out() -> None:
    begun = {"trial": "x-1", "via": "pooled", "value": "B"}
    answer = {"epoch": 2, "holder": "n", "status": 503, "invalid": "no id"}
    (write,) = writes(Story().write(1, "a", "unknown", "node3", "w9", **begun, **answer).lines)
    assert write == Write(
        id="a",
        payload="B",
        client="w9",
        via="pooled",
        trial="x-1",
        asked="node3",
        sent_ms=1,
        outcome="unknown",
        done_ms=5,
        by="node3",
        epoch=2,
        holder="n",
        status=503,
        invalid="no id",
    )


def test_an_attempt_of_nobody_has_no_names() -> None:
    (write,) = writes([Operation(t_ms=1, kind="invoke", op="insert")])
    assert (write.id, write.client, write.payload, write.asked) == ("", "", None, None)


@pytest.mark.parametrize(
    ("sent", "promised"),
    [((14, "a", "A"), ["a"]), ((13.9, "a", "A"), ["a", "a"]), ((14, "a", "B"), ["a", "a"])],
)
def test_a_repeat_is_the_same_row_sent_after_it_had_been_promised(
    sent: tuple[float, str, str], promised: list[str]
) -> None:
    at, row, value = sent
    story = Story().ack(10, "a").write(at, row, "unknown", client="w2", value=value)
    assert [write.id for write in first_promises(writes(story.lines))] == promised


def test_a_promise_counts_from_the_first_answer_to_it() -> None:
    story = Story().begin(1, "a").begin(2, "a", client="w2").begin(30, "a", client="w3")
    story.finish(20, "a").finish(90, "a", client="w2").finish(95, "a", client="w3")
    assert [write.client for write in first_promises(writes(story.lines))] == ["w1", "w2"]
    other = Story().ack(1, "a").lose_sight(10, "b", value="A")
    assert [write.id for write in first_promises(writes(other.lines))] == ["a", "b"]
    unknown = Story().lose_sight(1, "a").ack(10, "a").ack(20, "a")
    assert [write.sent_ms for write in first_promises(writes(unknown.lines))] == [1, 10]


@pytest.mark.parametrize(
    ("kind", "warnings", "outcome"),
    [
        ("ok", None, "acknowledged"),
        ("ok", [], "acknowledged"),
        ("ok", ["canceling wait for synchronous replication"], "local"),
        ("fail", None, "refused"),
        ("fail", ["w"], "refused"),
        ("unknown", None, "unknown"),
    ],
)
def test_only_a_yes_without_a_warning_is_a_promise(
    kind: str, warnings: list[str] | None, outcome: str
) -> None:
    (write,) = writes(Story().write(1, "a", kind, warnings=warnings).lines)
    assert write.outcome == outcome
    assert write.acknowledged is (outcome == "acknowledged")


def test_an_attempt_without_an_end_is_of_unknown_outcome() -> None:
    (write,) = writes(Story().begin(1, "a").lines)
    assert (write.outcome, write.done_ms, write.by, write.epoch) == ("unknown", inf, None, None)


@pytest.mark.parametrize("apart", [{"client": "w2"}, {"trial": "sigkill-2"}])
def test_the_same_row_in_flight_twice_ends_each_time_for_itself(apart: dict[str, str]) -> None:
    story = Story().begin(1, "a").begin(2, "a", **apart).finish(3, "a", "fail", **apart).finish(4, "a")
    assert [(one.outcome, one.done_ms) for one in writes(story.lines)] == [
        ("acknowledged", 4),
        ("refused", 3),
    ]


def test_two_rows_of_one_client_in_flight_end_each_for_itself() -> None:
    story = Story().begin(1, "a").begin(2, "b").finish(3, "a", "fail").finish(4, "b")
    assert [(one.id, one.outcome) for one in writes(story.lines)] == [("a", "refused"), ("b", "acknowledged")]


def test_a_payload_that_is_no_text_is_none() -> None:
    (write,) = writes(Story().begin(1, "a", value=["a"]).lines)
    assert write.payload is None


def test_whoever_does_not_name_itself_is_who_was_asked() -> None:
    (write,) = writes(Story().begin(1, "a", node="node2").finish(2, "a").lines)
    assert (write.asked, write.by) == ("node2", "node2")


def test_of_a_cluster_member_and_timeline_stand_for_node_and_epoch() -> None:
    story = Story().begin(1, "a", node=None, member="m1").finish(2, "a", member="m2", timeline=7)
    (write,) = writes(story.lines)
    assert (write.asked, write.by, write.epoch) == ("m1", "m2", 7)
    (write,) = writes(Story().begin(1, "a").finish(2, "a", epoch=0, timeline=7).lines)
    assert write.epoch == 0


def test_attempts_of_several_clients_overlap_and_stand_in_the_order_of_sending() -> None:
    story = Story().begin(1, "a", client="w1").begin(2, "b", client="w2", node="node2")
    story.finish(3, "b", client="w2", kind="fail").finish(9, "a", client="w1")
    story.refuse(10, "c").ack(20, "c", node="node2")
    attempts = writes(story.lines)
    assert [(write.id, write.client, write.outcome, write.sent_ms) for write in attempts] == [
        ("a", "w1", "acknowledged", 1),
        ("b", "w2", "refused", 2),
        ("c", "w1", "refused", 10),
        ("c", "w1", "acknowledged", 20),
    ]
    assert acknowledged_ids(attempts) == {"a", "c"}
    assert [count(attempts, outcome) for outcome in ("acknowledged", "refused", "unknown", "local")] == [
        *(2, 2, 0, 0)
    ]


def test_the_same_row_in_two_trials_is_two_operations() -> None:
    story = Story().begin(1, "a", trial="x-1").begin(2, "a", trial="x-2")
    story.finish(3, "a", trial="x-2", kind="fail").finish(4, "a", trial="x-1")
    assert [(write.trial, write.outcome) for write in writes(story.lines)] == [
        ("x-1", "acknowledged"),
        ("x-2", "refused"),
    ]


def test_invalid_answers_of_success_are_counted_whatever_else_is_unknown() -> None:
    story = Story().lose_sight(1, "a", invalid="id is 7, not a").lose_sight(10, "b").ack(20, "c")
    assert invalid(writes(story.lines)) == 1


def test_what_is_no_insert_is_no_write() -> None:
    story = Story().status(1, "node1", "node1", 1).read(2, "a", "a").event(3, 1, "node1").final(4)
    story.line(5, "invoke", op="txn", client="w1", id="t1")
    story.lines.append(Operation(t_ms=6, kind="end", trial="x-1"))
    story.lines.append(Operation(t_ms=7, kind="fault", op="insert", trial="x-1"))
    assert writes(story.lines) == []
