"""What a person is told of the time that a run takes."""

import pytest

from haproof.lab.expected import SECONDS, TRIAL_SECONDS, about, plan, words
from haproof.lab.scenario import TRIALS, Options, Profile
from haproof.lab.scenarios import SCENARIOS

ALL = [scenario.slice.id for scenario in SCENARIOS]
USUAL = [scenario.slice.id for scenario in SCENARIOS if scenario.slice.role == "window"]


@pytest.mark.parametrize("profile", TRIALS)
def test_every_slice_of_every_profile_has_its_time_and_the_line_fits(profile: Profile) -> None:
    expected = plan(ALL, Options(profile, TRIALS[profile]))
    assert list(expected) == ALL == list(SECONDS)
    assert all(seconds > 0 for seconds in expected.values())
    usual = plan(USUAL, Options(profile, TRIALS[profile]))
    assert len(f"time: {words(usual)}") <= 80


def test_trials_are_counted_where_they_are_made() -> None:
    usual, more = (plan(ALL, Options("default", trials)) for trials in (10, 12))
    assert more["VAL13"] - usual["VAL13"] == pytest.approx(2 * TRIAL_SECONDS)
    assert {**more, "VAL13": 0} == {**usual, "VAL13": 0}
    assert min(plan(ALL, Options("full", 1)).values()) > 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "0 s"), (4.4, "4 s"), (19, "19 s"), (23, "25 s"), (58, "1 min"), (110, "1 min 50 s")],
)
def test_about(seconds: float, said: str) -> None:
    assert about(seconds) == said


def test_one_slice_is_the_whole() -> None:
    assert words({"VAL16": 4}) == "about 4 s"
    assert words({"VAL16": 4, "VAL17": 9}) == "about 13 s (VAL16 4, VAL17 9 s)"
