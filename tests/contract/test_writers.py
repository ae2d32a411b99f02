"""Writers set blocks, charts draw forms: neither knows what is said, nor which kinds there are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from haproof.kinds import HOUSE

RENDER = Path(__file__).parents[2] / "src" / "haproof" / "render"

FORMS = sorted(path for folder in ("writers", "charts") for path in (RENDER / folder).rglob("*.py"))
"""Modules that must not know of HA at all."""

SECTIONS = sorted(path for path in (RENDER / "document").rglob("*.py") if path.name != "labels.py")
"""Modules that turn a report into blocks, whatever kinds it lists; the labels of figures name figures."""

KINDS = {word for kind in HOUSE.kinds for word in (kind.id, kind.stem, kind.folder)}
MATRIX = {check.id for check in HOUSE.matrix}
LEVELS = {level.name for level in HOUSE.levels}
NAMED = re.compile(rf"\b({'|'.join(map(re.escape, sorted(KINDS | MATRIX | LEVELS)))})\b")
HA = re.compile(r"\b(failover|slices?|evidence|readiness|VAL\d\d|GA-|GAP-|RUN-)\b", re.IGNORECASE)


def constants(path: Path) -> Iterator[str]:
    """Every text of a module that is not a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        id(statement.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        for statement in node.body
        if isinstance(statement, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def name(path: Path) -> str:
    return str(path.relative_to(RENDER))


@pytest.mark.parametrize("path", FORMS, ids=name)
def test_a_writer_or_a_form_has_no_word_of_ha(path: Path) -> None:
    assert [text for text in constants(path) if HA.search(text.replace("No evidence.", ""))] == []


@pytest.mark.parametrize("path", [*FORMS, *SECTIONS], ids=name)
def test_no_kind_check_or_level_is_named(path: Path) -> None:
    assert [text for text in constants(path) if NAMED.search(text)] == []


@pytest.mark.parametrize("path", [*FORMS, *SECTIONS], ids=name)
def test_nothing_listed_is_taken_by_its_place(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"(slices|kinds|checks|results|rows|levels)\[(?!0\]\.meaning)[-:\d]", source)
    assert not re.search(r"zip\([^)]*(slices|kinds|results)", source)
