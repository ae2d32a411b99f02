"""Which checks a bad system must fail: said by a mark on its test, asserted by the test, and collected.

@breaks("VAL14-01")
def test_a_standby_that_does_not_stream(broken: set[str], …) -> None:
    assert failed(run(…)) == broken
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

TESTS = Path(__file__).parent


def breaks(*check_ids: str) -> pytest.MarkDecorator:
    """The checks that the bad system of a test fails, as its report or its raw files show it."""
    return pytest.mark.breaks(*check_ids)


def modules() -> Iterator[ModuleType]:
    """The test modules in which a bad system is marked."""
    for path in sorted(TESTS.rglob("test_*.py")):
        if "@breaks(" in (text := path.read_text(encoding="utf-8")) or "marks=breaks(" in text:
            yield importlib.import_module(".".join(path.relative_to(TESTS).with_suffix("").parts))


def marked(module: ModuleType) -> dict[str, set[str]]:
    """The checks that are marked in a module, by the name of the test."""
    found: dict[str, set[str]] = {}
    for name, function in vars(module).items():
        for mark in getattr(function, "pytestmark", ()) if name.startswith("test_") else ():
            inner = mark.args[1] if mark.name == "parametrize" else ()
            marks = [mark, *(one for given in inner for one in getattr(given, "marks", ()))]
            ids = {check_id for one in marks if one.name == "breaks" for check_id in one.args}
            if ids:
                found.setdefault(name, set()).update(ids)
    return found
