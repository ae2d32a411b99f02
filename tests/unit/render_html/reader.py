"""Reads a page as a strict reader would: every tag closed in order, every attribute and text kept."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    parent: "Element | None"
    children: list["Element"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def text(self) -> str:
        """All text inside, joined."""
        return "".join(self.texts)

    def said(self) -> str:
        """The same as a person reads it: a space that parts no line is a space."""
        return self.text().replace("\xa0", " ")

    def all(self, *names: str) -> list["Element"]:
        """Every element of these names inside, in order; all elements without a name."""
        found = []
        for child in self.children:
            if not names or child.name in names:
                found.append(child)
            found += child.all(*names)
        return found

    def row(self) -> "Element":
        """The row of a table that it is in."""
        found: Element | None = self
        while found is not None and found.name != "tr":
            found = found.parent
        assert found is not None
        return found

    def by_id(self, key: str) -> "Element":
        return next(element for element in self.all() if element.attributes.get("id") == key)


class Reader(HTMLParser):
    """Builds the tree; anything that is not balanced is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document", {}, None)
        self._open = self.root
        self.declarations: list[str] = []

    def handle_decl(self, decl: str) -> None:
        self.declarations.append(decl)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data[:80]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> gives an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in VOID:
            self._open = element

    def handle_endtag(self, tag: str) -> None:
        assert self._open.name == tag, f"</{tag}> closes <{self._open.name}>"
        assert self._open.parent is not None
        self._open = self._open.parent

    def handle_data(self, data: str) -> None:
        element: Element | None = self._open
        while element is not None:
            element.texts.append(data)
            element = element.parent

    def finished(self) -> Element:
        self.close()
        assert self._open is self.root, f"<{self._open.name}> is never closed"
        return self.root


def read(page: bytes) -> Element:
    """The page's tree; AssertionError where it is not well formed."""
    reader = Reader()
    reader.feed(page.decode("utf-8"))
    root = reader.finished()
    assert reader.declarations == ["DOCTYPE html"]
    return root
