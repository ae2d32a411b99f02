"""Colour for a person at a terminal, laid over the finished text: it never changes a word."""

import re

_GREEN, _RED, _YELLOW = "\x1b[32m", "\x1b[31m", "\x1b[33m"

_FAILING = r"\bFAIL\b(?!=)|✗(?! \(NOT YET\))|\bNOT MET\b|\bNOT READY\b"
_OPEN = r"✗(?= \(NOT YET\))|\b(MISSING|NOT coherent|NOT YET|NO EVIDENCE|OPEN|no evidence|not measured)\b"

_COLOURS = (
    (re.compile(r"\bPASS\b(?!=)|✓|\bMET\b(?<!NOT MET)|(?<=^Verdict: )HA .*$", re.MULTILINE), _GREEN),
    (re.compile(_FAILING), _RED),
    (re.compile(_OPEN), _YELLOW),
    (re.compile(r"^[^ ].*:$", re.MULTILINE), "\x1b[1m"),
)
_RESET = "\x1b[0m"


def coloured(text: str, undecided: bool = False) -> str:
    """The same text with colour codes around verdict words and section titles.

    `undecided`: the report is not ready, but nothing that was found fails, so nothing in it is red.
    """
    for words, colour in _COLOURS:
        ink = _YELLOW if undecided and colour == _RED else colour
        text = words.sub(rf"{ink}\g<0>{_RESET}", text)
    return text
