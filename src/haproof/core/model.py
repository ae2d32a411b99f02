"""The nouns of the judgement, as frozen records.

`Evidence` comes in, `Report` goes out. `Report.proof` is, key for key, the published JSON artifact; the
rest of the report is what a renderer may also want to show (raw samples, the lines of the topology).
"""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import force_setattr

from haproof.core.findings import Findings
from haproof.core.kind import Check
from haproof.core.outcome import Pointer, Verdict
from haproof.core.record import Entry
from haproof.core.source import Source
from haproof.core.thresholds import Thresholds

SCHEMA_VERSION = "1.1"
"""The version of the artifact that this program writes; the other minor versions of 1 are read."""

REPORT, TITLE, GENERATOR = "VAL26", "HA Proof Report", "haproof"
"""What every artifact calls itself, and the program that writes it."""

State = Literal["MET", "NOT MET", "NO EVIDENCE"]


class CheckResult(Struct, frozen=True, kw_only=True):
    """One check of a kind: the producer's word and our own.

    `broken` are the findings that say no; it `passed` where it was reported PASS and is not contradicted.
    Both follow from the others, and are asked for hundreds of times in every report.
    """

    check: Check[Any]
    entry: Entry
    pointer: str
    findings: Findings
    broken: Findings = ()
    passed: bool = False

    def __post_init__(self) -> None:
        broken = tuple([finding for finding in self.findings if not finding.holds])
        force_setattr(self, "broken", broken)
        force_setattr(self, "passed", self.entry.status == "PASS" and not broken)

    @property
    def contradicted(self) -> bool:
        """Reported PASS, while a figure of the same report says otherwise."""
        return self.entry.status == "PASS" and bool(self.broken)

    @property
    def disputed(self) -> Findings:
        """The findings of a recount: a raw file yields another figure than the report."""
        return tuple(finding for finding in self.findings if finding.told)


class SliceResult(Struct, frozen=True, kw_only=True):
    """One kind, judged. Without a record it is MISSING and has no checks.

    `untied` are the findings of a recount on figures that no check ties, and on files that cannot be used.
    `incomplete` says why a valid record carries no verdict.
    """

    source: Source
    checks: tuple[CheckResult, ...] = ()
    untied: Findings = ()
    incomplete: str | None = None

    @property
    def status(self) -> Literal["PASS", "FAIL", "MISSING"]:
        """PASS only if all checks passed and no raw file says otherwise; MISSING without a record, or without
        a verdict."""
        if self.source.record is None or self.incomplete is not None:
            return "MISSING"
        return "PASS" if not self.untied and all(check.passed for check in self.checks) else "FAIL"

    @property
    def found(self) -> bool:
        """Whether there is a record at all."""
        return self.source.record is not None

    @property
    def why_missing(self) -> str | None:
        """Why there is no verdict on it; None where there is one."""
        return self.incomplete if self.found else self.source.fault

    @property
    def id(self) -> str:
        """The id of its kind."""
        return self.source.kind.id

    @property
    def remarks(self) -> tuple[str, ...]:
        """What every format says beside its figures, in sentences without a full stop."""
        remarks = self.source.kind.remarks
        return () if remarks is None or not self.found else tuple(remarks(self.source.record))

    @property
    def passed(self) -> int:
        """How many checks passed, a contradicted one not counted."""
        return sum(check.passed for check in self.checks)

    @property
    def rejudged(self) -> int:
        """How many checks some rule applied to."""
        return sum(bool(check.findings) for check in self.checks)

    def check(self, check_id: str) -> CheckResult | None:
        """One check by id; None where the slice is MISSING."""
        return next((result for result in self.checks if result.check.id == check_id), None)


class GeneratorName(Struct, frozen=True):
    """The program that wrote the artifact."""

    name: str
    version: str


class Topology(Struct, frozen=True, kw_only=True):
    """What was tested, as the evidence describes it; several lines are joined with `; `."""

    platform: str
    cluster: str
    database: str
    chaos: str
    system: str
    evidence: str
    note: str


class Window(Struct, frozen=True, kw_only=True):
    """The evidence window: earliest and latest timestamp of the slices found, span in seconds."""

    earliest: str | None
    latest: str | None
    span_seconds: int | float | None
    limit_seconds: int
    coherent: bool
    detail: str


class EvidenceFile(Struct, frozen=True, kw_only=True):
    """A report file that was read (rejected ones included), with the digest of the bytes judged."""

    slice: str
    path: str
    sha256: str
    bytes: int
    generated_at: str | None


class EvidenceList(Struct, frozen=True):
    """The evidence as it was found."""

    window: Window
    files: tuple[EvidenceFile, ...]


