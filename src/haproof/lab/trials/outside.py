"""A CLUSTER run as the lab's own process has it: started, watched, and written down whatever happens."""

import contextlib
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from haproof.core.instant import format_instant
from haproof.core.kind import Kind
from haproof.core.parse import parse_report
from haproof.errors import HaproofError, NotRun
from haproof.files import write_files
from haproof.kinds import cluster
from haproof.kinds.cluster.checks import TRIED
from haproof.kinds.cluster.record import incomplete
from haproof.lab import slice_report
from haproof.lab.binaries import find_binaries
from haproof.lab.draft import Draft
from haproof.lab.environment import host
from haproof.lab.faults.catalogue import FAULTS
from haproof.lab.interrupt import heeded, uninterrupted
from haproof.lab.progress import Watcher
from haproof.lab.run import INTERRUPTED, Ended
from haproof.lab.systems.debian import find_files
from haproof.lab.systems.patroni import find_etcd
from haproof.lab.trials import sandboxed
from haproof.lab.trials.order import Order
from haproof.lab.trials.plan import Request
from haproof.lab.trials.under_test import load
from haproof.version import VERSION

KIND = cluster.KIND
LARGEST_LOG_BYTES = 4 * 1024 * 1024
"""Of each log of a manager or a server its last part is kept: beyond it they repeat themselves."""

NETWORK_WORDS = "cuts are routing rules between network namespaces of one machine: packets vanish in silence"


