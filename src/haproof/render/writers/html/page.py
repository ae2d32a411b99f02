"""The whole page: head with its policy, opening, contents, the parts."""

import hashlib
import os
from binascii import b2a_base64
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from haproof.render.charts.palette import style_rules
from haproof.render.document.blocks import Block, Columns, Result, Section
from haproof.render.document.whole import Document, Opening, Part, Sheet
from haproof.render.markup import NOTHING, Content, tag, void
from haproof.render.writers.html.blocks import block, blocks, definitions, part, reasons
from haproof.render.writers.html.words import CLASSES, SIGNS
from haproof.render.writers.html.words import words as written

OPENING = ("verdict", "Verdict")
"""The key of what a page opens with, and its name in the contents."""


def page(document: Document | Sheet, layout: str = "") -> str:
    """The document, bound to the data that it was made from by their digest where it has one. `layout` are
    rules of ours for what only some documents have."""
    if isinstance(document, Sheet):
        head = _head(document.title, document.generator, document.title, Markup(layout))
        body = tag("body", tag("main", tag("h1", document.title), _sheet(document), id="main"))
    else:
        foot = running_foot(document.digest_label, document.digest) if document.digest else NOTHING
        head = _head(document.title, document.generator, document.description, Markup(layout) + foot)
        body = _body(document)
    whole = tag("html", head, body, lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def style() -> Markup:
    """The style sheet; ours alone, so it is markup as it stands."""
    with open(os.path.join(os.path.dirname(__file__), "style.css"), encoding="utf-8") as sheet:
        return Markup("\n" + style_rules() + sheet.read())


def running_foot(label: str, digest: str) -> Markup:
    """The digest of the data at the foot of every printed page."""
    face = "font:6.5pt ui-monospace,monospace;color:#55616e"
    return Markup(f'@page{{@bottom-left{{content:"{label} {digest}";{face}}}}}\n')


def policy(sheet: str) -> str:
    """Nothing is loaded or run; the one style sheet is the one whose digest stands here."""
    digest = b2a_base64(hashlib.sha256(sheet.encode("utf-8")).digest(), newline=False).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _head(title: str, generator: str, description: str, layout: Markup) -> Markup:
    sheet = style() + layout
    return tag(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=policy(sheet)),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        void("meta", name="referrer", content="no-referrer"),
        void("meta", name="generator", content=generator),
        void("meta", name="description", content=description),
        tag("title", title),
        void("link", rel="icon", href="data:,"),
        tag("style", sheet),
    )


def _body(document: Document) -> Markup:
    return tag(
        "body",
        tag("a", "Skip to the report", href="#main", class_="skip"),
        tag("header", tag("p", document.kind, class_="eyebrow")),
        tag(
            "main",
            _opening(document.opening),
            _contents(document.parts),
            [_top(each) for given in document.parts for each in given.blocks],
            id="main",
        ),
        tag("footer", definitions(document.imprint, None)),
    )


def _sheet(given: Sheet) -> Content:
    return blocks((*given.blocks, *given.closing), 2)


def _top(given: Block) -> Content:
    return part(given) if isinstance(given, Section) else block(given)


def _opening(given: Opening) -> Markup:
    """The first screen: the verdict under the name of its subject, its reasons, and the facts behind it."""
    tone = CLASSES[given.tone]
    ids = [[", " if n else "", tag("span", each)] for n, each in enumerate(given.ids)]
    title = tag(
        "h1",
        tag("span", SIGNS[given.tone], aria_hidden="true", class_="sign"),
        tag("span", given.words, tag("span", " ", ids, class_="ids") if given.ids else None),
    )
    return tag(
        "section",
        tag("p", given.subject, class_="system"),
        title,
        tag("p", written(given.lead), class_="lead"),
        reasons(given.reasons) if given.reasons else None,
        definitions(given.facts, "facts", "answer"),
        id=OPENING[0],
        class_=f"verdict {tone}",
    )


def _contents(parts: Sequence[Part]) -> Markup:
    """The sections by reader; the opening is the first of all."""
    groups = [(given.name, list(_named(given.blocks))) for given in parts]
    if groups:
        groups[0][1].insert(0, OPENING)
    listed = [
        tag(
            "li",
            tag("span", name, class_="label"),
            tag("ul", [tag("li", tag("a", words, href=f"#{key}")) for key, words in entries]),
        )
        for name, entries in groups
    ]
    return tag("nav", tag("ul", listed), aria_label="Contents")


def _named(given: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """The key and the short name of each section that has one, in order."""
    for each in given:
        if isinstance(each, Section | Result):
            if each.short:
                yield each.key, each.short
            yield from _named(each.blocks)
        elif isinstance(each, Columns):
            for column in each.columns:
                yield from _named(column)
