"""Columns of a terminal: most characters take one cell, those of East Asian scripts and emoji take two.

The ranges are fixed here, not asked of the interpreter, so that two Python versions give the same bytes:
East Asian Width W and F of Unicode 14, and the blocks that are wide wherever something is added to them. A
mark that combines with the letter before it counts as a cell of its own, so a line is rather too short than
too long.
"""

from bisect import bisect_right
from functools import cache, lru_cache

_RANGES = (
    "1100-115f 231a-231b 2329-232a 23e9-23ec 23f0 23f3 25fd-25fe 2614-2615 2648-2653 267f 2693 26a1 "
    "26aa-26ab 26bd-26be 26c4-26c5 26ce 26d4 26ea 26f2-26f3 26f5 26fa 26fd 2705 270a-270b 2728 274c 274e "
    "2753-2755 2757 2795-2797 27b0 27bf 2b1b-2b1c 2b50 2b55 2e80-303e 3041-3247 3250-4dbf 4e00-a4c6 "
    "a960-a97c ac00-d7a3 f900-faff fe10-fe19 fe30-fe6b ff01-ff60 ffe0-ffe6 16fe0-1b2fb 1f004 1f0cf 1f18e "
    "1f191-1f19a 1f200-1f320 1f32d-1f335 1f337-1f37c 1f37e-1f393 1f3a0-1f3ca 1f3cf-1f3d3 1f3e0-1f3f0 "
    "1f3f4 1f3f8-1f43e 1f440 1f442-1f4fc 1f4ff-1f53d 1f54b-1f54e 1f550-1f567 1f57a 1f595-1f596 1f5a4 "
    "1f5fb-1f64f 1f680-1f6c5 1f6cc 1f6d0-1f6d2 1f6d5-1f6df 1f6eb-1f6ec 1f6f4-1f6fc 1f7e0-1f7f0 "
    "1f900-1faff 20000-3fffd"
)


@cache
def _bounds() -> list[int]:
    """First wide character, first narrow one after it, and so on."""
    bounds = []
    for each in _RANGES.split():
        first, _, last = each.partition("-")
        bounds += [int(first, 16), int(last or first, 16) + 1]
    return bounds


@lru_cache(maxsize=4096)
def _is_wide(character: str) -> bool:
    return bisect_right(_bounds(), ord(character)) % 2 == 1


def cells(text: str) -> int:
    """How many columns a text takes."""
    return len(text) if text.isascii() else len(text) + sum(map(_is_wide, text))


def wrap(text: str, columns: int, first: str, further: str) -> list[str]:
    """The words of a text in lines of at most so many columns, the first behind `first`, the others behind
    `further`. A word that is longer than a line is broken wherever the line ends."""
    lines, line, gap = [], first, ""
    indent, taken = cells(further), cells(first)
    width_of = len if text.isascii() else cells
    for word in text.split(" "):
        width = width_of(word)
        if taken + len(gap) + width <= columns:
            line, taken, gap = f"{line}{gap}{word}", taken + len(gap) + width, " "
        elif width > columns - indent:
            *filled, line = _broken(word, columns, f"{line}{gap}", further)
            lines += filled
            taken, gap = cells(line), " "
        elif word:
            lines.append(line.rstrip())
            line, taken = f"{further}{word}", indent + width
    return [*lines, line.rstrip()]


def _broken(word: str, columns: int, line: str, further: str) -> list[str]:
    """A word longer than a line, begun on `line`: the lines that it fills, and the one that it ends on."""
    lines = []
    while cells(line) + cells(word) > columns:
        room, taken = columns - cells(line), 0
        while taken < len(word) and cells(word[: taken + 1]) <= room:
            taken += 1
        if not taken and line == further:
            taken = 1  # no line has room for it, and it has to stand somewhere
        lines.append((line + word[:taken]).rstrip())
        line, word = further, word[taken:]
    return [*lines, line + word]
