"""Durations in words: one form everywhere, and never rounded across what they are held against."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broken_runs import BROKEN
from builders import NOON, full, write
from haproof.api import assess, read_evidence
from haproof.core.headline import headline
from haproof.core.model import Options
from haproof.core.window import spoken
from haproof.render import render


@pytest.mark.parametrize(
    ("seconds", "limit", "words"),
    [
        (0, None, "0 s"),
        (0.4, None, "0.4 s"),
        (52.4, 21_600, "52 s"),
        (119, None, "1 min 59 s"),
        (120, None, "2 min"),
        (3600, 1800, "1 h"),
        (40_680.87892, 36_000, "11 h 18 min"),
        (100_000, None, "1 day 3 h 46 min"),
        (777_600, 604_800, "9 days"),
        (200_000, None, "2 days"),
        (21_600, 21_600, "6 h"),
        (21_601, 21_600, "6 h 1 s"),
        (21_600.5, 21_600, "6 h 0.5 s"),
        (21_660, 21_600, "6 h 1 min"),
        (604_800.000001, 604_800, "7 days 0.000001 s"),
        (604_860, 604_800, "7 days 1 min"),
        (604_800, 604_800, "7 days"),
    ],
)
def test_a_duration_in_words(seconds: float, limit: int | None, words: str) -> None:
    assert spoken(timedelta(seconds=seconds), None if limit is None else timedelta(seconds=limit)) == words


SIZES = {"day": 86_400, "days": 86_400, "h": 3600, "min": 60, "s": 1}


def heard(words: str) -> timedelta:
    """The duration that a reader takes from the words."""
    total = timedelta()
    for figure, unit in re.findall(r"([\d.,]+) (days?|h|min|s)\b", words):
        whole, _, part = figure.replace(",", "").partition(".")
        total += timedelta(seconds=int(whole) * SIZES[unit], microseconds=int(part.ljust(6, "0") or 0))
    return total


SPANS = st.timedeltas(timedelta(0), timedelta(days=40_000))


@given(SPANS, st.one_of(SPANS, st.none()), st.integers(-2, 2))
def test_no_duration_is_rounded_across_its_limit(
    limit: timedelta, other: timedelta | None, micros: int
) -> None:
    length = max(timedelta(0), limit + timedelta(microseconds=micros)) if other is None else other
    shown = heard(spoken(length, limit))
    assert (shown > limit) == (length > limit)
    assert shown <= length


PLAIN_CLOCK = re.compile(r"(?<![\dT:-])\d+:\d\d:\d\d(?![\d:]| ?UTC|\u00a0UTC)")


@pytest.mark.parametrize("name", ["too_old", "incoherent_window"])
@pytest.mark.parametrize("form", ["html", "markdown", "brief", "junit"])
def test_a_page_writes_every_duration_in_words(name: str, form: str, tmp_path: Path) -> None:
    page = render(BROKEN[name].make(tmp_path), form).decode()
    page = re.sub(r'<span class="whole">([\d-]+)</span>', r"\1", page)
    page = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "", page)
    assert PLAIN_CLOCK.findall(page) == []


@pytest.mark.parametrize("name", ["too_old", "incoherent_window"])
def test_the_text_writes_a_span_as_the_contract_does_and_only_there(name: str, tmp_path: Path) -> None:
    lines = render(BROKEN[name].make(tmp_path), "text").decode().splitlines()
    found = [line.strip() for line in lines if PLAIN_CLOCK.search(line)]
    expected = ["Evidence: NOT coherent (span 6:00:01 > 6:00:00)"] if name == "incoherent_window" else []
    assert found == expected


def test_one_age_is_told_in_one_way(tmp_path: Path) -> None:
    folder = write(tmp_path, full())
    for micros, words in ((0, "40 min"), (500_000, "40 min 0.5 s")):
        now = NOON + timedelta(microseconds=micros)
        report = assess(read_evidence(str(folder)), now, Options(max_age_seconds=2400))
        assert headline(report).age == words
        assert [f"is {words} old" in reason.sentence for reason in report.reasons] == [True] * bool(micros)
        assert (f"is {words} old" in report.proof.evidence.window.detail) is bool(micros)


def test_what_the_risk_of_the_window_says_is_so(tmp_path: Path) -> None:
    report = BROKEN["too_old"].make(tmp_path)
    (risk,) = [risk for risk in report.proof.risks if risk.id == "RUN-WINDOW"]
    assert "The latest report is 40 min old (limit 30 min, by --max-age)" in risk.detail
    assert "run" not in risk.title.lower()
    assert risk.closed_by == report.reasons[0].next
