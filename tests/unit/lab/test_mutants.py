"""scripts/mutants.sh: which faults are put in; one that no test notices has survived, and is named."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MODULE = '''"""Words."""

LIMIT = 5


def kept(values: list[int], low: int = 1) -> list[int]:
    """More words."""
    return [value for value in values if low <= value < LIMIT and value != 3]
'''
THOROUGH = """from small.limits import kept


def test_kept() -> None:
    assert kept([0, 1, 3, 4, 5, 6]) == [1, 4]
"""
CARELESS = """from small.limits import kept


def test_kept() -> None:
    assert kept([2]) == [2]
"""


def run(folder: Path, tests: str, *options: str) -> subprocess.CompletedProcess[str]:
    package = folder / "src" / "small"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "limits.py").write_text(MODULE)
    (folder / "test_limits.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = src\nfilterwarnings = error\n")
    command = [sys.executable, str(ROOT / "scripts" / "mutants.py"), *options]
    return subprocess.run(
        [*command, "src/small/limits.py", "--tests", "test_limits.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_fault_of_a_small_module_is_noticed(tmp_path: Path) -> None:
    ended = run(tmp_path, THOROUGH)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "killed (100.0 %)" in ended.stdout


def test_what_no_test_notices_is_named(tmp_path: Path) -> None:
    ended = run(tmp_path, CARELESS, "--jobs", "2")
    assert ended.returncode == 1
    survivors = ended.stdout.splitlines()[-8:]
    assert "src/small/limits.py:3: 5 made 6" in ended.stdout
    assert "src/small/limits.py:8: comparison swapped" in survivors
    assert not any(":1:" in line or ":7:" in line for line in survivors), "words are left alone"


@pytest.mark.parametrize(("tests", "status"), [("def test_no() -> None:\n    assert False\n", 2)])
def test_tests_that_fail_by_themselves_tell_nothing(tmp_path: Path, tests: str, status: int) -> None:
    ended = run(tmp_path, tests)
    assert ended.returncode == status
    assert "the tests fail without a mutant" in ended.stderr
