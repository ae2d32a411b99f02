"""Lines of plain text: two spaces per level, at most 100 columns of a terminal, nothing hidden.

A line that goes on does so behind a mark, because where it is broken is up to whoever wrote the value:
without the mark it could begin a line that looks like one of ours. Our own prose goes on without.
"""

import re

from haproof.render.cells import cells, wrap
from haproof.render.document.plain.lines import Block, Labelled, Line, Prose, Title, Unbroken
from haproof.render.visible import visible

COLUMNS = 100

GOES_ON = "… "
"""Before what continues a value of the evidence."""

_LEAST = 10
"""Columns that the continuation of a line has in any case: on a narrow terminal it is indented by less."""

_ONE_PIECE = re.compile(
    r"\[target[^]]{,60}\] (?:PASS|FAIL)\b"
    r"|\d (?:%|ms|bytes|rows?|s|min|h|days?)(?!\w)"
    r"|\S{1,40} [<>]?= \S{1,40}"
)
"""What a reader takes in at once, and no line ends inside: a target with its verdict, a figure with its unit,
a figure with its limit."""

_JOINT = "\0"
"""Stands for a space inside such a piece while a line is broken; no visible text holds it."""


class Page:
    """Text under construction. Every line goes through `visible`: evidence cannot forge one."""

    def __init__(self, columns: int = COLUMNS) -> None:
        self._lines: list[str] = []
        self._columns = columns

    def add(self, block: Block) -> None:
        """One block, whichever it is."""
        match block:
            case Title():
                self.title(block.text)
            case Line():
                self.line(block.text, block.level, block.hang)
            case Prose():
                self.prose(block.text, block.level, block.hang)
            case Labelled():
                self.labelled(block.label, block.width, block.text, block.level)
            case Unbroken():
                self.unbroken(block.text)

    def line(self, text: str, level: int = 0, hang: int = 2) -> None:
        """One line that may hold text of the evidence; a longer one continues on the next, indented by `hang`
        more columns, behind the mark."""
        self._wrapped(text, "  " * level, hang, GOES_ON)

    def prose(self, text: str, level: int = 0, hang: int = 2) -> None:
        """The same for words that are ours alone."""
        self._wrapped(text, "  " * level, hang, "")

    def _wrapped(self, text: str, indent: str, hang: int, mark: str) -> None:
        text = visible(text)
        if len(indent) + cells(text) <= self._columns:
            self._lines.append((indent + text).rstrip())
        else:
            hang = max(0, min(hang, self._columns - len(indent) - len(mark) - _LEAST))
            text = _ONE_PIECE.sub(lambda piece: piece[0].replace(" ", _JOINT), text)
            lines = wrap(text, self._columns, indent, f"{indent}{' ' * hang}{mark}")
            self._lines += [line.replace(_JOINT, " ") for line in lines]

    def unbroken(self, text: str) -> None:
        """One line as long as it is, for what is copied or cut out of the report: the path, the verdict."""
        self._lines.append(visible(text))

    def title(self, text: str) -> None:
        """A section's title, after an empty line."""
        self._lines.append("")
        self.line(f"{text}:")

    def labelled(self, label: str, width: int, text: str, level: int = 1) -> None:
        """A value in a column of its own, its continuation lines under it, behind the mark."""
        self.line(f"{label:<{width}}{text}", level, hang=width)

    def text(self) -> str:
        """All lines, each ended by a line feed."""
        return "\n".join(self._lines) + "\n"
