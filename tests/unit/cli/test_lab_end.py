"""How `haproof lab run` ends where the run does not come to its end."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from haproof.cli import closing, lab, main
from haproof.errors import LabError

Capture = pytest.CaptureFixture[str]


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, measured: Callable[..., Any]) -> int:
    monkeypatch.setattr(closing, "command", lambda: "haproof")
    monkeypatch.setattr(lab, "_measured", measured)
    monkeypatch.setattr("haproof.lab.binaries.find_binaries", lambda given: SimpleNamespace())
    return main(["lab", "run", "--evidence", str(folder)])


def raising(fault: BaseException, folder: Path, keep: bool) -> Callable[..., Any]:
    def measured(*arguments: object) -> None:
        if not keep:
            folder.rmdir()
        raise fault

    return measured


@pytest.mark.parametrize(
    ("fault", "status", "why"),
    [(KeyboardInterrupt(), 130, "interrupted"), (RuntimeError("x"), 70, "ended by a fault")],
)
def test_what_was_measured_is_named(
    fault: BaseException,
    status: int,
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    assert run(tmp_path, monkeypatch, raising(fault, tmp_path, keep=True)) == status
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith(f"Run {why}: ")
    assert out.splitlines()[1:] == [
        f"Next: haproof report {tmp_path}",
        f"To look without writing: haproof show {tmp_path}",
        f"Evidence directory: {tmp_path}",
    ]
    assert err.count("\n") == 1


def test_where_nothing_had_begun_no_evidence_is_promised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    folder = tmp_path / "one"
    assert run(folder, monkeypatch, raising(KeyboardInterrupt(), folder, keep=False)) == 130
    assert re.fullmatch(r"Run interrupted before anything was measured.*\n", capsys.readouterr().out)
    assert run(folder, monkeypatch, raising(LabError("no room"), folder, keep=False)) == LabError.exit_status
    assert capsys.readouterr().out == "", "one sentence on stderr says it all"
