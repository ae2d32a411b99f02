"""ARCHITECTURE.md is true, and the house that it draws has no circle: both are read off the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import haproof

ROOT = Path(__file__).parents[2]
SOURCE = Path(haproof.__file__).parent
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def rows(title: str) -> Iterator[tuple[str, str]]:
    """First and last cell of each row of the tables in a section."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and set(cells[0]) != {"-"} and cells[0] not in ("noun", "word", "package"):
            yield cells[0], cells[-1]


def text_of(path: Path) -> str:
    """A module, or every module of a folder."""
    found = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return "\n".join(one.read_text(encoding="utf-8") for one in found).lower()


GLOSSARY = [*rows("Nouns"), *rows("Words of the code")]


@pytest.mark.parametrize(("words", "where"), GLOSSARY, ids=[words for words, _ in GLOSSARY])
def test_a_word_is_used_where_the_glossary_says(words: str, where: str) -> None:
    places = [SOURCE / place for place in re.findall(r"`([\w/.]+)`", where)]
    assert places
    assert all(place.exists() for place in places)
    text = "".join(text_of(place) for place in places)
    for word in words.replace("`", "").lower().split(", "):
        assert re.search(rf"\b{word.replace(' ', '[ _]?')}", text), f"{word} is not in {where}"


@pytest.mark.parametrize("noun", [words for words, _ in rows("Nouns")])
def test_a_noun_is_a_class_or_a_folder_of_its_own(noun: str) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    assert re.search(rf"^class {noun}\b", text, re.MULTILINE)


def test_every_package_is_in_the_table() -> None:
    named = {place for cell, _ in rows("Who may import whom") for place in re.findall(r"`([\w/.]+)`", cell)}
    assert all((SOURCE / place).exists() for place in named)
    packages = {path.parent.relative_to(SOURCE) for path in SOURCE.rglob("__init__.py")} - {Path(".")}
    top = {f"{path.parts[0]}/" for path in packages}
    assert top <= named, "a package that ARCHITECTURE does not name"


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports() -> dict[str, set[str]]:
    """Every module and those that it imports, at once or later."""
    trees = {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")}
    found: dict[str, set[str]] = {name: set() for name in trees}
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    found[name].add(whole if whole in trees else node.module)
    return {name: {one for one in targets if one in trees} - {name} for name, targets in found.items()}


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Modules that reach themselves, those of one circle together."""
    reach: dict[str, set[str]] = {}
    for start in graph:
        seen: set[str] = set()
        todo = list(graph[start])
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += graph[name]
        reach[start] = seen
    inside = sorted(name for name in graph if name in reach[name])
    return [
        list(group) for group in {tuple(o for o in inside if o in reach[n] and n in reach[o]) for n in inside}
    ]


def test_no_module_reaches_itself_by_its_imports() -> None:
    assert circles(imports()) == []


def test_a_circle_is_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d"}}
    assert sorted(circles(graph)) == [["b", "c"], ["d"]]
