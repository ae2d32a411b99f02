"""The window of the evidence, on its limits and a microsecond beyond, and how durations are written."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from haproof.core.model import SliceResult, Window
from haproof.core.source import Source
from haproof.core.thresholds import Thresholds, derived
from haproof.core.window import (
    WindowFault,
    clock,
    in_full,
    in_words,
    judge_window,
    seconds,
    spoken,
    window_faults,
)
from haproof.kinds import HOUSE

NOON = datetime(2026, 3, 23, 12, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
HOURS = timedelta(hours=1)


def dated(*times: datetime | None) -> list[SliceResult]:
    """Slices with these timestamps; None is one that was not found."""
    records = [time and SimpleNamespace(generated_at=time) for time in times]
    return [SliceResult(source=Source(kind=HOUSE.window[0], path="x", record=one)) for one in records]


def test_nothing_found_has_no_window() -> None:
    for slices in (dated(), dated(None, None)):
        window = judge_window(slices, NOON, 0)
        assert window == Window(
            earliest=None,
            latest=None,
            span_seconds=None,
            limit_seconds=21_600,
            coherent=False,
            detail="no timestamps",
        )
        assert window_faults(slices, NOON, 0) == ()
        assert in_words(window) == "no timestamps"


def test_six_hours_are_one_run() -> None:
    slices = dated(NOON - HOURS, None, NOON - 6 * HOURS, NOON)
    window = judge_window(slices, NOON)
    assert window == Window(
        earliest="2026-03-23T06:00:00Z",
        latest="2026-03-23T12:00:00Z",
        span_seconds=21_600,
        limit_seconds=21_600,
        coherent=True,
        detail="span 6:00:00 <= 6:00:00",
    )
    assert window_faults(slices, NOON) == ()
    assert in_words(window) == "reports 6 h apart (limit 6 h)"


def test_more_than_six_hours_are_not() -> None:
    slices = dated(NOON, NOON - 6 * HOURS - MICRO)
    window = judge_window(slices, NOON)
    assert (window.coherent, window.span_seconds) == (False, 21_600.000001)
    assert window.detail == "span 6:00:00.000001 > 6:00:00"
    assert in_words(window) == "reports 6 h 0.000001 s apart (limit 6 h)"
    assert window_faults(slices, NOON) == (
        WindowFault(
            window.detail,
            "The reports are 6 h 0.000001 s apart (limit 6 h), so they are not of one run",
            "Run all slices again in one go (haproof lab run)",
        ),
    )


def test_evidence_may_be_five_minutes_ahead() -> None:
    at = NOON - timedelta(minutes=5)
    assert judge_window(dated(NOON), at).coherent
    slices = dated(NOON - HOURS, NOON)
    assert window_faults(slices, at - MICRO) == (
        WindowFault(
            "2026-03-23T12:00:00Z is 5 min 0.000001 s later than the generation time "
            "2026-03-23T11:54:59.999999Z",
            "A report is dated 2026-03-23T12:00:00Z, 5 min 0.000001 s after the time of judgement "
            "2026-03-23T11:54:59.999999Z (limit 5 min)",
            "Check the clock of the machine that wrote the evidence, and --generated-at",
        ),
    )


def test_the_latest_may_be_as_old_as_the_reader_allows() -> None:
    slices = dated(NOON - 6 * HOURS, NOON)
    assert window_faults(slices, NOON + HOURS, 3_600) == ()
    assert window_faults(slices, NOON + 9_000 * HOURS) == ()
    assert window_faults(slices, NOON, 0) == ()
    assert window_faults(slices, NOON + HOURS + MICRO, 3_600) == (
        WindowFault(
            "the latest report is 1 h 0.000001 s old (limit 1 h, by --max-age)",
            "The latest report is 1 h 0.000001 s old (limit 1 h, by --max-age)",
            "Run all slices again (haproof lab run), or judge with a greater --max-age",
        ),
    )


def test_every_fault_is_told_in_its_order() -> None:
    slices = dated(NOON - 7 * HOURS, NOON)
    window = judge_window(slices, NOON + 2 * HOURS, 3_600)
    age = "the latest report is 2 h old (limit 1 h, by --max-age)"
    assert window.detail == f"span 7:00:00 > 6:00:00; {age}"
    assert in_words(window) == f"reports 7 h apart (limit 6 h); {age}"
    assert not window.coherent


# Durations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "total", "short", "full"),
    [
        (timedelta(0), 0, "0:00:00", "0 s"),
        (MICRO, 0.000001, "0:00:00.000001", "0.000001 s"),
        (timedelta(seconds=10), 10, "0:00:10", "10 s"),
        (timedelta(seconds=1.5), 1.5, "0:00:01.5", "1.5 s"),
        (timedelta(minutes=1), 60, "0:01:00", "1 min"),
        (timedelta(minutes=59, seconds=59), 3_599, "0:59:59", "59 min 59 s"),
        (timedelta(hours=1, minutes=2, seconds=3), 3_723, "1:02:03", "1 h 2 min 3 s"),
        (timedelta(hours=20, seconds=30), 72_030, "20:00:30", "20 h 30 s"),
        (timedelta(days=1), 86_400, "24:00:00", "1 day"),
        (timedelta(days=2, seconds=1), 172_801, "48:00:01", "2 days 1 s"),
        (timedelta(days=1, microseconds=1), 86_400.000001, "24:00:00.000001", "1 day 0.000001 s"),
        (timedelta(days=1_000, minutes=30), 86_401_800, "24000:30:00", "1,000 days 30 min"),
    ],
)
def test_a_duration_to_its_last_digit(length: timedelta, total: float, short: str, full: str) -> None:
    assert (seconds(length), clock(length), in_full(length)) == (total, short, full)
    assert isinstance(seconds(length), int) is (length.microseconds == 0)


@pytest.mark.parametrize(
    ("length", "limit", "said"),
    [
        (0.25, None, "0.25 s"),
        (1, None, "1 s"),
        (1.5, None, "1 s"),
        (119.5, None, "1 min 59 s"),
        (150.5, None, "2 min"),
        (150.5, 150.5, "2 min"),
        (150.5, 130, "2 min 30 s"),
        (150.5, 150, "2 min 30.5 s"),
        (172_799, None, "1 day 23 h 59 min"),
        (200_000, 180_000, "2 days 7 h 33 min"),
        (259_199, None, "2 days"),
    ],
)
def test_a_duration_is_told_in_steps(length: float, limit: float | None, said: str) -> None:
    assert spoken(timedelta(seconds=length), None if limit is None else timedelta(seconds=limit)) == said


# Thresholds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p95_ms", "observed", "healthy", "degraded", "alert"),
    [
        ((0,), 0, 10, 100, 500),
        ((2, 3), 3, 10, 100, 500),
        ((3.5, 1), 3.5, 11.5, 115, 575),
        ((4,), 4, 13, 130, 650),
    ],
)
def test_thresholds_follow_from_the_largest(
    p95_ms: tuple[float, ...], observed: float, healthy: float, degraded: float, alert: float
) -> None:
    found = Thresholds(
        observed_p95_ms=observed, healthy_ms=healthy, degraded_ms=degraded, alert_ms=alert, derived=True
    )
    assert derived(*p95_ms) == found


@pytest.mark.parametrize("p95_ms", [(None,), (1, None), (None, 1)])
def test_without_one_of_the_figures_there_are_no_thresholds(p95_ms: tuple[float | None, ...]) -> None:
    assert derived(*p95_ms) is None
