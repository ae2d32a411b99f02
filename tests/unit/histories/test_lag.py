"""VAL14's figures from its samples and its journal, written by hand."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.core.histories.codec import Malformed
from haproof.core.histories.lag import (
    distinct,
    figures_of_journal,
    figures_of_samples,
    nearest_rank,
    samples,
)


def raw(*lines: dict[str, Any]) -> list[bytes]:
    return [json.dumps(line).encode() + b"\n" for line in lines]


def phase(name: str, *write: float | None, **more: Any) -> list[dict[str, Any]]:
    """Samples of a phase; flush and replay lag are two and three times the write lag."""
    return [
        {
            "phase": name,
            "ms": 10.0 * number,
            "write_lag_ms": value,
            "flush_lag_ms": None if value is None else 2 * value,
            "replay_lag_ms": None if value is None else 3 * value,
        }
        | more
        for number, value in enumerate(write)
    ]


# Percentiles and changes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 1), (5, 1), (30, 2), (40, 2), (41, 3), (50, 3), (95, 5), (100, 5)]
)
def test_nearest_rank(percent: float, expected: float) -> None:
    assert nearest_rank([5, 3, 1, 2, 4], percent) == expected
    assert nearest_rank([], percent) is None


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.floats(0.1, 100))
def test_enough_values_lie_at_or_below_a_percentile_and_not_below_the_one_before(
    values: list[float], percent: float
) -> None:
    found = nearest_rank(values, percent)
    assert found is not None
    assert found in values
    needed = percent / 100 * len(values)
    assert sum(value <= found for value in values) >= needed - 1e-9
    assert sum(value < found for value in values) < needed + 1e-9


@pytest.mark.parametrize(
    ("values", "measured"),
    [
        ([], []),
        ([1.0], []),
        ([1.0, 1.0], []),
        ([1.0, 2.0, 2.0, 1.0], [2.0, 1.0]),
        ([1.0, None, 1.0], [1.0]),
        ([None, None, 3.0, None], [3.0]),
        ([1.0, 0.0], [0.0]),
    ],
)
def test_a_measurement_is_a_change_to_a_value(values: list[float | None], measured: list[float]) -> None:
    assert distinct(values) == measured


# Samples ----------------------------------------------------------------------------------------------------


def test_each_load_has_its_values_and_its_percentile() -> None:
    light, heavy = range(101), range(200, -1, -1)
    found = figures_of_samples(raw(*phase("light", *light), *phase("heavy", *heavy)))
    assert found["light_samples_ms"] == [*range(1, 101)]
    assert (found["light_n"], found["light_p95_ms"]) == (100, 95)
    assert (found["heavy_n"], found["heavy_p99_ms"]) == (200, 197)
    both = sorted([*range(1, 101), *range(200)])
    assert found["flush_p95_ms"] == 2 * both[285 - 1]
    assert found["replay_p95_ms"] == 3 * both[285 - 1]
    assert not any(name.startswith("idle") for name in found)


@pytest.mark.parametrize("load", ["light", "heavy"])
def test_one_load_alone_has_no_figures_of_both(load: str) -> None:
    found = figures_of_samples(raw(*phase(load, 1.0, 2.0)))
    percentile = {"light": "light_p95_ms", "heavy": "heavy_p99_ms"}[load]
    assert found == {f"{load}_samples_ms": [2.0], f"{load}_n": 1, percentile: 2.0}


def test_at_rest_every_numbered_reading_counts_and_none_is_zero() -> None:
    lines = phase("idle", None, 4.0, 4.0, None, reading=1)
    found = figures_of_samples(raw(*lines))
    assert found == {"idle_samples_ms": [4.0], "idle_n": 4, "idle_null_samples": 2, "idle_p95_ms": 4.0}
    quiet = figures_of_samples(raw(*phase("idle", None, None, reading=1)))
    assert (quiet["idle_n"], quiet["idle_null_samples"], quiet["idle_p95_ms"]) == (2, 2, 0)


def test_the_percentiles_at_rest_and_of_visible_commits_are_the_95th() -> None:
    found = figures_of_samples(raw(*phase("idle", *range(1, 101), reading=1)))
    assert (found["idle_n"], found["idle_p95_ms"]) == (100, 95)
    visible = {"kind": "saw", "what": "visible", "times_ms": [*range(100, 0, -1)]}
    assert figures_of_journal(raw(visible)) == {"visible_p95_ms": 95}


def test_readings_that_are_not_numbered_show_their_changes_alone() -> None:
    assert figures_of_samples(raw(*phase("idle", 1.0, 2.0))) == {"idle_samples_ms": [2.0]}
    mixed = [*phase("idle", 1.0), *phase("idle", 2.0, reading=1)]
    assert figures_of_samples(raw(*mixed))["idle_n"] == 1


def test_phases_keep_the_order_of_their_samples() -> None:
    found = samples(raw(*phase("light", 1.0), *phase("heavy", 9.0), *phase("light", 2.0)))
    assert {name: [one.write_lag_ms for one in lines] for name, lines in found.items()} == {
        "light": [1.0, 2.0],
        "heavy": [9.0],
    }
    assert figures_of_samples([]) == {}


# The journal ------------------------------------------------------------------------------------------------


def sampled(name: str, **more: Any) -> dict[str, Any]:
    return {"at": "2026-11-29T10:00:00Z", "ms": 1.0, "kind": "saw", "what": "sampled", "phase": name} | more


@pytest.mark.parametrize(("drains", "worst"), [([5.0, 9.0, 7.0], 9.0), ([5.0, None], None), ([], None)])
def test_the_worst_drain_counts(drains: list[float | None], worst: float | None) -> None:
    assert figures_of_journal(raw(sampled("heavy", drains_ms=drains))) == {"heavy_drain_ms": worst}


@pytest.mark.parametrize(
    ("times", "p95"), [([3.0, 1.0, 2.0], 3.0), ([1.0, None], None), ([None], None), ([], None)]
)
def test_a_commit_that_was_never_seen_leaves_no_percentile(
    times: list[float | None], p95: float | None
) -> None:
    line = {"kind": "saw", "what": "visible", "times_ms": times}
    assert figures_of_journal(raw(line)) == {"visible_p95_ms": p95}


def test_readings_at_rest_are_taken_from_the_phase_at_rest() -> None:
    lines = raw(
        sampled("idle", readings=40, nulls=38),
        sampled("light", readings=7, nulls=7),
        {"kind": "saw", "what": "visible"},
        {
            "kind": "saw",
            "what": "other",
            "phase": "idle",
            "readings": 1,
            "drains_ms": [1.0],
            "times_ms": [1.0],
        },
    )
    assert figures_of_journal(lines) == {"idle_n": 40, "idle_null_samples": 38}


@pytest.mark.parametrize("derive", [figures_of_samples, figures_of_journal])
@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"nothing\n", "not JSON"),
        (b"\xff\n", "not JSON"),
        (b'{"more":' + b"[" * 100_000 + b"\n", "not JSON"),
        (b'{"phase":1,"ms":1}\n', "$.phase: expected a text, got a whole number"),
        (b"[]\n", "$: expected an object, got an array"),
    ],
)
def test_a_line_that_is_none_is_named(derive: Any, line: bytes, fault: str) -> None:
    with pytest.raises(Malformed) as raised:
        derive([*raw(phase("idle", 1.0)[0]), line])
    assert str(raised.value) == f"line 2: {fault}"
