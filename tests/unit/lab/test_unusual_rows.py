"""Rows that a careless system mangles: each kind that the contract allows is among them, and none beyond."""

import unicodedata
from collections.abc import Callable

import pytest

from haproof.lab.unusual_rows import MOST_ID_CHARACTERS, MOST_PAYLOAD_BYTES, unusual_rows
from haproof.lab.writes import Row

ROWS: list[Row] = list(unusual_rows("0123456789abcdef"))
PAYLOADS = [row.payload for row in ROWS]


def test_no_two_rows_can_be_taken_for_one_another() -> None:
    other = list(unusual_rows("fedcba9876543210"))
    assert len({row.id for row in ROWS + other}) == len(ROWS + other)
    assert len(set(PAYLOADS)) == len(ROWS)


def test_the_contract_allows_each_of_them() -> None:
    assert max(len(row.id) for row in ROWS) == MOST_ID_CHARACTERS
    assert max(len(payload.encode()) for payload in PAYLOADS) == MOST_PAYLOAD_BYTES
    assert not any("\x00" in payload for payload in PAYLOADS)


def cut(most: int) -> Callable[[str], str | None]:
    return lambda text: text[:most]


WAYS: dict[str, Callable[[str], str | None]] = {
    "255 characters": cut(255),
    "4,000 characters": cut(4_000),
    "one too few": cut(MOST_PAYLOAD_BYTES - 1),
    "no space at the ends": lambda text: text.strip(),
    "single spaces": lambda text: " ".join(text.split()),
    "ASCII": lambda text: text.encode("ascii", "replace").decode(),
    "Latin-1": lambda text: text.encode("latin-1", "replace").decode("latin-1"),
    "the basic plane": lambda text: "".join(letter for letter in text if ord(letter) < 0x10000),
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "line ends": lambda text: text.replace("\r\n", "\n"),
    "quotes": lambda text: text.replace("'", "''"),
    "nothing is null": lambda text: text or None,
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_mangling_changes_one_of_them(way: str) -> None:
    assert any(WAYS[way](payload) != payload for payload in PAYLOADS)


def test_ids_that_are_cut_or_put_into_small_letters_fall_together() -> None:
    assert len({row.id[:100].lower() for row in ROWS}) < len(ROWS)
    assert len({row.id.lower() for row in ROWS}) < len(ROWS)
