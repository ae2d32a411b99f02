"""What a run is asked to do, as a file that goes into the sandbox, and what comes back out of it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SEEN = "seen.json"
"""In the work folder: what was measured so far, rewritten after every trial."""


@dataclass(frozen=True)
class Order:
    """One run inside the sandbox. `faults` are names in the order of the trials, a name as often as it is to
    be tried; `left_out` are those that were not asked for, with the reason."""

    system: str
    mode: str
    members: int
    faults: list[str]
    left_out: dict[str, str]
    seed: int
    hold_s: float
    evidence: str
    work: str
    binaries: str
    files: str | None = None
    nodes: str = ""
    """A copy of the target file of the control plane (RECOVERY), and the folder that it is a copy from."""

    nodes_folder: str = ""

    kept: list[str] = field(default_factory=list)
    """Folders that the sandbox shows as they are, beside those of the programs: of the nodes."""

    settings: dict[str, Any] = field(default_factory=dict)
    late_s: float = 0.0


def write_order(path: Path, order: Order) -> None:
    """As JSON."""
    path.write_text(json.dumps(asdict(order)), encoding="utf-8")


def write_seen(work: Path, seen: dict[str, Any]) -> None:
    """What was measured so far, whole or not at all."""
    path = work / SEEN
    path.with_suffix(".new").write_text(json.dumps(seen), encoding="utf-8")
    path.with_suffix(".new").replace(path)


def read_seen(work: Path) -> dict[str, Any]:
    """What was measured; nothing where nothing was."""
    try:
        found: dict[str, Any] = json.loads((work / SEEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def read_order(path: Path) -> Order:
    """As `write_order` wrote it."""
    return Order(**json.loads(path.read_text(encoding="utf-8")))
