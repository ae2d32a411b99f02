"""The blocks of the text report, whose layout is fixed line by line: two spaces for each level."""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct


class Title(Struct, frozen=True):
    """A section's title, after an empty line."""

    text: str


class Line(Struct, frozen=True):
    """One line that may hold text of the evidence; where it goes on, that is marked, and indented by `hang`
    more columns."""

    text: str
    level: int = 0
    hang: int = 2


class Prose(Struct, frozen=True):
    """The same for words that are ours alone, which go on without a mark."""

    text: str
    level: int = 0
    hang: int = 2


class Labelled(Struct, frozen=True):
    """A value in a column of its own, `width` behind its label."""

    label: str
    width: int
    text: str
    level: int = 1


class Unbroken(Struct, frozen=True):
    """One line as long as it is, for what is copied or cut out of the report."""

    text: str


Block: TypeAlias = Title | Line | Prose | Labelled | Unbroken

Lines: TypeAlias = Iterator[Block]
"""A part of the text report."""
