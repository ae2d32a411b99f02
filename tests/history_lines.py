"""Lines of a history for tests: runs a day apart, of the figures that a full set of evidence has."""

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from builders import full, judged
from haproof.core.history import History, history
from haproof.core.history_line import entry, read_line
from haproof.kinds import HOUSE
from haproof.render.history.lines import line

FIRST = datetime(2026, 10, 30, 3, tzinfo=UTC)

Tree = dict[str, Any]


@cache
def _template() -> bytes:
    """The line of one run that is ready."""
    with tempfile.TemporaryDirectory() as folder:
        return line(entry(judged(Path(folder) / "evidence", full()).proof, "00" * 32))


def tree(number: int, **figures: float | None) -> Tree:
    """The run of one day (from 0); `figures` are values of VAL13."""
    made: Tree = json.loads(_template())
    at = FIRST + timedelta(days=number)
    made |= {
        "run": f"{number:064x}",
        "evidence_of": at.isoformat().replace("+00:00", "Z"),
        "evidence_dir": f"evidence/run-{number + 1}",
    }
    for name, value in figures.items():
        made["metrics"]["failover"][name]["value"] = value
    return made


def encoded(*trees: Tree) -> bytes:
    """Lines of a history file."""
    return b"".join(json.dumps(one, separators=(",", ":")).encode() + b"\n" for one in trees)


def as_history(trees: Sequence[Tree]) -> History:
    """The history that these lines give."""
    return history((read_line(json.dumps(one).encode(), HOUSE) for one in trees), HOUSE)


def course(values: Sequence[float | None], name: str = "sigterm_failover_ms") -> list[Tree]:
    """One run for each value of a figure."""
    return [tree(n, **{name: value}) for n, value in enumerate(values)]


def not_ready(made: Tree, status: str = "FAIL") -> Tree:
    """The same run, in which VAL13 fails or is missing."""
    made["ready"] = dict.fromkeys(made["ready"], False)
    made["verdict"] = "NOT READY (VAL26-01, VAL26-10)"
    made["summary"] = {"pass": 8, "fail": 2}
    made["slices"][0]["status"] = status
    if status == "MISSING":
        made["metrics"]["failover"] = None
    return made
