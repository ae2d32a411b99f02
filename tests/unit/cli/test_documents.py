"""Every command in README and docs is run in a fresh clone, as it is written; nothing changes in it."""

import re
import shlex
import shutil
from importlib import import_module
from pathlib import Path

import pytest

from documents import LANGUAGES, PAGES, ROOT, USUAL_PATH, Clone, Command, commands, session
from haproof.cli.parser import Parser

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

ALL = [command for page in PAGES for command in commands(page)]
WITH_COMMANDS = [page for page in PAGES if any(not (one.left_out or one.recipe) for one in commands(page))]

ON_PATH = 'export PATH="$PWD/.venv/bin:$PATH"'
"""README, "Get the command": what the other pages refer to."""

RUNS_THIS_TEST = "bash scripts/test.sh"
TOOLS = {"jq": "jq", "openssl": "openssl", "sha256sum": "sha256sum", "node": "examples/node-in-javascript"}
"""Programs that are not everywhere, and how a command that needs one is recognized."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone(tmp_path_factory.mktemp("clone"))


def chosen(page: Path, *, long: bool) -> list[Command]:
    return [
        command
        for command in commands(page)
        if not (command.left_out or command.recipe)
        and command.takes_long == long
        and not command.script.startswith(RUNS_THIS_TEST)
    ]


def run_all(page: Path, todo: list[Command], clone: Clone, folder: Path) -> None:
    """As a newcomer does: the README from nothing, the other pages once `haproof` is on the path."""
    for tool, mark in TOOLS.items():
        if shutil.which(tool, path=USUAL_PATH) is None and any(mark in command.script for command in todo):
            pytest.skip(f"needs {tool}")
    before = "" if page.name == "README.md" else ON_PATH
    for ended in session(clone, todo, folder / "session", before):
        assert ended.status == ended.command.status, f"{ended.command.script}\n{ended.out}\n{ended.err}"
        for line in ended.command.output:
            assert line in ended.out, ended.command.script
    assert clone.status() == ""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_run_as_they_are_written(page: Path, clone: Clone, tmp_path: Path) -> None:
    run_all(page, chosen(page, long=False), clone, tmp_path)


@pytest.mark.lab
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "page", [page for page in PAGES if chosen(page, long=True)], ids=lambda page: page.name
)
def test_the_long_commands_of_a_page_run_as_they_are_written(
    page: Path, clone: Clone, tmp_path: Path
) -> None:
    run_all(page, chosen(page, long=True), clone, tmp_path)


def test_a_page_that_says_haproof_says_how_to_get_it() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert ON_PATH in readme
    assert "## Get the command" in readme
    for page in PAGES:
        typed = [command for command in commands(page) if command.script.startswith("haproof ")]
        if typed and page.name != "README.md":
            assert re.search(r"README\.md#get-the-command", page.read_text("utf-8")), page


def test_what_no_test_can_run_is_little_and_says_why() -> None:
    left_out = [command for command in ALL if command.left_out]
    most = {"docs/verifying.md": 3, "docs/soak.md": 7, "docs/calibration.md": 1, "docs/plans/pitr.md": 2}
    for page in {command.page for command in left_out}:
        assert len([command for command in left_out if command.page == page]) <= most.get(page, 0), page
    marks = {command.mark for command in ALL} - {"", "takes long", "the recipe"}
    assert all(re.fullmatch(r"not run by the tests: [\w ',]+", mark) for mark in marks)


@pytest.mark.parametrize(
    "command",
    [one for one in ALL if one.left_out and one.script.startswith("haproof ")],
    ids=lambda one: " ".join(one.script.split()[:4]),
)
def test_what_no_test_can_run_is_at_least_a_command_that_there_is(command: Command) -> None:
    """Its verb and its options exist, whatever they would do."""
    script = command.script.replace("\\\n", " ").replace("$ENVELOPE", "envelope")
    _, verb, *words = shlex.split(script, comments=True)
    parser = Parser(prog=f"haproof {verb}")
    import_module(f"haproof.cli.{verb}").configure(parser)
    assert parser.parse_args(words)


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    heads = (head.strip().lower() for head in re.findall(r"^#+ (.+)$", text, re.MULTILINE))
    return {re.sub(r"[^\w\- ]", "", head).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "ARCHITECTURE.md"], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        place = page.parent / path if path else page
        assert place.exists(), link
        assert not anchor or anchor in anchors(place), link


def test_no_command_hides_in_another_kind_of_block() -> None:
    known = {*LANGUAGES, "text", "js", "toml", "yaml", "json", "jsonl", "sql", ""}
    for page in PAGES:
        for language, content in re.findall(
            r"^```(\w*)\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
        ):
            assert language in known, (page, language)
            if language not in LANGUAGES:
                assert not re.search(r"^\$ ", content, re.MULTILINE), (page, content)
