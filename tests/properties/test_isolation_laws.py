"""The checker against brute force on tiny histories, in both directions, and against a simulated store."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haproof.core.histories.transactions.check import check
from haproof.core.histories.transactions.levels import IsolationLevel, base, forbidden
from haproof.core.histories.writes import WriteClass
from list_append import T, key, numbers, recorded, steps
from simulated_store import Store

Lists = dict[int, list[int]]


OUTCOMES: tuple[WriteClass, ...] = (*("acknowledged",) * 4, "unknown", "refused")


@st.composite
def tiny(draw: st.DrawFn) -> tuple[list[T], Lists]:
    """Two to four transactions over two lists; each read shows some beginning of the list at the end."""
    plans = draw(
        st.lists(
            st.lists(st.sampled_from(["+x", "+y", "x", "y"]), min_size=1, max_size=3), min_size=2, max_size=4
        )
    )
    given_: list[list[str]] = []
    appended: dict[str, list[str]] = {"x": [], "y": []}
    for plan in plans:
        given_.append([])
        for word in plan:
            if word[0] == "+":
                number = "123456789abc"[len(appended["x"]) + len(appended["y"])]
                appended[word[1]].append(number)
                given_[-1].append(word + number)
            else:
                given_[-1].append(word)
    outcomes = [draw(st.sampled_from(OUTCOMES)) for _ in plans]
    gone = {
        word[2:]
        for words, outcome in zip(given_, outcomes, strict=True)
        for word in words
        if word[0] == "+" and (outcome == "refused" or (outcome == "unknown" and draw(st.booleans())))
    }
    end = {
        letter: [number for number in draw(st.permutations(all_)) if number not in gone]
        for letter, all_ in appended.items()
    }
    written = []
    for index, (words, outcome) in enumerate(zip(given_, outcomes, strict=True)):
        sent, length = draw(st.integers(0, 6)), draw(st.integers(1, 6))
        own = {word[2:] for word in words if word[0] == "+"}
        done = " ".join(word if word[0] == "+" else _read(draw, word, words, end, own) for word in words)
        written.append(T(f"c{index}", sent, sent + length, done, outcome))
    return written, {key(letter): numbers("".join(all_)) for letter, all_ in end.items()}


def _read(
    draw: st.DrawFn, letter: str, words: Sequence[str], end: dict[str, list[str]], own: set[str]
) -> str:
    """A read of some beginning of a list, with the transaction's own appends so far at its end."""
    others = [number for number in end[letter] if number not in own] if draw(st.booleans()) else end[letter]
    before = others[: draw(st.integers(0, len(others)))]
    mine = [word[2:] for word in words[: words.index(letter)] if word.startswith(f"+{letter}")]
    return f"{letter}={''.join([*(number for number in before if number not in mine), *mine])}"


def took_effect(written: Sequence[T], end: Lists) -> list[T] | None:
    """The transactions that must be explained; None where one is there by half."""
    found = []
    for one in written:
        there = [number in end[at] for kind, at, number in steps(one.steps) if kind == "append"]
        if one.outcome == "acknowledged":
            found.append(one)
        elif any(there):
            if not all(there) or one.outcome == "refused":
                return None
            reads = " ".join(word for word in one.steps.split() if word[0] == "+")
            found.append(one._replace(steps=reads, done=float("inf")))
    return found


def runs(one: T, state: Lists) -> Lists | None:
    """The lists after a transaction; None where it would have read something else."""
    after = {at: list(all_) for at, all_ in state.items()}
    for kind, at, value in steps(one.steps):
        if kind == "append":
            assert isinstance(value, int)
            after[at].append(value)
        elif after[at] != value:
            return None
    return after


def serialisable(written: Sequence[T], end: Lists, *, in_time: bool) -> bool:
    """Whether some order of the transactions, one after the other, explains everything."""
    committed = took_effect(written, end)
    if committed is None:
        return False
    for order in permutations(committed):
        if in_time and any(b.done < a.sent for n, a in enumerate(order) for b in order[n + 1 :]):
            continue
        state: Lists | None = {at: [] for at in end}
        for one in order:
            state = None if state is None else runs(one, state)
        if state == end:
            return True
    return False


def snapshot_isolated(written: Sequence[T], end: Lists, *, in_time: bool) -> bool:
    """Whether some order of snapshots and commits explains everything, the first committer of a list wins."""
    committed = took_effect(written, end)
    return committed is not None and _explained(
        committed, {}, frozenset(), {at: [] for at in end}, end, in_time
    )


