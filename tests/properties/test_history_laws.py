"""Laws of the judges of histories: what one more line does, what the order of clients does not, and a
reference that looks at every pair of lines.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from haproof.core.histories.leadership import (
    by_non_holder,
    elections,
    epochs,
    events_match,
    named,
    shown_twice,
    sightings,
)
from haproof.core.histories.operation import Operation
from haproof.core.histories.outage import acknowledged_during
from haproof.core.histories.table import compare, early, finals
from haproof.core.histories.timing import gap_ms, trials
from haproof.core.histories.writes import writes
from histories import TOOK, Story

NODES = ("node1", "node2", "node3")
END = 1000.0


@st.composite
def attempts_of(draw: st.DrawFn, client: str) -> list[Operation]:
    """What one client does: one write after the other, each of its own rows, some of them sent again."""
    story, at = Story(), draw(st.integers(0, 9)) * 1.0
    for number in range(draw(st.integers(0, 5))):
        row = f"{client}-{draw(st.integers(0, number))}"
        kind = draw(st.sampled_from(["ok", "ok", "ok", "fail", "unknown"]))
        node, epoch = draw(st.sampled_from(NODES)), draw(st.integers(1, 4))
        story.write(at, row, kind, node, client, epoch=epoch)
        if kind == "ok" and draw(st.booleans()):
            story.read(at + TOOK + 1, row, *([row] if draw(st.booleans()) else []))
        at += TOOK + draw(st.integers(1, 60))
    return story.lines


@st.composite
def shown(draw: st.DrawFn) -> list[Operation]:
    """Status answers and events of any content."""
    story = Story()
    for _ in range(draw(st.integers(0, 6))):
        at, epoch = draw(st.integers(0, 300)) * 1.0, draw(st.integers(1, 4))
        if draw(st.booleans()):
            story.status(at, draw(st.sampled_from(NODES)), draw(st.sampled_from(NODES)), epoch)
        else:
            story.event(END, epoch, draw(st.sampled_from(NODES)))
    return story.lines


@st.composite
def table(draw: st.DrawFn, operations: Sequence[Operation]) -> Operation:
    """A reading of the table: any of the rows that were sent, some under another id, some twice."""
    sent = sorted({(line.id or "", line.value) for line in operations if line.kind == "invoke"})
    pool: list[tuple[str, Any, int]] = [(row, value, 1) for row, value in sent]
    pool += [(f"other-{row}", value, 1) for row, value in sent] + [("nobody", "NOBODY", 1)]
    rows = draw(st.lists(st.sampled_from(pool), max_size=8))
    return Operation(t_ms=END, kind="final", rows=list(rows))


@st.composite
def histories(draw: st.DrawFn) -> list[list[Operation]]:
    """Parts that are independent of one another: each client's lines, what was shown, and the table."""
    parts = [draw(attempts_of(client)) for client in ("w1", "w2", "w3")]
    told = [line for part in parts for line in part]
    return [*parts, draw(shown()), [draw(table(told))]]


def flat(parts: Sequence[Sequence[Operation]]) -> list[Operation]:
    return [line for part in parts for line in part]


def everything(operations: list[Operation]) -> dict[str, Any]:
    attempts = writes(operations)
    seen = sightings(operations, attempts)
    told = named(elections(operations))
    return {
        "compared": compare(attempts, finals(operations)),
        "early": early(operations, attempts),
        "twice": shown_twice(seen, told),
        "non-holder": by_non_holder(attempts, seen),
        "epochs": sorted(set(epochs(seen, told))),
        "match": events_match(seen, told),
        "gap": gap_ms(attempts, 100, 300),
    }


@given(histories(), st.permutations(range(5)))
def test_the_order_of_independent_clients_changes_nothing(
    parts: list[list[Operation]], order: list[int]
) -> None:
    assert everything(flat(parts)) == everything(flat([parts[place] for place in order]))


@given(histories(), st.floats(0.25, 4))
def test_a_common_delay_changes_nothing_but_times(parts: list[list[Operation]], later: float) -> None:
    def shift(line: Operation) -> Operation:
        keys = {name: getattr(line, name) for name in line.__struct_fields__}
        return Operation(**(keys | {"t_ms": line.t_ms + round(later * 4) / 4}))

    before, after = everything(flat(parts)), everything([shift(line) for line in flat(parts)])
    del before["gap"], after["gap"]
    assert before == after


@given(histories())
def test_a_promised_row_that_is_not_stored_is_one_more_loss(parts: list[list[Operation]]) -> None:
    before = compare(writes(flat(parts)), finals(flat(parts)))
    lost = [*flat(parts), *Story().ack(500, "new", client="w9").lines]
    after = compare(writes(lost), finals(lost))
    assert set(after.lost) == {*before.lost, "new"}
    kept = [line for line in lost if line.kind != "final"]
    rows = [*(finals(lost)[0].rows or ()), ("new", "NEW", 1)]
    kept.append(Operation(t_ms=END, kind="final", rows=rows))
    assert compare(writes(kept), finals(kept)) == before


Change = Callable[[Story], Story]


