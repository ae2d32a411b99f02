"""Text that no Markdown reader interprets, and that a person can still read in the raw.

Three forms, the first that is safe: plain words; a code span; `<code>` with every character of punctuation
as an entity. Code is not only literal for Markdown: whatever comes after it (mentions, issue numbers, links
and emoji of GitHub and GitLab) leaves code alone too.
"""

import re
from collections.abc import Iterable

from haproof.render.visible import visible

_PLAIN = re.compile("[][A-Za-z0-9 ,;.()=<>'\"/%+:_?×±≤≥…–—→“”’-]+")
"""Characters that mean nothing to Markdown in the middle of a line, once < and > are entities."""

_RISKY = re.compile(
    r"://|www\.|GH-|:[a-z+-]|:100:|:1234:|[0-9a-f]{7}|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^ | $|\] ?[\[(:]"
)
"""Sequences of them that do: links, emoji, digests (a commit somewhere), emphasis."""

_SPAN = re.compile(r"[^`|\\ ](?:[^`|\\]*[^`|\\ ])?")
"""What a code span holds literally, also in a table: no backtick, pipe or backslash, no space at its ends."""

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~ ]")

_OPENS = re.compile(r"[-+=#>|~:]|[0-9]{1,9}[.)]")
"""What would begin a list, a heading, a quotation or a table at the start of a line."""

LONGEST = 300
"""Characters of one value that are shown; a comment has no room for more."""


def words(text: str) -> str:
    """A sentence that may carry strings of the evidence. It must not open a line."""
    shown = _shortened(visible(text))
    if _PLAIN.fullmatch(shown) and not _RISKY.search(shown):
        return shown.replace("<", "&lt;").replace(">", "&gt;")
    return _literal(shown)


def strong(written: str) -> str:
    """Something written, in bold; what is blank stays as it is, because two stars twice are a rule."""
    return f"**{written}**" if written.strip() else written


def code(text: str) -> str:
    """A value, a path or a name, as code."""
    return _literal(_shortened(visible(text)))


def _literal(shown: str) -> str:
    if not shown:
        return "*(empty)*"
    return f"`{shown}`" if _SPAN.fullmatch(shown) else _entities(shown)


def _entities(shown: str) -> str:
    """Code that is literal for HTML as for Markdown."""
    return f"<code>{_PUNCTUATION.sub(lambda found: f'&#{ord(found[0])};', shown)}</code>"


def _shortened(shown: str) -> str:
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}… ({len(shown)} characters)"


def line(written: str) -> str:
    """Words that are Markdown already, so that they may open a line."""
    return f"&#{ord(written[0])};{written[1:]}" if _OPENS.match(written) else written


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are Markdown already."""
    titles = list(heads)
    lines = [f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def folded(title: str, *blocks: str) -> str:
    """Blocks behind a title, which is text; the empty lines let Markdown be read inside.

    The title stands in a block of HTML, where a code span is none: markup in it would be markup.
    """
    inner = "\n\n".join(block for block in blocks if block)
    written = words(title)
    if written.startswith(("`", "*")):
        written = _entities(_shortened(visible(title))) if title else "(empty)"
    return f"<details>\n<summary>{written}</summary>\n\n{inner}\n\n</details>"
