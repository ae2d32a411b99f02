"""What a document is made of: blocks, and the words in them. A writer sets these and knows of nothing else.

Every string may hold text of the evidence: each writer makes it visible and escapes it for its format.
"""

from typing import Literal, TypeAlias, Union

from msgspec import Struct

from haproof.render.charts.chart import Chart

Tone = Literal["pass", "fail", "unknown", "open", "none"]
"""What a state means to a reader: good, bad, no evidence, not closed yet, nothing of these."""


class Code(Struct, frozen=True):
    """A name, a path or a digest, in a fixed-width face."""

    text: str


class Strong(Struct, frozen=True):
    """Words that stand out."""

    text: str


class Broken(Struct, frozen=True):
    """Words that mark what breaks a rule."""

    text: str


class Lead(Struct, frozen=True):
    """What a cell or an item says first, on a line of its own; `anchor` is where a link may lead."""

    text: str
    anchor: str = ""


class Note(Struct, frozen=True):
    """A smaller line that qualifies what is before it; `anchor` is where a link may lead."""

    words: "Words"
    anchor: str = ""


class Aside(Struct, frozen=True):
    """Words that are left out where there is little room; they are in a longer format too."""

    words: "Words"


class Anchored(Struct, frozen=True):
    """Words that a link may lead to."""

    anchor: str
    words: "Words"


class Link(Struct, frozen=True):
    """A way to an anchor or a section of the same document."""

    anchor: str
    words: "Words"


class Address(Struct, frozen=True):
    """A way to another file, whose address is relative to this document, or absolute on this machine."""

    to: str
    words: "Words"


class Instant(Struct, frozen=True):
    """A time for people, with the exact one of the evidence."""

    words: str
    exact: str


class State(Struct, frozen=True):
    """A state as a word with its tone; a sign and a colour may go with it, never without the word."""

    word: str
    tone: Tone


class Gauge(Struct, frozen=True):
    """A share that is drawn where something can be drawn; the words beside it say the same."""

    share: float


class Listed(Struct, frozen=True):
    """Several things of one cell, each on a line of its own. Those `folded` open under a `title`; where
    nothing opens they follow the others."""

    items: "tuple[Words, ...]"
    folded: "tuple[Words, ...]" = ()
    title: str = ""

    @property
    def whole(self) -> "tuple[Words, ...]":
        """All of them."""
        return (*self.items, *self.folded)


Words: TypeAlias = Union[
    str, Code, Strong, Broken, Lead, Note, Aside, Anchored, Link, Address, Instant, State, Gauge, Listed,
    "tuple[Words, ...]",
]  # fmt: skip
"""What stands in a line or a cell."""


class Paragraph(Struct, frozen=True):
    """A paragraph; a note qualifies what is around it, a label heads what follows."""

    words: Words
    role: Literal["", "note", "label"] = ""


class Absent(Struct, frozen=True):
    """Where there is no evidence: said in so many words, never an empty place."""

    words: Words


class Items(Struct, frozen=True):
    """A list: plain without marks."""

    items: tuple[Words, ...]
    plain: bool = False


class Fact(Struct, frozen=True, kw_only=True):
    """A label, a short answer, and lines that qualify it."""

    label: str
    answer: Words
    below: tuple[Words, ...] = ()


class Facts(Struct, frozen=True):
    """Labels and what they stand for."""

    facts: tuple[Fact, ...]


class Column(Struct, frozen=True):
    """A column of a table: its title, and its share of the line (0: as wide as what it holds).

    `place` says what it is to the column before: a column of its own; with it, where both are short; beside
    it, where there is room; or a note under it.
    """

    title: str
    width: float = 0
    place: Literal["own", "with", "beside", "note"] = "own"


class Row(Struct, frozen=True):
    """Cells, one for each column, the first of which heads the row; what is behind it, where a row opens."""

    cells: tuple[Words, ...]
    fold: "Fold | None" = None


class Table(Struct, frozen=True, kw_only=True):
    """A table. `key` is unique in the document; `heads` says what the first column holds: names of figures,
    or ids, which are short. Where there is no room for its columns, each row of a `stacked` one is a card.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    heads: Literal["", "names", "ids"] = ""
    stacked: bool = False


class Brief(Struct, frozen=True):
    """Rows without heads."""

    rows: tuple[tuple[Words, ...], ...]


class Drawing(Struct, frozen=True):
    """A chart, with its data as a table beside it, or behind it where it is `folded`."""

    chart: Chart
    folded: bool = False


class Fold(Struct, frozen=True, kw_only=True):
    """Blocks that open when they are asked for, or from the start."""

    title: str
    blocks: "tuple[Block, ...]"
    opened: bool = False


class Explained(Struct, frozen=True):
    """What something means, and labelled parts of that."""

    meaning: str
    parts: tuple[tuple[str, str], ...]


class Step(Struct, frozen=True):
    """Something that a reader can do: what it shows, and the commands, a line each."""

    words: str
    commands: tuple[str, ...]


class Steps(Struct, frozen=True):
    """Steps in their order."""

    steps: tuple[Step, ...]


class Reason(Struct, frozen=True, kw_only=True):
    """Why something is as it is: its state, one sentence, where that is shown (`anchor` in the document,
    `place` in the evidence), and what to do next (empty where the following reason asks for the same)."""

    state: State
    sentence: str
    anchor: str
    place: Words
    next: str


class Reasons(Struct, frozen=True):
    """Reasons, worst first."""

    reasons: tuple[Reason, ...]


class Rung(Struct, frozen=True, kw_only=True):
    """One step of a ladder: reached, the next one (`mark` says so), or beyond it.

    `blocked` says what stands in the way (empty where nothing does), `open` and `met` are what it asks for,
    `tally` counts what is met.
    """

    name: str
    state: State
    place: Literal["reached", "upcoming", "beyond"]
    mark: str
    blocked: str
    open: tuple[Words, ...]
    met: tuple[Words, ...]
    tally: str


class Ladder(Struct, frozen=True):
    """Levels, the lowest first."""

    rungs: tuple[Rung, ...]


class Card(Struct, frozen=True, kw_only=True):
    """A title with its state, and what is behind it."""

    title: str
    state: State
    lines: tuple[Words, ...]


class Cards(Struct, frozen=True):
    """Cards, one below the other."""

    cards: tuple[Card, ...]


class Headline(Struct, frozen=True, kw_only=True):
    """A figure that stands for a part: its label, its value, and how it is to its limit."""

    label: str
    value: str
    limit: str
    kept: bool


class Section(Struct, frozen=True, kw_only=True):
    """A part of the document under its heading. `key` is unique and is where links lead; `short` is its name
    in a list of contents (empty: it is not listed); a state stands behind the title.
    """

    key: str
    title: str
    blocks: "tuple[Block, ...]"
    short: str = ""
    state: State | None = None


class Result(Struct, frozen=True, kw_only=True):
    """A section that can be told in one line: its state, words, the figures that stand for it. The blocks are
    behind that line, open from the start where `opened`."""

    key: str
    title: str
    beside: str
    short: str
    state: State
    line: Words
    headlines: tuple[Headline, ...]
    blocks: "tuple[Block, ...]"
    opened: bool


class Columns(Struct, frozen=True):
    """Blocks that stand side by side where there is room, each column from top to bottom."""

    columns: "tuple[tuple[Block, ...], ...]"
    name: str = "columns"


Block: TypeAlias = (
    Paragraph | Absent | Items | Facts | Table | Brief | Drawing | Fold | Explained | Steps | Reasons | Ladder
    | Cards | Section | Result | Columns
)  # fmt: skip
"""What a document is made of."""