def _explained(
    all_: Sequence[T], began: dict[int, Lists], ended: frozenset[int], state: Lists, end: Lists, in_time: bool
) -> bool:
    """Depth first over what happens next: a transaction takes its snapshot, or commits."""
    if len(ended) == len(all_):
        return state == end
    for number, one in enumerate(all_):
        if number in ended:
            continue
        if number not in began:
            late = in_time and any(
                other.done < one.sent and at not in ended for at, other in enumerate(all_) if at != number
            )
            fits = not late and runs(one, state) is not None
            if fits and _explained(all_, began | {number: state}, ended, state, end, in_time):
                return True
        else:
            appends = [(at, value) for kind, at, value in steps(one.steps) if kind == "append"]
            if all(began[number][at] == state[at] for at, _ in appends):
                after = {at: list(values) for at, values in state.items()}
                for at, value in appends:
                    assert isinstance(value, int)
                    after[at].append(value)
                if all(after[at] == end[at][: len(after[at])] for at in after) and _explained(
                    all_, began, ended | {number}, after, end, in_time
                ):
                    return True
    return False


def shown(written: Sequence[T], end: Lists, level: IsolationLevel, *, in_time: bool) -> list[str]:
    """What the checker holds against the level; of the orders only where they are asked for."""
    found = check(recorded(written), end)
    assert found.duplicated == 0
    against = forbidden(found.anomalies, level)
    return sorted(name for name in against if in_time or name == base(name)) + ["phantom"] * found.phantom


@pytest.mark.parametrize("in_time", [False, True])
@given(tiny())
@settings(max_examples=400)
def test_nothing_is_found_exactly_where_a_serial_order_explains_it(
    in_time: bool, history: tuple[list[T], Lists]
) -> None:
    written, end = history
    found = shown(written, end, "serializable", in_time=in_time)
    assert (not found) is serialisable(written, end, in_time=in_time), found


@pytest.mark.parametrize("in_time", [False, True])
@given(tiny())
@settings(max_examples=400)
def test_nothing_that_repeatable_read_forbids_is_found_exactly_where_snapshots_explain_it(
    in_time: bool, history: tuple[list[T], Lists]
) -> None:
    written, end = history
    found = shown(written, end, "repeatable read", in_time=in_time)
    assert (not found) is snapshot_isolated(written, end, in_time=in_time), found


LEVELS: tuple[IsolationLevel, ...] = ("serializable", "repeatable read", "read committed")
seeds = st.integers(0, 2**32)


@pytest.mark.parametrize("level", LEVELS)
@given(seeds)
@settings(max_examples=60)
def test_a_correct_store_shows_nothing_that_its_level_forbids(level: IsolationLevel, seed: int) -> None:
    store = Store(level, seed)
    store.run(60)
    found = check(store.history, store.lists)
    assert forbidden(found.anomalies, level) == {}
    assert (found.lost, found.duplicated, found.phantom) == ((), 0, 0)


@pytest.mark.parametrize("level", LEVELS)
@given(seeds)
@settings(max_examples=30)
def test_nor_does_it_where_the_lists_are_not_read_at_the_end(level: IsolationLevel, seed: int) -> None:
    store = Store(level, seed)
    store.run(60)
    assert forbidden(check(store.history).anomalies, level) == {}


@pytest.mark.parametrize("level", LEVELS)
@given(seeds, st.integers(0, 12))
@settings(max_examples=60)
def test_a_failover_that_loses_the_last_commits_shows_loss_and_nothing_else(
    level: IsolationLevel, seed: int, lost: int
) -> None:
    store = Store(level, seed)
    store.run(40)
    before = {number for all_ in store.lists.values() for number in all_}
    store.fail_over(lost)
    gone = before - {number for all_ in store.lists.values() for number in all_}
    store.run(40)
    expected = {
        number
        for number, one in enumerate(store.history.all)
        if one.outcome == "acknowledged" and any(value in gone for _, value in one.appends)
    }
    found = check(store.history, store.lists, forgive=True, timeline=store.timeline)
    assert forbidden(found.anomalies, level) == {}
    assert set(found.lost) == expected
    strict = check(store.history, store.lists, timeline=store.timeline)
    assert forbidden(strict.anomalies, level) == ({"lost-append": len(expected)} if expected else {})


WEAKER = {"serializable": ("repeatable read", "G2-item"), "repeatable read": ("read committed", "G-single")}


@pytest.mark.parametrize("promised", WEAKER)
def test_a_store_of_a_weaker_level_is_caught(promised: IsolationLevel) -> None:
    actual, anomaly = WEAKER[promised]
    caught: set[str] = set()
    for seed in range(10):
        store = Store(actual, seed)  # type: ignore[arg-type]
        store.run(200)
        caught |= forbidden(check(store.history, store.lists).anomalies, promised).keys()
    assert anomaly in caught
