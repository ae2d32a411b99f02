"""One slice on a bad node: through a target file, in this process, on a ground that all of them share."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from haproof.lab.binaries import find_binaries
from haproof.lab.environment import system_under_test
from haproof.lab.ground import Ground, prepared
from haproof.lab.progress import Silent
from haproof.lab.run import Run, Status
from haproof.lab.scenario import Options
from haproof.lab.scenarios import SCENARIOS
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target

BAD_NODES = Path(__file__).with_name("bad_nodes")
NODE = '"{python}", "-m", "haproof.node",'


@dataclass(frozen=True)
class Result:
    """What became of a slice."""

    status: Status
    report: Any

    @property
    def failed(self) -> set[str]:
        """Ids of the checks that failed."""
        return {check["id"] for check in self.report["checks"] if check["status"] == "FAIL"}


@contextmanager
def shared_ground() -> Iterator[Ground]:
    """A ground that is set up once (initdb included) and used for one slice after the other."""
    with prepared(find_binaries(), lambda text: None) as ground:
        ground.closed_cleanly = True
        yield ground


def target_file(folder: Path, script: str, **timing: float) -> Path:
    """The reference node's own target file, with another node program and other deadlines."""
    text = REFERENCE.read_text(encoding="utf-8")
    assert text.count(NODE) == 2
    text = text.replace(NODE, f'"{{python}}", {json.dumps(str(BAD_NODES / script))},')
    lines = []
    for line in text.splitlines():
        key = line.partition(" ")[0]
        lines.append(f"{key} = {timing.pop(key)}" if key in timing else line)
    assert not timing, f"no such timing: {timing}"
    path = folder / "target.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run_slice(ground: Ground, folder: Path, slice_id: str, script: str, **timing: float) -> Result:
    """Run one slice of the quick profile on the nodes of a script in `bad_nodes`."""
    target = load_target(target_file(folder, script, **timing))
    evidence = folder / "evidence"
    evidence.mkdir()
    scenario = next(scenario for scenario in SCENARIOS if scenario.slice.id == slice_id)
    options = Options("quick", 1, seed=1)
    run = Run(ground, target, system_under_test(target), options, evidence, Silent())
    try:
        outcome = run.slices([scenario])[0]
    finally:
        shutil.rmtree(ground.work / scenario.slice.folder, ignore_errors=True)
    name = f"{scenario.slice.folder}/{scenario.slice.folder}-report.json"
    return Result(outcome.status, json.loads((evidence / name).read_bytes()))
