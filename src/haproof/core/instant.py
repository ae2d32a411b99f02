"""Instants of time as the evidence writes them: RFC 3339, always with an offset."""

import re
from datetime import UTC, datetime, timedelta

_RFC3339 = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-](\d{2}):(\d{2}))\Z", re.ASCII
)


DATE_TIME = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])(?![\s\S])"
)
"""What a JSON Schema can say of such a text: not whether the day exists, or the instant is in range."""

_LEAP_YEARS = "[0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00"

WRITTEN = (
    r"^(?!0000)([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|"
    rf"02-(0[1-9]|1[0-9]|2[0-8]))|({_LEAP_YEARS})-02-29)"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{6})?Z(?![\s\S])"
)
"""What `format_instant` writes, and nothing else: a day that exists, in UTC, with microseconds or without."""

CALENDAR_CYCLE = timedelta(days=146_097)
"""400 years, after which the calendar repeats: year 0000, which `datetime` does not know, is read as 400."""


class Instant(datetime):
    """An aware date-time in UTC, read from RFC 3339 text by `parse_instant`."""


def parse_instant(text: object) -> Instant:
    """Read RFC 3339 `text` (`T`, seconds, an offset with a colon or `Z`) as an instant in UTC.

    Decimals beyond microseconds are cut off. It is the instant in UTC that must lie within the years 1 to
    9999, so the local year may be 0000. Raises ValueError, with the reason, for anything else: a naive time,
    a space for the `T`, a leap second, no such day, an instant outside those years.
    """
    if not isinstance(text, str):
        raise ValueError("expected an RFC 3339 date-time string")
    found = _RFC3339.match(text)
    if found is None:
        raise ValueError("not an RFC 3339 date-time with seconds and an offset, such as 2026-03-23T10:00:00Z")
    year, month, day, hour, minute, second = (int(part) for part in found.group(1, 2, 3, 4, 5, 6))
    micros = int((found[7] or "").ljust(6, "0")[:6])
    cycle = CALENDAR_CYCLE if year == 0 else timedelta()
    try:
        local = datetime(year or 400, month, day, hour, minute, second, micros, tzinfo=UTC)
        utc = local - _offset(found[8], found[9], found[10]) - cycle
    except (ValueError, OverflowError):
        raise ValueError("no such date or time of day") from None
    return Instant.combine(utc.date(), utc.timetz())


def _offset(text: str, hours: str | None, minutes: str | None) -> timedelta:
    """The offset as a duration; hours above 23 and minutes above 59 are refused."""
    if hours is None or minutes is None:
        return timedelta()
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("offset out of range")
    size = timedelta(hours=int(hours), minutes=int(minutes))
    return -size if text.startswith("-") else size


def format_instant(instant: datetime) -> str:
    """RFC 3339 with `Z`; a fraction (microseconds) only where there is one."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
