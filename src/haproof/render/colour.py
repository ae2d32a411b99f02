"""Colour for a person at a terminal, laid over the finished text: it never changes a word."""

import re

_COLOURS = (
    (re.compile(r"\bPASS\b(?!=)|✓|\bMET\b(?<!NOT MET)|(?<=^Verdict: )HA .*$", re.MULTILINE), "\x1b[32m"),
    (re.compile(r"\bFAIL\b(?!=)|✗|\bNOT MET\b|\bNOT READY\b"), "\x1b[31m"),
    (
        re.compile(r"\b(MISSING|NOT coherent|NOT YET|NO EVIDENCE|OPEN|no evidence|not measured)\b"),
        "\x1b[33m",
    ),
    (re.compile(r"^[^ ].*:$", re.MULTILINE), "\x1b[1m"),
)
_RESET = "\x1b[0m"


def coloured(text: str) -> str:
    """The same text with colour codes around verdict words and section titles."""
    for words, colour in _COLOURS:
        text = words.sub(rf"{colour}\g<0>{_RESET}", text)
    return text
