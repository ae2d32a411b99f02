"""The generated documents are as the types, the checks and the texts are now."""

import importlib.util
import re
import typing
from pathlib import Path
from types import ModuleType

import pytest

from haproof.explain import catalogue
from haproof.kinds import HOUSE, KINDS

ROOT = Path(__file__).parents[2]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "scripts" / "generate-docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["checks.md", "evidence-format.md"])
def test_generated_documents_are_fresh(name: str) -> None:
    kept = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert kept == generator().PAGES[name](), "run python scripts/generate-docs.py"


def test_every_explanation_is_in_the_document() -> None:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (.+)$", page, re.MULTILINE) == [entry.id for entry in catalogue(HOUSE)]


def test_every_key_of_the_types_is_in_the_document() -> None:
    page = (ROOT / "docs" / "evidence-format.md").read_text(encoding="utf-8")
    for kind in KINDS:
        section = page.partition(f"## {kind.id} ")[2].partition("\n## ")[0]
        if kind.gathered is not None:
            predicate = typing.get_type_hints(kind.gathered.payload())["predicate"]
            keys = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
            assert keys == list(predicate.__struct_fields__)
            continue
        for group in {"metrics", "observations"} & set(kind.record.__struct_fields__):
            types = typing.get_type_hints(kind.record)[group]
            part = next(part for part in getattr(types, "__args__", (types,)) if part is not type(None))
            rows = section.partition(f"### `{group}`")[2].partition("###")[0]
            keys = re.findall(r"^\| `([^`]+)` \|", rows, re.MULTILINE)
            assert keys == list(part.__struct_fields__)


def test_tables_are_tables() -> None:
    for name in ("checks.md", "evidence-format.md"):
        columns = 0
        for line in (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert cells == (columns or cells) or not cells, line
            columns = cells


def test_no_sentence_breaks_off_above_a_table() -> None:
    page = (ROOT / "docs" / "evidence-format.md").read_text(encoding="utf-8")
    above = re.findall(r"^(?!#)(\S.*)\n\n\| Key", page, re.MULTILINE)
    assert len(above) > 10
    assert [line for line in above if not line.endswith((".", ":"))] == []