class SliceRow(Struct, frozen=True, kw_only=True):
    """One row of the scenario coverage; null where unknown."""

    id: str
    name: str
    status: Literal["PASS", "FAIL", "MISSING"]
    passed: int | None
    failed: int | None
    total: int | None
    rejudged: int | None = None
    detail: str | None
    path: str | None
    generated_at: str | None


class Beyond(Struct, frozen=True, kw_only=True):
    """One kind of evidence beyond the five slices that was found or not run; null where unknown.

    `id` is free text to a reader: a newer version knows kinds that this one does not. `metrics` are raw.
    """

    id: str
    name: str
    status: Literal["PASS", "FAIL", "MISSING"]
    passed: int | None
    failed: int | None
    total: int | None
    detail: str | None
    path: str | None
    generated_at: str | None
    age_seconds: int | float | None
    metrics: dict[str, Any] | None


class Target(Struct, frozen=True):
    """What a figure is held against."""

    op: Literal["<=", "=", ">="]
    value: int | float | str | bool | None


class Metric(Struct, frozen=True, kw_only=True):
    """One figure. `target` is null where informational, `status` where no check ties the figure."""

    value: int | float | str | bool | list[int | float | None] | None
    unit: Literal["ms", "rows", "bytes", "count"] | None
    target: Target | None
    status: Verdict | None


Metrics = dict[str, dict[str, Metric] | None]
"""Every figure of every required kind: stem to name in the evidence to figure; null where it is MISSING."""


class Contradiction(Struct, frozen=True, kw_only=True):
    """A check reported PASS that the report's own figures contradict; `check` is null where no check ties
    the figure."""

    slice: str
    check: str | None
    metric: str
    value: Any
    rule: str
    detail: str

    @property
    def subject(self) -> str:
        """What is contradicted: the check, or the slice where no check ties the figure."""
        return self.check or self.slice

    def said(self, reasons: "Sequence[Reason]") -> str:
        """The sentence of the reason that it is; its own detail where no check ties the figure."""
        for reason in reasons:
            if reason.check == self.check is not None and reason.severity == "contradiction":
                return reason.sentence
        return self.detail


class MatrixRow(Struct, frozen=True, kw_only=True):
    """One of the ten VAL26 checks."""

    id: str
    when: Literal["Setup", "Metric", "Summary"]
    description: str
    criterion: str
    status: Verdict
    detail: str
    evidence: tuple[Pointer, ...]


class Tally(Struct, frozen=True, kw_only=True):
    """How many of the ten checks passed and failed."""

    passed: int = field(name="pass")
    failed: int = field(name="fail")


class Risk(Struct, frozen=True, kw_only=True):
    """A risk or an open gap: why it matters (`detail`) and what would close it."""

    id: str
    title: str
    state: Literal["OPEN", "MEASURED"]
    detail: str
    closed_by: str


class RequirementRow(Struct, frozen=True, kw_only=True):
    """One requirement of a readiness level, with what its state rests on."""

    id: str
    text: str
    state: State
    detail: str


class Readiness(Struct, frozen=True):
    """One readiness level."""

    ready: bool
    requirements: tuple[RequirementRow, ...]


Levels = dict[str, Readiness]
"""Readiness levels by their key, lowest first."""


class Options(Struct, frozen=True, kw_only=True):
    """What the judgement depends on besides the evidence, the path and the time; nothing unless given.

    `trusted_keys` are the ids (SHA-256) of the keys that the reader trusts.
    """

    max_age_seconds: int | None = None
    recount: bool = False
    trusted_keys: tuple[str, ...] = ()


NO_OPTIONS = Options()


class Reason(Struct, frozen=True, kw_only=True):
    """Why the verdict is NOT READY: one sentence with figure and limit, where it comes from, what to do next.

    `id` is that of the check, requirement or risk; `pointer` a JSON Pointer into the file at `path`. Neither
    `sentence` nor `next` ends with a full stop.
    """

    id: str
    severity: Literal["contradiction", "loss", "failed", "missing", "incoherent"]
    sentence: str
    slice: str | None
    check: str | None
    path: str | None
    pointer: str | None
    next: str


class Proof(Struct, frozen=True, kw_only=True):
    """The published JSON artifact, key for key and in this order."""

    # Keys with a default came with version 1.1, so that an artifact of version 1.0 is read all the same.
    schema_version: str
    report: str
    title: str
    generated_at: str
    generator: GeneratorName
    evidence_dir: str
    options: Options = NO_OPTIONS
    topology: Topology
    evidence: EvidenceList
    slices: tuple[SliceRow, ...]
    beyond: tuple[Beyond, ...] = ()
    metrics: Metrics
    thresholds: Thresholds | None
    contradictions: tuple[Contradiction, ...]
    checks: tuple[MatrixRow, ...]
    summary: Tally
    risks: tuple[Risk, ...]
    readiness: Levels
    reasons: tuple[Reason, ...] = ()
    verdict: str
