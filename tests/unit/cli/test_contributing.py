"""The recipe for a kind of evidence, followed word for word in a clone: the commands of CONTRIBUTING, then
the command line, which shows the kind everywhere."""

import json
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from builders import full, write
from contract.test_recipe import report_of
from documents import ROOT, Clone, commands
from haproof.render import FORMATS
from recipe.zones import KIND

pytestmark = [
    pytest.mark.skipif(shutil.which("git") is None, reason="needs git"),
    pytest.mark.timeout(300),
]

NOON = "2026-03-23T12:00:00Z"
STEM = "val26/val26-proof-report"

ADDED = (
    "src/haproof/kinds/zones/",
    *(f"src/haproof/schemas/{name}.schema.json" for name in ("zones", "proof", "predicate")),
    *("docs/checks.md", "docs/evidence-format.md"),
)
"""What the recipe adds or generates; the list of kinds is the one line."""


class Followed:
    """A clone in which the recipe was followed, and two runs with evidence of the new kind."""

    def __init__(self, folder: Path) -> None:
        self.clone = Clone(folder)
        steps = [one for one in commands(ROOT / "CONTRIBUTING.md") if one.recipe]
        assert len(steps) == 3
        for step in steps:
            done = self.clone.run(f"set -e\n{step.script}")
            assert done.returncode == 0, done.stderr
        self.run_, self.later = (str(folder / name) for name in ("run", "later"))
        write(Path(self.run_), full() | {KIND.id: report_of()})
        write(
            Path(self.later), full() | {KIND.id: report_of(zone_failover_ms=900, zone_trials_ms=[640, 900])}
        )

    def haproof(self, *words: str) -> str:
        """What a command prints; it must end with 0."""
        done = self.clone.run(" ".join([".venv/bin/haproof", *words]))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def file(self, ending: str) -> bytes:
        return Path(self.run_, f"{STEM}.{ending}").read_bytes()


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    found = Followed(tmp_path_factory.mktemp("newcomer"))
    forms = ",".join(form for form in FORMATS if form not in ("text", "json"))
    found.haproof("report", found.run_, "--generated-at", NOON, "--write", forms)
    return found


def test_the_recipe_names_every_file_of_the_folder() -> None:
    recipe = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Add a kind of evidence")[2]
    for path in (ROOT / "tests" / "recipe" / "zones").glob("*.py"):
        assert f"`{path.name}`" in recipe.partition("\n## ")[0]


def test_one_line_was_changed_and_nothing_else_by_hand(followed: Followed) -> None:
    changed = [line[3:] for line in followed.clone.status().splitlines()]
    by_hand = [path for path in changed if not path.startswith(ADDED)]
    assert by_hand == ["src/haproof/kinds/__init__.py"]


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "pdf"])
def test_every_format_shows_it(followed: Followed, form: str) -> None:
    shown = followed.file(FORMATS[form][1]).decode()
    assert "ZONES" in shown
    if form not in ("junit", "markdown"):
        assert "812" in shown


def test_the_pdf_shows_it(followed: Followed) -> None:
    from pypdf import PdfReader

    pages = PdfReader(BytesIO(followed.file("pdf"))).pages
    assert "Failover Across Zones" in "".join(page.extract_text() for page in pages)


def test_explain_shows_it(followed: Followed) -> None:
    assert KIND.about.meaning in followed.haproof("explain", "zones")
    assert "zone_failover_ms" in followed.haproof("explain", "ZONES-02")


def test_it_has_a_schema(followed: Followed) -> None:
    tree: dict[str, Any] = json.loads(followed.haproof("schema", "ZONES"))
    assert "ZONES" in json.dumps(tree)


def test_a_comparison_and_a_history_show_it(followed: Followed) -> None:
    compared = followed.haproof("diff", followed.run_, followed.later, "--generated-at", NOON)
    assert "ZONES zone_failover_ms: 812 ms" in compared
    assert "ZONES zone_failover_ms" in followed.haproof(
        "history", followed.run_, followed.later, "--generated-at", NOON
    )


def test_it_verifies(followed: Followed) -> None:
    assert "the same judgement" in followed.haproof("verify", followed.run_, "--unsigned")


def test_the_tests_of_the_architecture_hold_with_it(followed: Followed) -> None:
    tests = "tests/contract/test_house.py tests/contract/test_docs.py"
    done = followed.clone.run(f".venv/bin/python -m pytest -q -p no:cacheprovider {tests}")
    assert done.returncode == 0, done.stdout
