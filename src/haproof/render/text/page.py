"""Lines of plain text: two spaces a level, at most 100 columns, nothing hidden."""

import re
from textwrap import wrap

from haproof.render.visible import visible

COLUMNS = 100

_ONE_PIECE = re.compile(
    r"\[target[^]]{,60}\] (?:PASS|FAIL)\b|\d (?:%|ms|bytes)(?!\w)|\S{1,40} [<>]?= \S{1,40}"
)
"""What a reader takes in at once, and no line ends inside: a target with its verdict, a figure with its unit,
a figure with its limit."""

_JOINT = "\0"
"""Stands for a space inside such a piece while a line is broken; no visible text holds it."""


class Page:
    """Text under construction. Every line goes through `visible`: evidence cannot forge one."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def line(self, text: str, level: int = 0, hang: int = 2) -> None:
        """One line; a longer one continues on the next, indented by `hang` more columns."""
        text, indent = visible(text), "  " * level
        if len(indent) + len(text) <= COLUMNS:
            self._lines.append((indent + text).rstrip())
        else:
            text = _ONE_PIECE.sub(lambda piece: piece[0].replace(" ", _JOINT), text)
            further = indent + " " * hang
            lines = wrap(
                text, COLUMNS, initial_indent=indent, subsequent_indent=further, break_on_hyphens=False
            )
            self._lines += [line.replace(_JOINT, " ") for line in lines]

    def unbroken(self, text: str) -> None:
        """One line as long as it is, for what is copied or cut out of the report: the path, the verdict."""
        self._lines.append(visible(text))

    def title(self, text: str) -> None:
        """A section's title, after an empty line."""
        self._lines.append("")
        self.line(f"{text}:")

    def labelled(self, label: str, width: int, text: str, level: int = 1) -> None:
        """A value in a column of its own, its continuation lines under it."""
        self.line(f"{label:<{width}}{text}", level, hang=width)

    def text(self) -> str:
        """All lines, each ended by a line feed."""
        return "\n".join(self._lines) + "\n"
