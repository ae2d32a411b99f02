"""The page about target files shows the real file, the real operations, and every key and template name."""

import re
from pathlib import Path

from haproof.lab.contract import BODY_NAMES, CLI_NAMES, OPERATIONS, ROW_NAMES
from haproof.lab.target import REFERENCE, Cli, NodeTemplate, Sql, Timing

PAGE = Path(__file__).parents[3] / "docs" / "target-file.md"


def part(name: str) -> str:
    found = re.search(
        rf"<!-- {re.escape(name)} -->\n(.*?)<!-- end -->", PAGE.read_text(encoding="utf-8"), re.S
    )
    assert found is not None
    return found[1]


def operations() -> str:
    """The table of operations, as the page must show it."""
    rows = ["| operation | request | body |", "|---|---|---|"]
    for name, operation in OPERATIONS.items():
        body = f"`{operation.body}`".replace("'", '"') if operation.body is not None else ""
        body = body.replace("False", "false").replace("True", "true")
        rows.append(f"| `{name}` | `{operation.method} {operation.path}` | {body} |")
    return "\n".join(rows) + "\n"


def test_the_shown_file_is_the_shipped_one() -> None:
    assert part("reference.toml") == f"```toml\n{REFERENCE.read_text(encoding='utf-8')}```\n"


def test_the_shown_operations_are_the_contracts() -> None:
    assert part("operations") == operations()


def test_every_key_and_name_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for kind in (Timing, NodeTemplate, Cli, Sql):
        for key in kind.__dataclass_fields__:
            assert key in text, f"{kind.__name__}.{key}"
    for name in BODY_NAMES | CLI_NAMES | ROW_NAMES:
        assert f"`{{{name}}}`" in text, name
