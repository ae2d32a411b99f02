"""The evidence window: five reports of one coherent run lie within six hours of one another."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from haproof.core.instant import format_instant
from haproof.core.model import SliceResult, Window
from haproof.core.targets import CLOCK_SKEW_SECONDS, WINDOW_SECONDS


def judge_window(slices: Sequence[SliceResult], generated_at: datetime) -> Window:
    """Span of the timestamps of the slices found, and whether they make one coherent set."""
    times = [result.source.record.generated_at for result in slices if result.found]
    if not times:
        return Window(
            earliest=None,
            latest=None,
            span_seconds=None,
            limit_seconds=WINDOW_SECONDS,
            coherent=False,
            detail="no timestamps",
        )
    earliest, latest = min(times), max(times)
    span, limit = latest - earliest, timedelta(seconds=WINDOW_SECONDS)
    ahead = latest - generated_at
    faults = []
    if span > limit:
        faults.append(f"span {clock(span)} > {clock(limit)}")
    if ahead > timedelta(seconds=CLOCK_SKEW_SECONDS):
        faults.append(
            f"{format_instant(latest)} is {clock(ahead)} later than the generation time "
            f"{format_instant(generated_at)}"
        )
    return Window(
        earliest=format_instant(earliest),
        latest=format_instant(latest),
        span_seconds=seconds(span),
        limit_seconds=WINDOW_SECONDS,
        coherent=not faults,
        detail="; ".join(faults) or f"span {clock(span)} <= {clock(limit)}",
    )


def seconds(span: timedelta) -> int | float:
    """A duration in seconds, whole where it is whole."""
    total = span.days * 86_400 + span.seconds
    return total + span.microseconds / 1e6 if span.microseconds else total


def clock(span: timedelta) -> str:
    """H:MM:SS, with a fraction only where there is one (so 6:00:00.000001 is seen to exceed 6:00:00)."""
    total = span.days * 86_400 + span.seconds
    text = f"{total // 3600}:{total // 60 % 60:02}:{total % 60:02}"
    return f"{text}.{span.microseconds:06}".rstrip("0") if span.microseconds else text
