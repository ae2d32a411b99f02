"""The words of a block as Markdown in one line."""

from itertools import groupby

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
    Tone,
    Words,
)
from haproof.render.document.wording import NO_BREAK
from haproof.render.writers.markdown import inline

SIGNS: dict[Tone, str] = {"pass": "✅ ", "fail": "❌ ", "unknown": "⚠️ ", "open": "– ", "none": ""}
"""Before the word of a state: a sign alone says nothing to a screen reader."""

LONGEST_LIST = 600
"""Characters of several things in one cell up to which each is written whole."""


def cell(given: Words) -> str:
    """Words for a cell, which is never quite empty; what only a longer format has room for is left out."""
    return _written(given).strip(" ") or "–"


def cells(given: tuple[Words, ...]) -> list[str]:
    """Several."""
    return [cell(each) for each in given]


def _written(given: Words) -> str:
    if isinstance(given, str):
        return _text(given)
    if isinstance(given, tuple):
        return _several(given)
    if isinstance(given, Code):
        return inline.code(given.text)
    if isinstance(given, Strong):
        return inline.strong(_text(given.text))
    if isinstance(given, Broken):
        return _text(given.text)
    if isinstance(given, Lead):
        return _text(given.text)
    if isinstance(given, Instant):
        return _text(given.words)
    if isinstance(given, State):
        return f"{SIGNS[given.tone]}{_text(given.word)}"
    if isinstance(given, Listed):
        return _listed(given)
    return "" if isinstance(given, Aside | Gauge) else _around(given)


def _around(given: Note | Anchored | Link | Address) -> str:
    """What qualifies something is set off from it."""
    inner = _written(given.words)
    return f" {inner.strip(' ')}" if isinstance(given, Note) and inner else inner


def _text(given: str) -> str:
    """Text with the spaces around it, which would make it code."""
    bare = given.replace(NO_BREAK, " ")
    inner = bare.strip(" ")
    if not inner:
        return " " if bare else ""
    before, after = bare[: len(bare) - len(bare.lstrip(" "))], bare[len(bare.rstrip(" ")) :]
    return f"{before and ' '}{inline.words(inner)}{after and ' '}"


def _several(given: tuple[Words, ...]) -> str:
    """Parts in their order; neighbouring text is one, so that what is risky together is seen."""
    parts: list[str] = []
    for plain, group in groupby(given, lambda each: isinstance(each, str)):
        if plain:
            parts.append(_text("".join(map(str, group))))
        else:
            parts += [_written(each) + (" " if isinstance(each, Lead) else "") for each in group]
    whole = ""
    for part in parts:
        whole += part.lstrip(" ") if whole.endswith(" ") else part
    return whole


def _listed(given: Listed) -> str:
    """Several things one after the other; too many of them as one text, which is cut."""
    plain = [each for each in given.whole if isinstance(each, str)]
    if len(plain) == len(given.whole) and sum(map(len, plain)) > LONGEST_LIST:
        return _text("; ".join(plain))
    return "; ".join(filter(None, (_written(each).strip() for each in given.whole)))
