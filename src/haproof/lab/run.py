"""A lab run: the chosen scenarios one after the other, each written down the moment it ends."""

import secrets
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from haproof.core import raw_names
from haproof.core.instant import format_instant
from haproof.core.kind import Kind
from haproof.errors import HaproofError, NotRun
from haproof.files import write_files
from haproof.lab import slice_report
from haproof.lab.draft import Draft
from haproof.lab.environment import System, describe
from haproof.lab.ground import Ground
from haproof.lab.host import sample
from haproof.lab.interrupt import heeded, uninterrupted
from haproof.lab.journal import Journal
from haproof.lab.ports import must_have_loopback
from haproof.lab.progress import Watcher
from haproof.lab.scenario import Options, Scenario, Stage, SystemFailed
from haproof.lab.shortage import noticed
from haproof.lab.slice_host import SliceHost
from haproof.lab.started import chaos_lines, cluster_words
from haproof.lab.target import Target

Status = Literal["PASS", "FAIL", "NOT RUN"]
LARGEST_LOG_BYTES = 16 * 1024 * 1024
INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Ended:
    """How a slice ended; `words` is the line that a person reads.

    `worth_a_look`: the run's folder may tell more.
    """

    slice: Kind
    status: Status
    words: str
    worth_a_look: bool = True


class Run:
    """One run of the lab on its ground, writing into one evidence directory."""

    def __init__(
        self,
        ground: Ground,
        target: Target,
        system: System,
        options: Options,
        evidence: Path,
        watcher: Watcher,
    ) -> None:
        self.run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        self.ground = ground
        self.ground.watcher = watcher
        self.target = target
        self.options = options
        self.evidence = evidence
        self.watcher = watcher
        self.environment = describe(ground, target, system)
        self.at_start = sample(ground.work)

    def slices(self, scenarios: Sequence[Scenario]) -> list[Ended]:
        """Run them in order. KeyboardInterrupt passes through once the running slice is written down."""
        outcomes = []
        for scenario in scenarios:
            started = time.monotonic()
            self.watcher.slice_started(scenario.slice)
            try:
                outcome = _Written(self, scenario).outcome()
            except KeyboardInterrupt:
                words, seconds = f"NOT RUN ({INTERRUPTED})", time.monotonic() - started
                self.watcher.slice_ended(scenario.slice, words, False, seconds)
                raise
            seconds = time.monotonic() - started
            self.watcher.slice_ended(scenario.slice, outcome.words, outcome.status == "PASS", seconds)
            outcomes.append(outcome)
        return outcomes