@given(
    histories(),
    st.sampled_from(
        [
            (lambda s: s.refuse(500, "new", client="w9"), "refused_stored"),
            (lambda s: s, "unexpected"),
            (lambda s: s.lose_sight(500, "new", client="w9"), "unknown_present"),
        ]
    ),
)
def test_one_more_row_in_the_table_is_counted_where_it_belongs(
    parts: list[list[Operation]], case: tuple[Change, str]
) -> None:
    told = [*flat(parts), *case[0](Story()).lines]
    before = compare(writes(told), finals(told))
    rows = [*(finals(told)[0].rows or ()), ("new", "NEW", 1)]
    more = [line for line in told if line.kind != "final"] + [Operation(t_ms=END, kind="final", rows=rows)]
    after = compare(writes(more), finals(more))
    for name in ("lost", "refused_stored", "unexpected", "unknown_present"):
        added = {"new"} if name == case[1] else set()
        assert set(getattr(after, name)) == {*getattr(before, name), *added}
    assert after.duplicated == before.duplicated


@given(histories())
def test_the_comparison_agrees_with_one_that_looks_at_every_pair(parts: list[list[Operation]]) -> None:
    operations = flat(parts)
    attempts = writes(operations)
    (last,) = finals(operations)
    rows: list[Any] = list(last.rows or ())
    ids = {write.id for write in attempts}
    promised = {write.id for write in attempts if write.outcome == "acknowledged"}
    found = compare(attempts, [last])
    stored = {row[0] for row in rows}
    assert set(found.lost) == {
        row
        for row in promised
        if not any(r[0] == row and any(w.id == row and w.payload == r[1] for w in attempts) for r in rows)
    }
    assert set(found.unexpected) == stored - ids
    assert set(found.refused_stored) == {
        row for row in stored & ids if all(w.outcome == "refused" for w in attempts if w.id == row)
    }
    assert set(found.unknown_present) == {
        row for row in stored & ids - promised if any(w.outcome == "unknown" for w in attempts if w.id == row)
    }
    copies = len(rows) - len(stored)
    payloads = {row[1] for row in rows}
    bearers = {(row[1], row[0]) for row in rows}
    assert found.duplicated == copies + len(bearers) - len(payloads)


@given(histories())
def test_non_holders_agree_with_one_that_looks_at_every_pair(parts: list[list[Operation]]) -> None:
    operations = flat(parts)
    attempts = writes(operations)
    seen = sightings(operations, attempts)
    expected = set()
    for write in attempts:
        earlier = [one for one in seen if one.at_ms < write.sent_ms]
        repeats = any(
            one.outcome == "acknowledged"
            and (one.id, one.payload) == (write.id, write.payload)
            and one.done_ms <= write.sent_ms
            for one in attempts
        )
        if repeats or write.outcome != "acknowledged" or not earlier or write.epoch is None:
            continue
        highest = max(one.epoch for one in earlier)
        holders = {one.holder for one in earlier if one.epoch == highest}
        if write.epoch <= highest and write.by not in holders:
            expected.add(write.id)
    assert set(by_non_holder(attempts, seen)) == expected


@given(histories())
def test_epochs_rise_unless_one_came_back(parts: list[list[Operation]]) -> None:
    operations = flat(parts)
    attempts = writes(operations)
    seen = sightings(operations, attempts)
    order = epochs(seen, named(elections(operations)))
    back = any(
        write.outcome == "acknowledged"
        and write.epoch is not None
        and any(one.at_ms < write.sent_ms and one.epoch > write.epoch for one in seen)
        for write in attempts
    )
    rising = all(a < b for a, b in itertools.pairwise(order))
    assert rising or back
    assert {one.epoch for one in seen} <= set(order)
    if rising:
        assert len(order) == len(set(order))


@given(histories(), st.integers(0, 300), st.integers(0, 300))
def test_an_outage_agrees_with_one_that_looks_at_every_write(
    parts: list[list[Operation]], gone: int, held: int
) -> None:
    story = (
        Story().mark(0, "fault", "loss-1").mark(gone, "gone", "loss-1").mark(gone + held, "heal", "loss-1")
    )
    operations = [*flat(parts), *story.lines]
    attempts = writes(operations)
    assert set(acknowledged_during(trials(operations, "loss"), attempts)) == {
        write.id
        for write in attempts
        if write.outcome == "acknowledged" and write.sent_ms >= gone and write.done_ms <= gone + held
    }


@given(histories(), st.integers(0, 300), st.integers(1, 300))
def test_a_gap_is_bounded_by_its_ends_and_never_longer_with_one_more_write(
    parts: list[list[Operation]], begin: int, length: int
) -> None:
    attempts = writes(flat(parts))
    gap = gap_ms(attempts, begin, begin + length)
    times = [w.done_ms for w in attempts if w.outcome == "acknowledged"]
    before = [t for t in times if t <= begin]
    if gap is None:
        assert not before
        return
    assert 0 <= gap <= begin + length - max(before)
    inside = sorted({max(before), *(t for t in times if begin < t < begin + length), begin + length})
    assert gap == max(b - a for a, b in itertools.pairwise(inside))
    more = writes([*flat(parts), *Story().ack(begin + length / 2 - TOOK, "new", client="w9").lines])
    shorter = gap_ms(more, begin, begin + length)
    assert shorter is not None
    assert shorter <= gap
