"""The first screen, for whoever decides: whose system, the verdict, why, what to do, on what basis."""

from collections.abc import Sequence

from markupsafe import Markup

from haproof.render.document.overview import Fact, Instant, Overview
from haproof.render.document.reasons import ReasonView
from haproof.render.document.wording import counted
from haproof.render.html.components import definitions, disclosure, link, state
from haproof.render.markup import Content, tag

SIGNS = {"pass": "✓", "fail": "✗", "warn": "?"}

MOST_REASONS = 4
"""Reasons that fit the first screen beside the rest of it; the others are in a fold right below."""


def verdict(seen: Overview, reasons: Sequence[ReasonView]) -> Markup:
    """The verdict under the system's name, its reasons, and the facts behind it."""
    ids = [[", " if n else "", tag("span", each)] for n, each in enumerate(seen.ids.split(", "))]
    title = tag(
        "h1",
        tag("span", SIGNS[seen.tone], aria_hidden="true", class_="sign"),
        tag("span", seen.words, tag("span", " ", ids, class_="ids") if seen.ids else None),
    )
    return tag(
        "section",
        tag("p", seen.system, class_="system"),
        title,
        tag("p", seen.lead, class_="lead"),
        _reasons(reasons) if reasons else None,
        definitions([(fact.label, _fact(fact)) for fact in seen.facts], "facts"),
        id="verdict",
        class_=f"verdict {seen.tone}",
    )


def _reasons(reasons: Sequence[ReasonView]) -> Content:
    """Worst first; what to do next stands once under those that share it."""
    first, rest = reasons[:MOST_REASONS], reasons[MOST_REASONS:]
    listed = tag("ol", [tag("li", _reason(entry)) for entry in first], class_="reasons")
    if not rest:
        return listed
    more = tag(
        "ol", [tag("li", _reason(entry)) for entry in rest], class_="reasons", start=str(MOST_REASONS + 1)
    )
    return [listed, disclosure(counted(len(rest), "more reason"), more)]


def _reason(entry: ReasonView) -> Content:
    following = tag("p", tag("strong", "Next:"), f" {entry.next}.", class_="next") if entry.next else None
    return [tag("p", state(entry.word), " ", link(entry.anchor, entry.sentence)), following]


def _fact(fact: Fact) -> Content:
    return [tag("span", fact.answer, class_="answer"), [_below(line) for line in fact.below]]


def _below(line: str | Instant) -> Markup:
    if isinstance(line, Instant):
        return tag("span", tag("time", line.words, datetime=line.exact), class_="below")
    return tag("span", line, class_="below")
