"""What a line or a cell of the document may hold, as JSON that the template knows; all text goes through
`text`.

A cell is a list of lines; a line is a list of runs, each text or text with a face of its own.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from haproof.render.document.blocks import (
    Address,
    Anchored,
    Aside,
    Broken,
    Code,
    Gauge,
    Instant,
    Lead,
    Link,
    Listed,
    Note,
    State,
    Strong,
    Words,
)
from haproof.render.document.wording import unparted
from haproof.render.visible import visible

Run = str | dict[str, Any]
"""Text, or text in a face: `code`, `strong`, `state` with its `tone`, `link` with where it leads `to`."""

Cell = list[dict[str, Any]]
"""Lines: `runs`, and whether the line qualifies the one before (`note`)."""

_UNSEEN = re.compile(
    "[^\x20-\x7e\xa0-\xac\xae-\u02ff\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u04ff\u1e00-\u1eff"
    "\u2010-\u2027\u2030-\u2040\u20a0-\u20bf\u2190-\u22ff\u2500-\u25ff\u2713\u2717\u26a0]"
)
"""What the embedded fonts do not hold, or would set over its neighbours (combining marks) or the other way
round (right-to-left scripts). Latin, Greek, Cyrillic, punctuation, arrows, signs and boxes remain."""

_LONG_WORD = re.compile(r"[^ \xa0]{25,}")
_PIECE = re.compile(r"\\u\{[0-9A-F]+\}|[^/_.:,;=\\-]{1,12}[/_.:,;=-]?|.")
"""Where a long word may be broken: after a separator or after twelve characters, never within `\\u{XXXX}`."""

LONG = 20
"""A word longer than this (a digest, a reason) is set in a fixed-width face."""


def text(words: str) -> str:
    """Words as they are set: whatever cannot be shown as itself is written out as `\\u{XXXX}`, and long ones
    get places (U+200B) at which a line may end. The template sets those as empty space, not as characters: a
    digest that is copied out of the document is the digest.
    """
    kept = unparted(printable(visible(words)))
    return _LONG_WORD.sub(lambda found: "\u200b".join(_PIECE.findall(found[0])), kept)


def printable(words: str) -> str:
    """The characters that the embedded fonts hold; the others written out."""
    return _UNSEEN.sub(lambda found: f"\\u{{{ord(found[0]):04X}}}", words)


def plain(words: str) -> str:
    """Text for a title or a description, which hold no places at which a line may end."""
    return printable(visible(words))


class _Break(Struct, frozen=True):
    """A new line; what follows qualifies the line before where it is a note."""

    note: bool


def cell(given: Words, note: bool = False) -> Cell:
    """Words as lines."""
    lines: Cell = [{"runs": [], "note": note}]
    for run in _runs(given, note):
        if isinstance(run, _Break):
            lines.append({"runs": [], "note": run.note})
        else:
            lines[-1]["runs"].append(run)
    return [line for line in lines if any(run not in ("", " ") for run in line["runs"])]


def _runs(given: Words, note: bool) -> Iterator[Run | _Break]:
    """The runs of words in order, and where lines begin."""
    if isinstance(given, str):
        yield text(given)
    elif isinstance(given, tuple):
        for each in given:
            yield from _runs(each, note)
    elif isinstance(given, Note):
        yield _Break(True)
        yield from _runs(given.words, True)
        yield _Break(note)
    elif isinstance(given, Lead):
        yield _Break(note)
        long = len(given.text) > LONG and " " not in given.text
        yield {"code": text(given.text)} if long else text(given.text)
        yield _Break(note)
    elif isinstance(given, Listed):
        for each in given.whole:
            yield _Break(note)
            yield from _runs(each, note)
    else:
        yield from _faced(given, note)


def _faced(
    given: Code | Strong | Broken | Aside | Anchored | Link | Address | Instant | State | Gauge, note: bool
) -> Iterator[Run | _Break]:
    """Words with a face of their own; a share is not drawn here, since the words beside it say the same."""
    if isinstance(given, Code):
        yield {"code": text(given.text)}
    elif isinstance(given, Strong | Broken):
        yield {"strong": text(given.text)}
    elif isinstance(given, State):
        yield {"state": text(given.word), "tone": given.tone}
    elif isinstance(given, Instant):
        yield text(given.words)
    elif isinstance(given, Link):
        inside = [run for run in _runs(given.words, note) if not isinstance(run, _Break)]
        yield {"link": inside, "to": given.anchor}
    elif isinstance(given, Aside | Anchored | Address):
        yield from _runs(given.words, note)
