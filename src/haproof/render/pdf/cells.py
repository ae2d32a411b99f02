"""What a cell of the document may hold, as JSON that the template knows; all text goes through `text`."""

import re
from typing import Any

from haproof.render.visible import visible

Cell = str | dict[str, Any]
"""Text, or one of the forms below."""

_UNSEEN = re.compile(
    "[^\x20-\x7e\xa0-\xac\xae-\u02ff\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u04ff\u1e00-\u1eff"
    "\u2010-\u2027\u2030-\u2040\u20a0-\u20bf\u2190-\u22ff\u2500-\u25ff\u2713\u2717\u26a0]"
)
"""What the embedded fonts do not hold, or would set over its neighbours (combining marks) or the other way
round (right-to-left scripts). Latin, Greek, Cyrillic, punctuation, arrows, signs and boxes remain."""

_FIGURE = re.compile(r"([0-9]) (%|ms\b)")
"""A figure and its unit, which no line parts."""

_LONG_WORD = re.compile(r"[^ \xa0]{25,}")
_PIECE = re.compile(r"\\u\{[0-9A-F]+\}|[^/_.:,;=\\-]{1,12}[/_.:,;=-]?|.")
"""Where a long word may be broken: after a separator or after twelve characters, never within `\\u{XXXX}`."""


def text(words: str) -> str:
    """Words as they are set: whatever cannot be shown as itself is written out as `\\u{XXXX}`, and long ones
    get places (U+200B) at which a line may end. The template sets those as empty space, not as characters: a
    digest that is copied out of the document is the digest.
    """
    kept = _FIGURE.sub("\\1\xa0\\2", printable(visible(words)))
    return _LONG_WORD.sub(lambda found: "\u200b".join(_PIECE.findall(found[0])), kept)


def printable(words: str) -> str:
    """The characters that the embedded fonts hold; the others written out."""
    return _UNSEEN.sub(lambda found: f"\\u{{{ord(found[0]):04X}}}", words)


def state(word: str | None, unsure: bool = False) -> Cell:
    """A state as a word with a sign and a colour; a dash where there is none.

    `unsure` is set where nothing that was found fails: then no sign says that something does.
    """
    return {"state": word, "unsure": unsure} if word else "–"


def code(words: str) -> Cell:
    """A name, a path or a digest in a fixed-width face."""
    return {"code": text(words)}


def lines(*cells: Cell | None) -> Cell:
    """Several cells above one another, the first one leading."""
    return {"lines": [cell for cell in cells if cell]}


LONG_ROW = 1500
"""Characters from which a row may run over the end of a page; a shorter one stays in one piece."""


def table(
    caption: str, heads: tuple[str, ...], widths: tuple[float, ...], rows: list[tuple[Cell, ...]]
) -> dict[str, Any]:
    """A table; `widths` are shares of the line, 0 for a column as wide as what it holds."""
    made = [{"cells": row, "long": len(str(row)) > LONG_ROW} for row in rows]
    return {"caption": text(caption), "heads": heads, "widths": widths, "rows": made}