class ClusterRun:
    """One run of trials, and its report in an evidence directory."""

    kind: ClassVar[Kind] = KIND

    def __init__(
        self,
        request: Request,
        evidence: Path,
        watcher: Watcher,
        pg_bin: str | None = None,
    ) -> None:
        self._request = request
        self._folder = evidence / self.kind.folder
        self._watcher = watcher
        self._pg_bin = pg_bin
        self._run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        self._started_s = time.monotonic()
        self._load_at_start = load()

    def run(self) -> Ended:
        """Measure and write. KeyboardInterrupt passes through once the report is written."""
        slice_report.make_folder(self._folder)
        self._watcher.slice_started(self.kind)
        with _work_folder() as work:
            try:
                with heeded():
                    outcome = self._measured(work)
            except KeyboardInterrupt:
                with uninterrupted():
                    self._logs(work)
                    self._ended(self._not_run(INTERRUPTED))
                raise
            except HaproofError as fault:
                self._logs(work)
                outcome = self._not_run(str(fault))
        return self._ended(outcome)

    def _ended(self, outcome: Ended) -> Ended:
        passed = outcome.status == "PASS"
        self._watcher.slice_ended(self.kind, outcome.words, passed, time.monotonic() - self._started_s)
        return outcome

    def _measured(self, work: Path) -> Ended:
        seen = self._seen(work)
        self._logs(work)
        metrics = seen["metrics"]
        named = {one["fault"] for one in (*metrics["trials"], *metrics["not_tried"])}
        rest = seen.get("broke_off", "the run ended before it")
        if not metrics["trials"]:
            return self._not_run(self._no_trial(metrics["not_tried"]))
        metrics["not_tried"] += [{"fault": name, "reason": rest} for name in FAULTS if name not in named]
        draft = Draft((), ())
        draft.metrics = metrics
        artifacts = slice_report.digest_files(self._folder)
        judged = slice_report.judged(
            self.kind, self._head(seen), draft, artifacts, of_nothing="in no trial did an old primary leave"
        )
        self._write(judged.content)
        count = f"{judged.passed}/{judged.total} checks"
        record: Any = parse_report(judged.content, self.kind)
        why, failed = incomplete(record), _failed(record)
        if failed:
            return Ended(self.kind, "FAIL", f"FAIL ({count}; {', '.join(failed)})")
        if why is not None:
            return Ended(self.kind, "NOT RUN", f"no verdict: {why}", worth_a_look=False)
        return Ended(self.kind, "PASS", f"PASS ({count})", worth_a_look=False)

    def _no_trial(self, not_tried: list[dict[str, str]]) -> str:
        """Why none of the faults that were asked for has a trial, each reason once."""
        asked = [one for one in not_tried if one["fault"] in self._request.faults]
        return f"no fault could be tried: {'; '.join(dict.fromkeys(one['reason'] for one in asked))}"

    def _seen(self, work: Path) -> dict[str, Any]:
        """Carry the trials out; what was measured. Raises LabError where nothing was."""
        return sandboxed.run(self._order(work), self._watcher)

    def _order(self, work: Path) -> Order:
        """What goes into the sandbox. Raises UsageError or NotRun where a program is missing."""
        request = self._request
        binaries, files = self._programs()
        return Order(
            system=request.system,
            mode=request.mode,
            members=request.members,
            faults=list(request.faults),
            left_out=request.left_out,
            seed=request.seed,
            hold_s=request.hold_s,
            evidence=str(self._folder.absolute()),
            work=str(work),
            binaries=binaries,
            files=files,
            settings=request.settings,
            late_s=request.late_s,
        )

    def _programs(self) -> tuple[str, str | None]:
        """The folder of PostgreSQL's programs, and the root of Debian's files."""
        if self._request.system == "patroni":
            find_etcd()
            return str(find_binaries(self._pg_bin).folder), None
        files = find_files(self._request.system)
        return str(files.binaries), str(files.root)

    def _not_run(self, reason: str) -> Ended:
        content = slice_report.not_run(
            self.kind, self._head({}), reason, slice_report.digest_files(self._folder)
        )
        self._write(content)
        return Ended(self.kind, "NOT RUN", f"NOT RUN ({reason})")

    def _write(self, content: bytes) -> None:
        write_files(str(self._folder), {f"{self.kind.folder}-report.json": content})

    def _head(self, seen: dict[str, Any]) -> dict[str, Any]:
        """The keys that the report begins with."""
        now = datetime.now(UTC)
        started = format_instant(now - timedelta(seconds=time.monotonic() - self._started_s))
        return slice_report.header(
            self.kind, started, format_instant(now), self._run_id, self._environment(seen)
        )

    def _environment(self, seen: dict[str, Any]) -> dict[str, Any]:
        about: dict[str, Any] = seen.get("about", {})
        request, version = self._request, about.get("database_version")
        trials = seen.get("metrics", {}).get("trials", [])
        done = [fault for fault in FAULTS if any(trial["fault"] == fault for trial in trials)]
        return {
            **self._where(about, version, done),
            "database_version": version,
            "system": {"name": about.get("system"), "version": about.get("version"), "sha256": None},
            "generator": {"name": "haproof", "version": VERSION},
            "host": host() | {"load_at_start": self._load_at_start, "load_at_end": load()},
            "settings": {
                "mode": request.mode,
                "profile": request.profile,
                "seed": request.seed,
                "hold_s": request.hold_s,
                "manager": about.get("manager"),
                "server": about.get("server"),
                "expected": about.get("promises"),
                "bring_up_s": seen.get("up_s"),
            },
        }

    def _where(self, about: dict[str, Any], version: str | None, done: list[str]) -> dict[str, Any]:
        """What was started, and what was done to it."""
        return {
            "platform": "local-processes",
            "cluster": _cluster_words(self._request, about) if about else None,
            "database": f"PostgreSQL {version} as local processes" if version else None,
            "chaos": [f"{name}: {FAULTS[name].done}" for name in done] + [NETWORK_WORDS],
        }

    def _logs(self, work: Path) -> None:
        """The ends of the logs of managers and servers, beside the report."""
        for log in sorted(work.rglob("*.log")):
            folder = self._folder / "logs"
            folder.mkdir(exist_ok=True)
            with open(log, "rb") as stream:
                stream.seek(max(log.stat().st_size - LARGEST_LOG_BYTES, 0))
                content = stream.read()
            inside = log.relative_to(work).as_posix().replace("/", "-")
            (folder / inside).write_bytes(content)


def _failed(record: Any) -> list[str]:
    """The checks that a trial broke; not those that only lack a trial, for which there is no verdict."""
    return [
        check.id
        for check in KIND.checks
        if any(not finding.holds and finding.name != TRIED for finding in check.judge(record))
    ]


def _cluster_words(request: Request, about: dict[str, Any]) -> str:
    """`3 members with Patroni, etcd on 3 hosts; a network namespace each, one machine`."""
    store = f", {about['store']} on {about['stores']} host(s)" if about.get("store") else ""
    return f"{request.members} members with {about['system']}{store}; a network namespace each, one machine"


@contextlib.contextmanager
def _work_folder() -> Iterator[Path]:
    """A folder for the clusters, taken away at the end: what is worth keeping lies beside the report."""
    try:
        work = Path(tempfile.mkdtemp(prefix="haproof-lab-"))
    except OSError as fault:
        raise NotRun(
            f"no temporary folder can be made ({fault.strerror}): set TMPDIR to one that can be written"
        ) from None
    work.chmod(0o711)
    try:
        yield work
    finally:
        with uninterrupted():
            shutil.rmtree(work, ignore_errors=True)
