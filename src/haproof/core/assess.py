"""The program: evidence and a time in, the whole judgement out. Pure: same input, same report."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from haproof.core import topology
from haproof.core.checks import MATRIX, MatrixCheck
from haproof.core.checks.matrix import Judged
from haproof.core.findings import Findings
from haproof.core.instant import format_instant
from haproof.core.judge import judge_slice
from haproof.core.levels import judge_levels, reached
from haproof.core.metrics import all_metrics
from haproof.core.model import (
    GENERATOR,
    NO_OPTIONS,
    REPORT,
    SCHEMA_VERSION,
    TITLE,
    Contradiction,
    Evidence,
    EvidenceFile,
    EvidenceList,
    GeneratorName,
    Levels,
    MatrixRow,
    Options,
    Outcome,
    Proof,
    Report,
    SliceResult,
    SliceRow,
    Source,
    Tally,
)
from haproof.core.phrases import phrases
from haproof.core.reasons import reasons
from haproof.core.risks import all_risks, figure
from haproof.core.thresholds import Thresholds, derive
from haproof.core.window import judge_window
from haproof.version import VERSION


def assess(evidence: Evidence, generated_at: datetime, options: Options = NO_OPTIONS) -> Report:
    """Judge the evidence: slices, window, ten checks, readiness. `generated_at` must be aware.

    What raw files yield counts only where the options ask for a recount, so that the artifact says so.
    """
    sources = evidence.sources
    if not options.recount:
        sources = tuple(replace(source, recounted=None) for source in sources)
    slices = tuple(judge_slice(source) for source in sources)
    window = judge_window(slices, generated_at, options.max_age_seconds)
    contradictions = tuple(entry for result in slices for entry in _contradictions(result))
    outcomes = _matrix(Judged(slices, window))
    levels = judge_levels(slices, window)
    rows = topology.describe(slices, window)
    failed = [check.id for check, outcome in outcomes if outcome.status == "FAIL"]
    why = reasons(slices, contradictions, generated_at, options)
    proof = Proof(
        schema_version=SCHEMA_VERSION,
        report=REPORT,
        title=TITLE,
        generated_at=format_instant(generated_at),
        generator=GeneratorName(GENERATOR, VERSION),
        evidence_dir=evidence.directory,
        options=options,
        topology=topology.artifact(slices, rows),
        evidence=EvidenceList(window, tuple(_file(source) for source in evidence.sources if source.sha256)),
        slices=tuple(_row(result) for result in slices),
        metrics=all_metrics(slices),
        thresholds=_thresholds(slices),
        contradictions=contradictions,
        checks=tuple(_matrix_row(check, outcome) for check, outcome in outcomes),
        summary=Tally(passed=len(MATRIX) - len(failed), failed=len(failed)),
        risks=all_risks(slices, contradictions, why),
        readiness=levels,
        reasons=why,
        verdict=_verdict(levels, failed),
    )
    says_no = any(result.status == "FAIL" for result in slices)
    return Report(proof=proof, generated_at=generated_at, topology=rows, slices=slices, says_no=says_no)


def _matrix(judged: Judged) -> list[tuple[MatrixCheck, Outcome]]:
    """Each check in order; a check may look at the outcomes before it."""
    outcomes: list[tuple[MatrixCheck, Outcome]] = []
    for check in MATRIX:
        before = tuple((earlier.id, outcome) for earlier, outcome in outcomes)
        outcomes.append((check, check.judge(Judged(judged.slices, judged.window, before))))
    return outcomes


def _verdict(levels: Levels, failed: Sequence[str]) -> str:
    """The last line, without its label: the highest level reached, or the checks that failed."""
    return reached(levels) or f"NOT READY ({', '.join(failed)})"


def _contradictions(result: SliceResult) -> list[Contradiction]:
    """One entry for each check that its own figures or its raw files contradict, then one for each figure of
    a recount that no check ties, and for each raw file that cannot be used."""
    tied = [(one.check.id, one.broken if one.contradicted else one.disputed) for one in result.checks]
    untied: list[tuple[str | None, Findings]] = [(None, (finding,)) for finding in result.untied]
    return [
        Contradiction(
            slice=result.id,
            check=check_id,
            metric=broken[0].name,
            value=_plain(broken[0].value),
            rule=broken[0].rule,
            detail="; ".join(phrases(broken)),
        )
        for check_id, broken in [*tied, *untied]
        if broken
    ]


def _plain(value: Any) -> Any:
    """A figure as JSON carries it: an instant is text."""
    return format_instant(value) if isinstance(value, datetime) else value


def _thresholds(slices: Sequence[SliceResult]) -> Thresholds | None:
    """Derived thresholds; None where a p95 is null or VAL14 is MISSING."""
    derived = derive(figure(slices, "VAL14", "idle_p95_ms"), figure(slices, "VAL14", "light_p95_ms"))
    return None if derived.observed_p95_ms is None else derived


def _file(source: Source) -> EvidenceFile:
    """A report file that was read."""
    return EvidenceFile(
        slice=source.slice.id,
        path=source.path,
        sha256=source.sha256 or "",
        bytes=source.size or 0,
        generated_at=format_instant(source.generated_at) if source.generated_at else None,
    )


def _row(result: SliceResult) -> SliceRow:
    """One row of the coverage."""
    source, found = result.source, result.found
    usual = f"{source.slice.folder}/{source.slice.folder}-report.json"
    detail = f"{source.path}: {source.fault}" if not found else source.path if source.path != usual else None
    return SliceRow(
        id=result.id,
        name=source.slice.name,
        status=result.status,
        passed=result.passed if found else None,
        failed=len(result.checks) - result.passed if found else None,
        total=len(result.checks) if found else None,
        rejudged=result.rejudged if found else None,
        detail=detail,
        path=source.path if source.sha256 else None,
        generated_at=format_instant(source.generated_at) if source.generated_at else None,
    )


def _matrix_row(check: MatrixCheck, outcome: Outcome) -> MatrixRow:
    """A matrix check beside its outcome."""
    return MatrixRow(
        id=check.id,
        when=check.when,
        description=check.description,
        criterion=check.criterion,
        status=outcome.status,
        detail=outcome.detail,
        evidence=outcome.evidence,
    )
