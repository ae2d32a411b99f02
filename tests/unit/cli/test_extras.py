"""The command that brings an optional package names what is to be had, in the form that works here."""

import importlib.util
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from haproof import extras

ROOT = Path(__file__).parents[3]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
OURS = [extra for extra in DECLARED if extra != "all"]


def names(packages: list[str]) -> list[str]:
    return sorted(package.partition(">")[0].partition("<")[0] for package in packages)


@pytest.mark.parametrize("extra", OURS)
def test_the_packages_are_those_that_are_declared(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert extras.packages_of(extra) == DECLARED[extra]
    lines = [f"{package}; extra == '{name}'" for name in OURS for package in DECLARED[name]]
    monkeypatch.setattr(metadata, "requires", lambda name: ["msgspec>=0.21", *lines])
    monkeypatch.setattr(extras, "__file__", "/usr/lib/python3/site-packages/haproof/extras.py")
    assert extras.packages_of(extra) == DECLARED[extra]


def test_the_installed_package_says_the_same() -> None:
    """Where this fails: bash scripts/setup.sh"""
    assert names(extras._installed("html")) == names(DECLARED["html"])


@pytest.mark.parametrize("extra", OURS)
def test_no_command_fetches_a_distribution_that_is_not_ours(extra: str) -> None:
    assert "haproof" not in extras.install_command(extra).replace(str(ROOT), "").replace(sys.prefix, "")


def test_a_virtual_environment_is_named_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "my env" / "bin" / "python"))
    monkeypatch.chdir(tmp_path)
    assert extras.install_command("html") == "'my env/bin/python' -m pip install 'markupsafe>=3.0'"
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert extras.install_command("html").startswith(f"'{tmp_path}/my env/bin/python' -m pip")


def test_each_way_of_installation_has_its_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", "/env/bin/python")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    (tmp_path / "pipx_metadata.json").touch()
    assert extras.install_command("html") == "pipx inject haproof 'markupsafe>=3.0'"
    (tmp_path / "pipx_metadata.json").unlink()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert extras.install_command("html") == "pip --python /env/bin/python install 'markupsafe>=3.0'"
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nuv = 0.9.1\n")
    assert extras.install_command("html") == "uv pip install --python /env/bin/python 'markupsafe>=3.0'"
    monkeypatch.setattr(sys, "prefix", "/home/me/.cache/uv/archive-v0/x1")
    assert extras.install_command("html") == "uvx --with 'markupsafe>=3.0' …"
