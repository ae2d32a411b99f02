"""How long what is under way has still to go: to the second, never less than nothing, unknown where it is."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from haproof.core.parse import parse_report
from haproof.kinds.calibration import making as calibration
from haproof.kinds.soak import KIND
from haproof.kinds.soak import making as soak
from haproof.kinds.soak.gap import falls_short, measured, percent, remarks
from soaks import val18


@pytest.mark.parametrize(
    ("hours", "seconds"), [(0, 86_400), (20, 14_400), (23.5, 1_800), (24, 0), (30, 0), (None, None)]
)
def test_of_a_calibration(hours: float | None, seconds: float | None) -> None:
    record: Any = SimpleNamespace(metrics=SimpleNamespace(hours=hours))
    assert calibration.seconds_left(record) == seconds
    assert calibration.MADE.seconds == 86_400
    assert calibration.MADE.completes == ("CALIBRATION-02", "CALIBRATION-03")


def of_a_soak(**metrics: Any) -> Any:
    record: Any = parse_report(json.dumps(val18()).encode(), KIND)
    return replace(record, metrics=replace(record.metrics, **metrics))


@pytest.mark.parametrize(
    ("metrics", "seconds"),
    [
        ({"days": 0}, 2_592_000),
        ({"days": 29.5}, 43_200),
        ({"days": 30}, 0),
        ({"days": 31}, 0),
        ({"days": None}, None),
        ({"days": 12, "goal_days": 29}, None),
        ({"days": 12, "compressed": True}, None),
    ],
)
def test_of_a_soak(metrics: dict[str, Any], seconds: float | None) -> None:
    assert soak.seconds_left(of_a_soak(**metrics)) == seconds
    assert soak.MADE.seconds == 2_592_000
    assert soak.MADE.completes == ("VAL18-01", "VAL18-02")


# What a soak says of its gap --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        ({"days": 30.014}, "30.01 days observed, uptime 99.9614 %, 3 scheduled failovers, self-reported"),
        (
            {"days": 0.5, "compressed": True, "anchored": None},
            (
                "0.50 simulated days (compressed soak) observed, uptime 99.9614 %, 3 scheduled failovers, "
                "self-reported"
            ),
        ),
        (
            {"days": 30, "uptime": None, "scheduled_failovers": None, "anchored": "anchored"},
            ("30.00 days observed, uptime not measured, an unknown number of scheduled failovers, anchored"),
        ),
        ({"days": 0}, None),
        ({"days": None}, None),
    ],
)
def test_what_was_observed(metrics: dict[str, Any], said: str | None) -> None:
    assert measured(of_a_soak(**metrics)) == said


@pytest.mark.parametrize(
    ("part", "said"), [(1, "100 %"), (0.999, "99.9 %"), (0.9989999, "99.8999 %"), (0, "0 %"), (0.5, "50 %")]
)
def test_a_part_is_cut_off_and_never_rounded_up(part: float, said: str) -> None:
    assert percent(part) == said


@pytest.mark.parametrize(
    ("metrics", "why"),
    [
        ({}, None),
        ({"goal_days": 31}, None),
        ({"goal_days": 29.5}, "agreed on 29.5 days, not 30"),
        ({"goal_days": None}, "agreed on unknown days, not 30"),
        ({"compressed": True}, "the soak is compressed: its days are simulated"),
        ({"compressed": None, "goal_days": 1}, "the soak is compressed: its days are simulated"),
    ],
)
def test_what_keeps_a_soak_from_ga_1(metrics: dict[str, Any], why: str | None) -> None:
    assert falls_short(of_a_soak(**metrics)) == why


@pytest.mark.parametrize(("compressed", "said"), [(True, "is compressed"), (None, "is or may be compressed")])
def test_a_compressed_soak_says_so(compressed: bool | None, said: str) -> None:
    rest = "its days, intervals and downtime are simulated, and it never meets GA-1"
    assert list(remarks(of_a_soak(compressed=compressed))) == [f"The soak {said}: {rest}"]
    assert list(remarks(of_a_soak(compressed=False))) == []
