"""scripts/mutants.sh: which faults are put in; one that no test notices has survived, and is named."""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.timeout(400)

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


@pytest.fixture
def mutants() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "scripts" / "mutants.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules["mutants"]


def endless(_: object) -> int:
    while True:
        pass


def asleep(_: object) -> int:
    time.sleep(60)
    return 0


@pytest.mark.parametrize(
    ("tests", "patience", "became"),
    [(endless, 200.0, "killed by the clock"), (asleep, 2.0, "not decided"), (lambda _: 0, 200.0, "survived")],
    ids=["computes for ever", "only waits", "notices nothing"],
)
def test_only_who_computes_for_ever_is_killed_by_the_clock(
    mutants: ModuleType, monkeypatch: pytest.MonkeyPatch, tests: Callable[[object], int], patience: float,
    became: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(mutants, "run_tests", tests)
    monkeypatch.setattr(mutants, "PATIENCE", patience)
    mutant = mutants.Mutant(ROOT / "src" / "haproof" / "version.py", 1, "nothing", "")
    pid = mutants.begin(mutant, [], 0.3)
    assert mutants.word(os.waitpid(pid, 0)[1]) == became


def test_a_timer_of_the_tests_own_does_not_take_the_place_of_a_mutants(
    mutants: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = tmp_path / "test_slow.py"
    test.write_text(
        "import time, pytest\n\n@pytest.mark.timeout(0.1)\ndef test_slow():\n    time.sleep(60)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mutants, "PATIENCE", 0.4)
    mutant = mutants.Mutant(ROOT / "src" / "haproof" / "version.py", 1, "nothing", "")
    pid = mutants.begin(mutant, [str(test)], 20.0)
    assert mutants.word(os.waitpid(pid, 0)[1]) == "not decided"
