"""The words of a block as markup."""

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

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
from haproof.render.document.wording import unparted
from haproof.render.markup import NOTHING, Content, tag

SIGNS: dict[Tone, str] = {"pass": "✓", "fail": "✗", "unknown": "?", "open": "–", "none": ""}

CLASSES: dict[Tone, str] = {"pass": "pass", "fail": "fail", "unknown": "warn", "open": "warn", "none": "none"}

LONG = 20
"""A word longer than this (a digest, a reason) may break across lines."""

GAUGE_PX = 88

_WHOLE = re.compile(
    r"(?<![\w-])([0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]{5,18}Z)?|[A-Z]{2,8}[0-9]{0,2}-[0-9]{1,2}|--[a-z]+(?:-[a-z]+)*)(?![\w-])"
)
"""Dates, moments, ids and options: a line that ended at one of their hyphens would part them."""


def words(given: Words) -> Content:
    """Words with whatever stands out of them; text is escaped by whatever tag holds it."""
    if isinstance(given, str):
        return _text(unparted(given))
    if isinstance(given, tuple):
        return [words(each) for each in given]
    return _FORMS[type(given)](given)


def _text(shown: str) -> Content:
    """Text in which no line parts a date, a moment, an id or an option."""
    if "-" not in shown:
        return shown
    parts = _WHOLE.split(shown)
    return [tag("span", part, class_="whole") if n % 2 else part for n, part in enumerate(parts)]


def state(given: State) -> Markup:
    """A state as a word with a sign and a colour."""
    sign = SIGNS[given.tone]
    shown: Content = [tag("span", sign, aria_hidden="true"), f" {given.word}"] if sign else given.word
    return tag("span", shown, class_=f"state {CLASSES[given.tone]}")


def _lead(given: Lead) -> Markup:
    long = len(given.text) > LONG and " " not in given.text
    return tag("span", given.text, class_="long" if long else "text", id=given.anchor or None)


def _instant(given: Instant) -> Markup:
    return tag("time", given.words, datetime=given.exact)


def _address(given: Address) -> Content:
    """A link to a file: never to a scheme, for which a program would be called, nor to another machine."""
    if not given.to.startswith(("./", "/")) or given.to.startswith("//"):
        return words(given.words)
    return tag("a", words(given.words), href=given.to)


def _gauge(given: Gauge) -> Markup:
    """How much of the whole is used."""
    used = min(max(given.share, 0), 1) * GAUGE_PX
    ink = "i-series" if given.share <= 1 else "i-over-fill"
    return tag(
        "svg",
        tag("rect", class_="i-track", width=str(GAUGE_PX), height="6", rx="3"),
        tag("rect", class_=ink, width=f"{max(used, 2):.1f}", height="6", rx="3"),
        class_="gauge",
        width=str(GAUGE_PX),
        height="6",
        aria_hidden="true",
    )


def _listed(given: Listed) -> Content:
    shown = items(given.items, plain=True) if given.items else NOTHING
    if not given.folded:
        return shown
    return [shown, tag("details", tag("summary", given.title), items(given.folded, plain=True))]


def items(given: tuple[Words, ...], plain: bool) -> Markup:
    """A list."""
    return tag("ul", [tag("li", words(each)) for each in given], class_="plain" if plain else None)


def note(given: Words, anchor: str = "") -> Markup:
    """A line that qualifies the one above it."""
    return tag("span", words(given), class_="note", id=anchor or None)


_FORMS: dict[type, Callable[[Any], Content]] = {
    Code: lambda given: tag("code", given.text),
    Strong: lambda given: tag("strong", unparted(given.text)),
    Broken: lambda given: tag("strong", unparted(given.text), class_="broken"),
    Lead: _lead,
    Note: lambda given: note(given.words, given.anchor),
    Aside: lambda given: words(given.words),
    Anchored: lambda given: tag("span", words(given.words), id=given.anchor),
    Link: lambda given: tag("a", words(given.words), href=f"#{given.anchor}"),
    Address: _address,
    Instant: _instant,
    State: state,
    Gauge: _gauge,
    Listed: _listed,
}
"""Each kind of words, and how it is marked up."""
