"""A slice run in the test's own process, so that a test may give it a plan or a target of its own."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from haproof.api import read_evidence
from haproof.lab.binaries import find_binaries
from haproof.lab.environment import system_under_test
from haproof.lab.ground import Ground, prepared
from haproof.lab.progress import Silent
from haproof.lab.run import Run
from haproof.lab.scenario import Options, Scenario
from haproof.lab.secret import Secrets
from haproof.lab.target import REFERENCE, Target
from haproof.lab.target_file import load_target
from lab.bad_run import NODE
from lab.starved import unless_starved


@dataclass(frozen=True)
class Ran:
    """What became of a slice. `words` are those that a person reads."""

    scenario: Scenario
    words: str
    evidence: Path
    secrets: Secrets

    @property
    def folder(self) -> Path:
        return self.evidence / self.scenario.slice.folder

    @property
    def report(self) -> Any:
        return json.loads((self.folder / f"{self.scenario.slice.folder}-report.json").read_bytes())

    @property
    def failed(self) -> set[str]:
        return {check["id"] for check in self.report["checks"] if check["status"] == "FAIL"}

    def detail(self, check_id: str) -> str:
        """What the report says of a check."""
        return str(next(check["detail"] for check in self.report["checks"] if check["id"] == check_id))

    def journal(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "journal.jsonl").read_text().splitlines()]

    def assert_judged_again(self) -> None:
        """The report half reads it, and every check holds by the figures, none by the producer's word."""
        found = {source.kind.id: source for source in read_evidence(str(self.evidence)).sources}
        source = found[self.scenario.slice.id]
        assert source.fault is None
        for check in self.scenario.slice.checks:
            findings = check.judge(source.record)
            assert findings, f"{check.id} was given no facts"
            assert all(finding.holds for finding in findings), check.id


def healthy_target(folder: Path, script: str) -> Target:
    """The reference target with another node program: one of unusual manners that is healthy."""
    text = REFERENCE.read_text(encoding="utf-8")
    program = Path(__file__).with_name("healthy_nodes") / f"{script}.py"
    path = folder / "target.toml"
    path.write_text(text.replace(NODE, f'"{{python}}", {json.dumps(str(program))},'), encoding="utf-8")
    return load_target(path)


@contextmanager
def shared_ground(pg_bin: Path | None = None) -> Iterator[Ground]:
    """A ground on which one slice may follow another; initdb runs once."""
    chosen = None if pg_bin is None else str(pg_bin)
    with prepared(find_binaries(chosen), lambda text: None) as ground:
        ground.closed_cleanly = True
        yield ground


def run_slice(ground: Ground, folder: Path, scenario: Scenario, target: Target) -> Ran:
    """Run one slice of the quick profile, with seed 1; again where the machine had no processor for it."""

    def once(attempt: int) -> Ran:
        evidence = folder / ("evidence" if attempt == 1 else f"evidence-{attempt}")
        evidence.mkdir()
        run = Run(ground, target, system_under_test(target), Options("quick", 1, 1), evidence, Silent())
        try:
            (outcome,) = run.slices([scenario])
        finally:
            shutil.rmtree(ground.work / scenario.slice.folder, ignore_errors=True)
        return Ran(scenario, outcome.words, evidence, ground.secrets)

    return unless_starved(once, lambda ran: ran.report)