class _Written:
    """One slice from its first step to its report."""

    def __init__(self, run: Run, scenario: Scenario) -> None:
        self._run = run
        self._scenario = scenario
        self._started_s = time.monotonic()
        self._host = SliceHost(run.ground, scenario.slice, run.options)
        self._folder = run.evidence / scenario.slice.folder
        slice_report.make_folder(self._folder)
        self._draft = Draft(scenario.metrics, scenario.observations)
        self._stage: Stage | None = None
        self._missing: list[str] = []

    def outcome(self) -> Ended:
        """Run it and write the report, whatever happens."""
        journal = Journal(self._folder / raw_names.JOURNAL, self._run.ground.secrets)
        try:
            reason = self._try(journal)
        except KeyboardInterrupt:
            with uninterrupted():
                journal.note(INTERRUPTED)
                self._finish(journal, INTERRUPTED)
            raise
        with uninterrupted():
            return self._finish(journal, reason)

    def _try(self, journal: Journal) -> str | None:
        """Run the scenario; the reason if it could not be tried to its end."""
        run, scenario = self._run, self._scenario
        self._missing = run.target.lacks(*scenario.needs)
        if self._missing:
            return f"the target {run.target.name} does not offer {', '.join(self._missing)}"
        try:
            run.ground.once("loopback", must_have_loopback)
            self._host.begin()
            self._stage = Stage(
                scenario.slice, run.ground, run.target, run.options, journal, run.watcher, self._draft,
                self._folder,
            )  # fmt: skip
            with heeded():
                scenario.run(self._stage)
        except SystemFailed as fault:
            self._draft.gave_up = str(fault)
            return None
        except NotRun as fault:
            return str(fault)
        except HaproofError as fault:
            noticed.look_at(fault)
            journal.note("fault of the lab", reason=str(fault))
            return str(fault)
        except Exception as fault:  # noqa: BLE001 - a fault inside a slice makes that slice `not_run`
            noticed.look_at(fault)
            journal.note("fault of the lab", trace=traceback.format_exc())
            return f"a fault of the lab itself: {type(fault).__name__}: {fault} (see journal.jsonl)"
        return None

    def _finish(self, journal: Journal, reason: str | None) -> Ended:
        """End the slice's children, gather the raw files, write the report."""
        run, slice_ = self._run, self._scenario.slice
        if self._stage is not None:
            self._stage.closing.close()
        self._host.end(self._stage)
        run.ground.children.end_all()
        journal.note("machine", **self._host.facts())
        journal.note("draft", metrics=self._draft.metrics, observations=self._draft.observations)
        journal.close()
        _gather_logs(run.ground, run.ground.work / slice_.folder, self._folder / "logs")
        short = self._host.shortage
        if reason is None:
            try:
                outcome = self._judge(write_failure=short is None)
                if outcome is not None:
                    return outcome
            except HaproofError as fault:
                reason = str(fault)
        if short is not None and reason != INTERRUPTED:
            reason = short
        reason = run.ground.secrets.redact(reason or "")
        content = slice_report.not_run(slice_, self._head(), reason, slice_report.digest_files(self._folder))
        self._write(content)
        return Ended(slice_, "NOT RUN", f"NOT RUN ({reason})", worth_a_look=self._stage is not None)

    def _judge(self, write_failure: bool) -> Ended | None:
        """Judge and write; None where it failed and that is not to be written."""
        slice_ = self._scenario.slice
        artifacts = slice_report.digest_files(self._folder)
        judged = slice_report.judged(slice_, self._head(), self._draft, artifacts)
        if judged.failed and not write_failure:
            return None
        self._write(judged.content)
        if not judged.failed:
            return Ended(slice_, "PASS", f"PASS ({judged.passed}/{judged.total} checks)", worth_a_look=False)
        failed = ", ".join(judged.failed)
        why = "" if self._draft.gave_up is None else f": {self._draft.gave_up}"
        return Ended(slice_, "FAIL", f"FAIL ({judged.passed}/{judged.total} checks; {failed}){why}")

    def _head(self) -> dict[str, Any]:
        run = self._run
        options = run.options
        chosen = {"seed": options.seed, "trials": options.trials, "profile": options.profile}
        measured = self._stage.settings if self._stage is not None else {}
        settings = run.environment["settings"] | chosen | measured
        host = run.environment["host"] | self._host.shown(run.at_start)
        environment = run.environment | self._measured_on() | {"settings": settings, "host": host}
        # By the clock of the end: it may have been stepped since the start.
        now = datetime.now(UTC)
        started = format_instant(now - timedelta(seconds=time.monotonic() - self._started_s))
        return slice_report.header(
            self._scenario.slice, started, format_instant(now), run.run_id, environment
        )

    def _measured_on(self) -> dict[str, Any]:
        """What was started and done for this slice. A target's own word for its cluster is preferred to
        the lab's, but not where the slice measured something else than the target."""
        stage = self._stage
        cluster = self._run.target.cluster or cluster_words(stage.clusters if stage is not None else ())
        found = {"cluster": cluster, "chaos": chaos_lines(stage.journal.done if stage is not None else ())}
        return found | (stage.environment if stage is not None else {})

    def _write(self, content: bytes) -> None:
        clean = self._run.ground.secrets.redact(content.decode("utf-8")).encode("utf-8")
        write_files(str(self._folder), {f"{self._scenario.slice.folder}-report.json": clean})


def _gather_logs(ground: Ground, work: Path, folder: Path) -> None:
    """Copies of the logs of nodes and servers, without secrets; of a very long one its end."""
    if not work.is_dir():
        return
    for log in sorted(work.rglob("*.log")):
        folder.mkdir(exist_ok=True)
        with open(log, "rb") as stream:
            stream.seek(max(log.stat().st_size - LARGEST_LOG_BYTES, 0))
            text = stream.read().decode("utf-8", "replace")
        (folder / log.name).write_text(ground.secrets.redact(text), encoding="utf-8")
