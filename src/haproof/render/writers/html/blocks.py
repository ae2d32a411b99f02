"""One switch over the blocks of a document: each as markup. Headings are as deep as they are nested."""

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from haproof.render.charts.palette import by_class
from haproof.render.charts.svg import svg
from haproof.render.document.blocks import (
    Absent,
    Block,
    Brief,
    Cards,
    Columns,
    Drawing,
    Explained,
    Fact,
    Facts,
    Fold,
    Headline,
    Items,
    Ladder,
    Paragraph,
    Reasons,
    Result,
    Rung,
    Section,
    Steps,
    Table,
    Words,
)
from haproof.render.document.blocks import Reason as ReasonBlock
from haproof.render.document.shown_first import shown_first
from haproof.render.document.wording import counted
from haproof.render.markup import Content, tag
from haproof.render.writers.html.tables import data, table
from haproof.render.writers.html.words import items, note, state, words

MOST_REASONS = 4
"""Reasons that fit the first screen beside the rest of it; the others are in a fold right below."""

DEEPEST = 6
"""Levels of headings that there are."""


def block(given: Block, level: int = 2) -> Content:
    """One block; a section in it is headed at `level`."""
    return _FORMS[type(given)](given, level)


def blocks(given: Sequence[Block], level: int) -> Content:
    """Several."""
    return [block(each, level) for each in given]


def fold(given: Fold, level: int = 2) -> Markup:
    """Something that opens when it is asked for, or from the start; printed open."""
    return disclosure(given.title, blocks(given.blocks, level), opened=given.opened)


def disclosure(summary: Content, inside: Content, opened: bool, class_: str | None = None) -> Markup:
    """The same around any content."""
    return tag("details", tag("summary", summary), inside, open=opened, class_=class_)


def _heading(level: int, title: Content, key: str = "") -> Markup:
    return tag(f"h{min(level, DEEPEST)}", title, id=f"{key}-title" if key else None)


def _section(given: Section, level: int, class_: str | None = None) -> Markup:
    title: Content = [given.title, " ", state(given.state)] if given.state else given.title
    heading, key = _heading(level, title, given.key), given.key
    inside = blocks(given.blocks, level + 1)
    return tag("section", heading, inside, id=key, aria_labelledby=f"{key}-title", class_=class_)


def part(given: Section) -> Markup:
    """A section for one kind of reader."""
    return _section(given, 2, "part")


def _result(given: Result, level: int) -> Markup:
    """A section in one line, and behind it everything else; without figures to open, all of it at once."""
    title = [given.title, " ", tag("span", given.beside, class_="place")]
    heading, key = _heading(level, title, given.key), given.key
    inside = blocks(given.blocks, level + 1)
    if not given.line:
        parts: Content = [heading, tag("p", state(given.state)), inside]
    else:
        line = tag("span", state(given.state), words(given.line), class_="line")
        shown = tag("span", [_headline(entry) for entry in given.headlines], class_="headlines")
        parts = disclosure([heading, line, shown], inside, opened=given.opened, class_="result")
    return tag("section", parts, id=key, aria_labelledby=f"{key}-title", class_="result")


def _headline(given: Headline) -> Markup:
    value = tag("span", given.value, class_="value")
    return tag("span", note(given.label), value, note(given.limit), class_=None if given.kept else "late")


def _paragraph(given: Paragraph, level: int) -> Markup:
    return tag("p", words(given.words), class_=given.role or None)


def _absent(given: Absent, level: int) -> Markup:
    return tag("p", tag("strong", "No evidence."), " ", words(given.words), class_="absent")


def _items(given: Items, level: int) -> Markup:
    return items(given.items, given.plain)


def _facts(given: Facts, level: int) -> Markup:
    return definitions(given.facts, "topology", "line")


def definitions(given: Sequence[Fact], class_: str | None, lines: str = "") -> Markup:
    """Labels and what they stand for; the answer a line of its own where `lines` names its class."""
    return tag("dl", [_fact(fact, lines) for fact in given], class_=class_)


def _fact(given: Fact, lines: str) -> Markup:
    answer = tag("span", words(given.answer), class_=lines) if lines else words(given.answer)
    below = [tag("span", words(each), class_="line" if lines == "line" else "below") for each in given.below]
    return tag("div", tag("dt", given.label), tag("dd", answer, below))


