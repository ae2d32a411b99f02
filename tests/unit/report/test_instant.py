"""RFC 3339, to the letter of the evidence contract."""

import re
from datetime import UTC, datetime

import pytest

from haproof.core.instant import DATE_TIME, format_instant, parse_instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-23T10:00:00Z", datetime(2026, 3, 23, 10, tzinfo=UTC)),
        ("2026-03-23t10:00:00z", datetime(2026, 3, 23, 10, tzinfo=UTC)),
        ("2026-03-23T10:00:00+02:00", datetime(2026, 3, 23, 8, tzinfo=UTC)),
        ("2026-03-23T10:00:00-23:59", datetime(2026, 3, 24, 9, 59, tzinfo=UTC)),
        ("2026-03-23T10:00:00.5Z", datetime(2026, 3, 23, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-03-23T10:00:00.1234569Z", datetime(2026, 3, 23, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("0000-12-31T23:00:00-01:00", datetime(1, 1, 1, tzinfo=UTC)),
        ("0000-12-31T00:01:00-23:59", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59+23:59", datetime(9999, 12, 31, 0, 0, 59, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_accepts(text: str, expected: datetime) -> None:
    assert parse_instant(text) == expected
    assert re.search(DATE_TIME, text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-23 10:00:00Z",
        "2026-13-23T10:00:00Z",
        "2026-03-32T10:00:00Z",
        "2026-03-23T24:00:00Z",
        "2026-03-23T10:00:60Z",
        "2026-03-23T10:00:00+24:00",
        "2026-03-23T10:00:00+02:60",
        "2026-03-23T10:00:00.Z",
        "2026-03-23T10:00:00Z\n",
        "２０２６-03-23T10:00:00Z",
    ],
)
def test_the_published_pattern_refuses_what_a_pattern_can(text: str) -> None:
    assert re.search(DATE_TIME, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-23T10:00:00",
        "2026-03-23 10:00:00Z",
        "2026-03-23T10:00Z",
        "2026-03-23",
        "2026-02-30T10:00:00Z",
        "2025-02-29T10:00:00Z",
        "2026-03-23T24:00:00Z",
        "2026-03-23T10:60:00Z",
        "2026-03-23T10:00:60Z",
        "2026-03-23T10:00:00+24:00",
        "2026-03-23T10:00:00+02:60",
        "2026-03-23T10:00:00+0200",
        "2026-03-23T10:00:00.Z",
        "2026-03-23T10:00:00Z\n",
        " 2026-03-23T10:00:00Z",
        "0000-01-01T00:00:00Z",
        "0000-02-29T00:00:00-23:59",
        "0000-12-31T23:59:59-00:00",
        "0000-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "２０２６-03-23T10:00:00Z",
        "",
        None,
        1774260000,
    ],
)
def test_refuses(text: object) -> None:
    with pytest.raises(ValueError, match=r"RFC 3339|no such date"):
        parse_instant(text)


def test_writes_a_fraction_only_where_there_is_one() -> None:
    assert format_instant(parse_instant("2026-03-23T10:00:00+02:00")) == "2026-03-23T08:00:00Z"
    assert format_instant(parse_instant("2026-03-23T10:00:00.120Z")) == "2026-03-23T10:00:00.120000Z"
