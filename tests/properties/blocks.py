"""Any document: a tree of blocks made from their declarations, so that a block that is added is made too.

Made from a number, not drawn piece by piece: a tree has thousands of pieces.
"""

import random
import types
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from haproof.render.charts.chart import Chart, box, dot, line
from haproof.render.charts.chart import words as drawn_words
from haproof.render.document import blocks, whole
from unit.formats.attack import ATTACKS

TEXTS = (*ATTACKS, "", " ", "342 ms", "- a", "1. b", "# c", "a b " * 40, "\x1b[31m", "\u202e", "x" * 3000)
"""What any text of a document may be; one in four is random characters."""

FIXED = {
    "made": "2026-03-23T12:00:00Z",
    "digest": "ab" * 32,
    "digest_label": "SHA-256 of the data",
    "attachment": "data.json",
    "keywords": ("a", "b"),
    "anchor": "key-elsewhere",
}
"""Fields that are never text of the evidence."""

DEEPEST = 4


class Maker:
    """Makes values of any declared type; below a depth only what holds nothing else."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.keys = 0

    def text(self) -> str:
        if self.random.random() < 0.75:
            return self.random.choice(TEXTS)
        points = (self.random.choice((0x7F, 0x2FF, 0xD7FF, 0x1FFFF)) for _ in range(self.random.randrange(9)))
        return "".join(chr(self.random.randrange(most)) for most in points if most < 0xD800 or most > 0xDFFF)

    def value(self, kind: Any, depth: int) -> Any:
        if isinstance(kind, str | ForwardRef):
            name = kind if isinstance(kind, str) else kind.__forward_arg__
            return self.value(eval(name, vars(blocks)), depth)  # the source's own annotations
        if get_origin(kind) in (Union, types.UnionType):
            choices = [choice for choice in get_args(kind) if depth < DEEPEST or not holds_others(choice)]
            return self.value(self.random.choice(choices), depth)
        if get_origin(kind) is tuple:
            inner, *rest = get_args(kind)
            if rest != [Ellipsis]:
                return tuple(self.value(each, depth) for each in (inner, *rest))
            fewest = 1 if inner is blocks.Column else 0
            return tuple(self.value(inner, depth + 1) for _ in range(self.random.randint(fewest, 2)))
        if get_origin(kind) is Literal:
            return self.random.choice(get_args(kind))
        if kind is Chart:
            return self.chart()
        if isinstance(kind, type) and issubclass(kind, Struct):
            return self.struct(kind, depth + 1)
        if kind is str:
            return self.text()
        return {bool: self.random.random() < 0.5, float: self.random.uniform(0, 3)}.get(kind)

    def struct(self, kind: type[Struct], depth: int) -> Any:
        made = {name: self.field(name, declared, depth) for name, declared in get_type_hints(kind).items()}
        whole = kind(**made)
        if isinstance(whole, blocks.Table):
            wanted = len(whole.columns)
            rows = [replace(row, cells=(*row.cells, "", "", "")[:wanted]) for row in whole.rows]
            return replace(whole, rows=tuple(rows))
        return whole

    def field(self, name: str, declared: Any, depth: int) -> Any:
        if name == "key":
            self.keys += 1
            return f"key-{self.keys}"
        return FIXED[name] if name in FIXED else self.value(declared, depth)

    def chart(self) -> Chart:
        from haproof.render.charts.chart import Table

        self.keys += 1
        cells = [self.text() for _ in range(4)]
        shapes = line("axis", 0, 0, 1, 0), box("series", 0, 1, 0, 4), dot("series", 0.5, 4, 3)
        return Chart(
            key=f"key-{self.keys}",
            title=cells[0],
            description=cells[1],
            height=40,
            shapes=(*shapes, drawn_words("muted", 0.5, 9, cells[2])),
            table=Table((cells[0], cells[1]), ((cells[2], cells[3]),)),
            legend=cells[3],
        )


def holds_others(kind: Any) -> bool:
    """Whether a value of this type may hold blocks or words that hold others."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return any(name in ("words", "items", "blocks", "columns", "rows") for name in kind.__struct_fields__)
    return kind not in (str, type(None))


def sheet(seed: int) -> whole.Sheet:
    """A whole sheet."""
    made: whole.Sheet = Maker(seed).struct(whole.Sheet, 0)
    return made


def document(seed: int) -> whole.Document:
    """A whole document; its title says something, as an archive asks."""
    made: whole.Document = Maker(seed).struct(whole.Document, 0)
    return replace(made, title=made.title.strip() or "a title")
