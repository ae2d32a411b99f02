"""The evidence window: five reports of one coherent run lie within six hours of one another."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from haproof.core.instant import Instant, format_instant, parse_instant
from haproof.core.model import Proof, SliceResult, Window
from haproof.core.targets import CLOCK_SKEW_SECONDS, WINDOW_SECONDS


class WindowFault(Struct, frozen=True):
    """Why the evidence is not coherent: short beside the window, as a sentence, and what to do about it."""

    detail: str
    sentence: str
    next: str


def judge_window(
    slices: Sequence[SliceResult], generated_at: datetime, max_age_seconds: int | None = None
) -> Window:
    """Span of the timestamps of the slices found, and whether they make one coherent set.

    With `max_age_seconds` the latest of them must not be older than that at `generated_at`.
    """
    times = _times(slices)
    if not times:
        return Window(
            earliest=None,
            latest=None,
            span_seconds=None,
            limit_seconds=WINDOW_SECONDS,
            coherent=False,
            detail="no timestamps",
        )
    span, limit = max(times) - min(times), timedelta(seconds=WINDOW_SECONDS)
    faults = window_faults(slices, generated_at, max_age_seconds)
    details = "; ".join(fault.detail for fault in faults)
    return Window(
        earliest=format_instant(min(times)),
        latest=format_instant(max(times)),
        span_seconds=seconds(span),
        limit_seconds=WINDOW_SECONDS,
        coherent=not faults,
        detail=details or f"span {clock(span)} <= {clock(limit)}",
    )


def evidence_of(proof: Proof) -> str | None:
    """The latest timestamp of the slices found; where there is none, that of the kinds beyond them."""
    if proof.evidence.window.latest is not None:
        return proof.evidence.window.latest
    times = [_instant(row.generated_at) for row in proof.beyond if row.status != "MISSING"]
    known = [time for time in times if time is not None]
    return format_instant(max(known)) if known else None


def _instant(text: str | None) -> Instant | None:
    """A time; None for what is none, as an artifact of a newer version may have."""
    try:
        return None if text is None else parse_instant(text)
    except ValueError:
        return None


def window_faults(
    slices: Sequence[SliceResult], generated_at: datetime, max_age_seconds: int | None = None
) -> tuple[WindowFault, ...]:
    """Whatever makes the timestamps incoherent; nothing where there are none to look at."""
    times = _times(slices)
    if not times:
        return ()
    latest = max(times)
    checked = (
        _too_wide(latest - min(times)),
        _ahead(latest, generated_at),
        _too_old(generated_at - latest, max_age_seconds),
    )
    return tuple(fault for fault in checked if fault is not None)


def _times(slices: Sequence[SliceResult]) -> list[datetime]:
    return [result.source.record.generated_at for result in slices if result.found]


def _too_wide(span: timedelta) -> WindowFault | None:
    limit = timedelta(seconds=WINDOW_SECONDS)
    if span <= limit:
        return None
    return WindowFault(
        f"span {clock(span)} > {clock(limit)}",
        f"The reports are {spoken(span, limit)} apart (limit {in_full(limit)}), so they are not of one run",
        "Run all slices again in one go (haproof lab run)",
    )


def _ahead(latest: datetime, generated_at: datetime) -> WindowFault | None:
    ahead, limit = latest - generated_at, timedelta(seconds=CLOCK_SKEW_SECONDS)
    if ahead <= limit:
        return None
    when, judged = format_instant(latest), format_instant(generated_at)
    return WindowFault(
        f"{when} is {spoken(ahead, limit)} later than the generation time {judged}",
        f"A report is dated {when}, {spoken(ahead, limit)} after the time of judgement {judged} "
        f"(limit {in_full(limit)})",
        "Check the clock of the machine that wrote the evidence, and --generated-at",
    )


def _too_old(age: timedelta, max_age_seconds: int | None) -> WindowFault | None:
    if max_age_seconds is None or age <= timedelta(seconds=max_age_seconds):
        return None
    limit = timedelta(seconds=max_age_seconds)
    return WindowFault(
        f"the latest report is {spoken(age, limit)} old (limit {in_full(limit)}, by --max-age)",
        f"The latest report is {spoken(age, limit)} old (limit {in_full(limit)}, by --max-age)",
        "Run all slices again (haproof lab run), or judge with a greater --max-age",
    )


def in_words(window: Window) -> str:
    """The detail of a window for a sentence: its span as every page for people writes a duration."""
    if window.earliest is None or window.latest is None:
        return window.detail
    span, limit = (
        parse_instant(window.latest) - parse_instant(window.earliest),
        timedelta(seconds=WINDOW_SECONDS),
    )
    words = f"reports {spoken(span, limit)} apart (limit {in_full(limit)})"
    sign = "<=" if span <= limit else ">"
    return window.detail.replace(f"span {clock(span)} {sign} {clock(limit)}", words)


def seconds(span: timedelta) -> int | float:
    """A duration in seconds, whole where it is whole."""
    total = span.days * 86_400 + span.seconds
    return total + span.microseconds / 1e6 if span.microseconds else total


def clock(span: timedelta) -> str:
    """H:MM:SS, with a fraction only where there is one (so 6:00:00.000001 is seen to exceed 6:00:00)."""
    total = span.days * 86_400 + span.seconds
    text = f"{total // 3600}:{total // 60 % 60:02}:{total % 60:02}"
    return f"{text}.{span.microseconds:06}".rstrip("0") if span.microseconds else text


ROUNDED_TO = (
    (timedelta(days=2), timedelta(days=1)),
    (timedelta(minutes=2), timedelta(minutes=1)),
    (timedelta(seconds=1), timedelta(seconds=1)),
)
"""From which length on a duration is told in which steps: days, minutes, seconds; else to the last digit."""


def spoken(length: timedelta, limit: timedelta | None = None) -> str:
    """A duration in words, in the one form of every sentence and page: `40 min`, `13 h 25 min`, `9 days`.

    Rounded down, but never across `limit`: one second more than 6 h is `6 h 1 s`.
    """
    for least, step in ROUNDED_TO:
        whole = length // step * step
        if length >= least and (limit is None or (whole > limit) == (length > limit)):
            return in_full(whole)
    return in_full(length)


def in_full(span: timedelta) -> str:
    """The same to the last digit, as a limit is told; parts that are zero are left out."""
    second = f"{span.seconds % 60}.{span.microseconds:06}".rstrip("0").removesuffix(".")
    parts = (
        (span.days, "day" if span.days == 1 else "days"),
        (span.seconds // 3600, "h"),
        (span.seconds // 60 % 60, "min"),
    )
    said = [f"{count:,} {unit}" for count, unit in parts if count]
    return " ".join(said + ([f"{second} s"] if second != "0" or not said else []))