def _brief(given: Brief, level: int) -> Markup:
    rows = [
        tag("li", [[" · " if n else "", words(each)] for n, each in enumerate(row)]) for row in given.rows
    ]
    return tag("ul", rows, class_="plain")


def _drawing(given: Drawing, level: int) -> Markup:
    """A chart with its data beside it, or behind it."""
    chart = given.chart
    shown = disclosure("Data", data(chart), opened=False) if given.folded else data(chart)
    caption = tag("figcaption", chart.title, note(chart.legend) if chart.legend else None)
    return tag("figure", caption, tag("div", svg(chart, by_class), class_="plot"), shown)


def _explained(given: Explained, level: int) -> Markup:
    said = [[" ", tag("p", tag("strong", label), f" {each}")] for label, each in given.parts]
    return tag("div", tag("p", given.meaning), said, class_="explained")


def _steps(given: Steps, level: int) -> Markup:
    steps = [tag("li", tag("p", step.words), _commands(step.commands)) for step in given.steps]
    return tag("ol", steps, class_="steps")


def _commands(lines: Sequence[str]) -> Markup:
    """Commands, a line each; it scrolls by itself, so it can be reached by keyboard."""
    given: list[Content] = []
    for line in lines:
        given += [line, Markup("\n")]
    return tag("pre", tag("code", given[:-1]), tabindex="0", role="group", aria_label="Commands")


def _reasons(given: Reasons, level: int) -> Content:
    return reasons(given.reasons)


def reasons(given: Sequence[ReasonBlock]) -> Content:
    """Worst first; what to do next stands once under those that share it."""
    first, rest = shown_first(given, MOST_REASONS)
    listed = tag("ol", [tag("li", _reason(entry)) for entry in first], class_="reasons")
    if not rest:
        return listed
    start = str(MOST_REASONS + 1)
    more = tag("ol", [tag("li", _reason(entry)) for entry in rest], class_="reasons", start=start)
    return [listed, disclosure(counted(len(rest), "more reason"), more, opened=False)]


def _reason(entry: ReasonBlock) -> Content:
    following = (
        tag("p", tag("strong", "Next:"), words(f" {entry.next}."), class_="next") if entry.next else None
    )
    linked = tag("a", words(entry.sentence), href=f"#{entry.anchor}")
    return [tag("p", state(entry.state), " ", linked), following]


def _ladder(given: Ladder, level: int) -> Markup:
    return tag("ol", [_rung(rung, level) for rung in given.rungs], class_="ladder")


def _rung(given: Rung, level: int) -> Markup:
    """One level; what blocks the next one is open."""
    mark = tag("span", given.mark, class_="next") if given.mark else None
    heading = tag("div", _heading(level, given.name), state(given.state), mark, class_="line")
    parts: list[Content] = [heading]
    if given.blocked:
        upcoming = given.place == "upcoming"
        parts.append(disclosure(given.blocked, _asked(given.open), opened=upcoming, class_="blocked"))
    if given.met:
        parts.append(disclosure(given.tally, _asked(given.met), opened=False))
    return tag("li", parts, class_=given.place)


def _asked(given: tuple[Words, ...]) -> Markup:
    return tag("ul", [tag("li", words(each)) for each in given], class_="requirements")


def _cards(given: Cards, level: int) -> Markup:
    made = []
    for card in given.cards:
        title = tag("span", tag("span", card.title, class_="text"), state(card.state), class_="gap")
        lines = [tag("p", words(line)) for line in card.lines]
        made.append(tag("li", disclosure(title, lines, opened=False)))
    return tag("ul", made, class_="gaps")


def _columns(given: Columns, level: int) -> Markup:
    if given.name == "trio":
        return tag("div", [blocks(column, level) for column in given.columns], class_="trio")
    return tag("div", [tag("div", blocks(column, level)) for column in given.columns], class_=given.name)


_FORMS: dict[type, Callable[[Any, int], Content]] = {
    Absent: _absent,
    Brief: _brief,
    Cards: _cards,
    Columns: _columns,
    Drawing: _drawing,
    Explained: _explained,
    Facts: _facts,
    Fold: fold,
    Items: _items,
    Ladder: _ladder,
    Paragraph: _paragraph,
    Reasons: _reasons,
    Result: _result,
    Section: _section,
    Steps: _steps,
    Table: lambda given, level: table(given, fold),
}
"""Each kind of block, and how it is marked up."""
