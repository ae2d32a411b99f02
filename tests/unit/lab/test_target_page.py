"""The page about target files shows the real file, the real operations, and every key and template name."""

import re
from pathlib import Path

from haproof.lab.contract import BODY_NAMES, CLI_NAMES, FIELDS, OPERATIONS, ROW_NAMES
from haproof.lab.scenarios import SCENARIOS
from haproof.lab.target import REFERENCE, Cli, NodeTemplate, Sql, Timing

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "target-file.md"
LAB = ROOT / "src" / "haproof" / "lab"


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


def needs() -> str:
    """The table of what each slice needs, as the page must show it."""
    rows = ["| slice | needs |", "|---|---|"]
    rows += [
        f"| {one.slice.id} | {', '.join(f'`{need}`' for need in one.needs)} |"
        for one in SCENARIOS
        if one.needs
    ]
    return "\n".join(rows) + "\n"


def test_the_shown_needs_are_the_scenarios() -> None:
    assert part("needs") == needs()


TYPES = {"text": "string", "flag": "boolean", "count": "whole number", "instant": "time", "items": "array"}
"""How the lab reads a field, and what the page calls it."""


def test_every_field_that_the_lab_reads_is_there_with_its_type() -> None:
    code = "\n".join(path.read_text("utf-8") for path in sorted(LAB.rglob("*.py")))
    read = {(name, TYPES[how]) for how, name in re.findall(r"\.(\w+)\(\"(\w+)\"\)", code) if how in TYPES}
    read = {(name, kind) for name, kind in read if name in FIELDS}
    assert len(read) > 20
    rows = [line.split(" | ") for line in part("fields").splitlines()[2:]]
    shown = {(name, row[2]) for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    for name, kind in read:
        assert any(name == known and (kind in words or f"the {name}" in words) for known, words in shown), (
            f"docs/target-file.md does not say that {name} is a {kind}"
        )
    assert {name for name, _ in shown} <= FIELDS | {"error"}


def test_the_audit_events_are_those_that_the_lab_looks_for() -> None:
    code = "\n".join(path.read_text("utf-8") for path in sorted(LAB.rglob("*.py")))
    looked_for = set(re.findall(r"\"(ha\.[a-z_]+\.[a-z_]+)\"", code))
    assert looked_for == set(re.findall(r"^\| `(ha\.[\w.]+)` \|", part("events"), re.MULTILINE))
    assert len(looked_for) == 7


def test_the_shown_node_is_the_one_that_is_run() -> None:
    folder = ROOT / "examples" / "node-in-javascript"
    node, target = ((folder / name).read_text("utf-8") for name in ("node.js", "target.toml"))
    assert part("node.js") == f"```js\n{node}```\n"
    assert part("target.toml") == f"```toml\n{target}```\n"
    assert len(node.splitlines()) < 40
