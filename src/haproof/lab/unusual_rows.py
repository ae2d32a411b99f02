"""Rows that a careless system mangles: as large, as long and as foreign as the contract allows."""

from collections.abc import Iterator

from haproof.lab.writes import Row

MOST_PAYLOAD_BYTES = 64 * 1024
MOST_ID_CHARACTERS = 128
TEXT = " \t'\"\\ %s $1 {} <&> λ ✓ 日本語 😀 é e\N{COMBINING ACUTE ACCENT}\r\n  "
"""Quotes, placeholders, markup, both forms of one letter, and white space at the end."""


def unusual_rows(mark: str) -> Iterator[Row]:
    """Rows that are stored as they are sent, or refused; `mark` makes them differ from all others.

    A payload of the largest size whose end counts; a text that is easily changed on the way; two ids of the
    greatest length that differ in the case of their letters only; a payload of nothing.
    """
    filler = "." * (MOST_PAYLOAD_BYTES - 2 * len(mark))
    yield Row(f"row-largest-{mark}", f"{mark}{filler}{mark}")
    yield Row(f"row-text-{mark}", f"  {mark}{TEXT}")
    long = f"row-Longest-{mark}-".ljust(MOST_ID_CHARACTERS, "A")
    yield Row(long, f"{mark} under a long id")
    yield Row(long.lower(), f"{mark} under a long id in small letters")
    yield Row(f"row-empty-{mark}", "")
