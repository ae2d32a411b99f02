"""Text that cannot lie on a terminal: whatever would not be seen as itself is written out as `\\u{XXXX}`.

The ranges are fixed here, not asked of the interpreter, so that two Python versions give the same bytes:
control characters (Cc), format and bidirectional characters (Cf), surrogates (undecodable path bytes), line
and paragraph separators (Zl, Zp), and the 66 noncharacters (U+FDD0 to U+FDEF and the last two of each plane),
which HTML forbids.
"""

import re
from functools import cache

_LAST_OF_PLANES = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))

_HIDDEN = (
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001345f"
    f"\U0001bca0-\U0001bcaf\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ufdd0-\ufdef{_LAST_OF_PLANES}]"
)


@cache
def _hidden() -> re.Pattern[str]:
    """The pattern, compiled for the first text that may need it."""
    return re.compile(_HIDDEN)


def _harmless(text: str) -> bool:
    """Whether surely nothing is hidden, asked in a hundredth of the pattern's time: all of it printable, and
    nothing beyond the basic plane, where some of that is hidden all the same (variation selectors)."""
    return text.isprintable() and (text.isascii() or len(text.encode("utf-16-le")) == 2 * len(text))


def visible(text: str) -> str:
    """`text` with every hidden character as `\\u{XXXX}` (upper-case hex, at least four digits)."""
    if _harmless(text):
        return text
    return _hidden().sub(lambda found: f"\\u{{{ord(found[0]):04X}}}", text)


def json_escaped(document: str) -> str:
    """A JSON document in which the same characters are `\\u`-escaped; line feeds between tokens stay.

    Hidden characters below U+0020 cannot stand inside a JSON string, so those met here are layout.
    """
    if _harmless(document.replace("\n", "")):
        return document
    return _hidden().sub(_json_escape, document)


def _json_escape(found: re.Match[str]) -> str:
    """One hidden character as JSON writes it; beyond the basic plane as a surrogate pair."""
    character = found[0]
    if character == "\n":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))
