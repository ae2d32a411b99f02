"""No private key is made where the next `git add` would publish it."""

import os
import subprocess
from pathlib import Path

import pytest

from haproof.attest.keys import generate
from haproof.errors import UsageError


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(
        ["git", *identity, *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "deep").mkdir(parents=True)
    _git(folder, "init", "-q")
    return folder


@pytest.mark.parametrize("name", ["haproof.key", "deep/haproof.key"])
def test_a_tree_that_does_not_ignore_it_is_refused(tree: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is in the git working tree") as refused:
        generate(str(tree / name))
    assert repr(str(tree)) in str(refused.value)
    assert sorted(path.name for path in tree.rglob("*key*")) == []


@pytest.mark.parametrize("pattern", ["*.key", "/deep/", "deep/haproof.key"])
def test_a_tree_that_ignores_it_is_not(tree: Path, pattern: str) -> None:
    (tree / ".gitignore").write_text(f"{pattern}\n")
    generate(str(tree / "deep" / "haproof.key"))
    assert (tree / "deep" / "haproof.key").exists()


def test_ignored_and_then_not_is_refused(tree: Path) -> None:
    (tree / ".gitignore").write_text("*.key\n!haproof.key\n")
    with pytest.raises(UsageError, match="not ignored"):
        generate(str(tree / "haproof.key"))


def test_a_link_into_a_tree_is_followed(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "aside").symlink_to(tree / "deep")
    with pytest.raises(UsageError, match="not ignored"):
        generate(str(tmp_path / "aside" / "haproof.key"))


def test_a_linked_working_tree_is_one(tree: Path, tmp_path: Path) -> None:
    _git(tree, "commit", "-q", "--allow-empty", "-m", "first")
    _git(tree, "worktree", "add", "-q", str(tmp_path / "linked"))
    with pytest.raises(UsageError, match="linked"):
        generate(str(tmp_path / "linked" / "haproof.key"))


def test_outside_of_any_tree_it_is_made(tmp_path: Path) -> None:
    generate(str(tmp_path / "haproof.key"))


def test_the_caller_s_git_variables_have_no_say(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    _git(other, "init", "-q")
    (other / ".gitignore").write_text("*\n")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    with pytest.raises(UsageError, match="not ignored"):
        generate(str(tree / "haproof.key"))


def test_where_git_cannot_be_asked_nothing_counts_as_ignored(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / ".gitignore").write_text("*.key\n")
    monkeypatch.setenv("PATH", str(tree))
    with pytest.raises(UsageError, match="not ignored"):
        generate(str(tree / "haproof.key"))


def test_a_damaged_repository_does_not_ignore(tree: Path) -> None:
    (tree / ".gitignore").write_text("*.key\n")
    (tree / ".git" / "HEAD").write_text("rubbish")
    with pytest.raises(UsageError, match="not ignored"):
        generate(str(tree / "haproof.key"))


def test_a_repository_s_own_program_is_not_run(tree: Path, tmp_path: Path) -> None:
    hook = tree / "hook.sh"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    (tree / "file").write_text("x")
    _git(tree, "add", "file")
    _git(tree, "config", "core.fsmonitor", str(hook))
    (tree / ".gitignore").write_text("*.key\n")
    generate(str(tree / "haproof.key"))
    assert not (tmp_path / "ran").exists()


def test_this_repository_ignores_the_keys_of_its_own_documents() -> None:
    patterns = (Path(__file__).parents[3] / ".gitignore").read_text().split()
    assert {"*.key", "*.key.pub"} <= set(patterns)
