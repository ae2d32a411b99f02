"""Runs trials of a built-in system and hands back what was measured."""

from pathlib import Path
from typing import Any

import pytest

from haproof.lab.binaries import find_binaries
from haproof.lab.progress import Silent
from haproof.lab.trials.order import Order
from haproof.lab.trials.plan import HOLD_SECONDS
from haproof.lab.trials.sandboxed import run

FILES = Path(__file__).parents[2] / ".cache" / "managers"
needs_debian = pytest.mark.skipif(
    not (FILES / "complete").exists(), reason="needs Debian's files: bash scripts/setup-managers.sh"
)


def trials(
    system: str, mode: str, faults: list[str], folder: Path, settings: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The `metrics` of a run with these faults; its evidence lies in the folder."""
    folder.chmod(0o755)
    evidence, work = folder / "cluster", folder / "work"
    evidence.mkdir()
    work.mkdir(mode=0o711)
    root = FILES / "root"
    binaries = find_binaries().folder if system == "patroni" else next(root.glob("usr/lib/postgresql/*/bin"))
    hold_s = HOLD_SECONDS[system]
    order = Order(
        system, mode, 3, faults, {}, 1, hold_s, str(evidence), str(work), str(binaries), str(root),
        settings=settings or {},
    )  # fmt: skip
    seen = run(order, Silent())
    assert "broke_off" not in seen
    metrics: dict[str, Any] = seen["metrics"]
    return metrics
