"""The program: evidence and a time in, the whole judgement out. Pure: same input, same report."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from haproof.core import topology
from haproof.core.findings import Findings
from haproof.core.house import House
from haproof.core.instant import format_instant
from haproof.core.judge import judge_slice
from haproof.core.judged import Judged
from haproof.core.level import judge_levels, reached
from haproof.core.matrix import MatrixCheck
from haproof.core.metrics import all_metrics
from haproof.core.model import (
    GENERATOR,
    NO_OPTIONS,
    REPORT,
    SCHEMA_VERSION,
    TITLE,
    Beyond,
    Contradiction,
    EvidenceFile,
    EvidenceList,
    GeneratorName,
    MatrixRow,
    Options,
    Proof,
    SliceResult,
    SliceRow,
    Tally,
)
from haproof.core.outcome import Outcome
from haproof.core.phrases import sentence
from haproof.core.reasons import reasons
from haproof.core.report import Report
from haproof.core.risks import all_risks, figure
from haproof.core.source import Evidence, Source
from haproof.core.strength import Strength, strength
from haproof.core.thresholds import Thresholds, derived
from haproof.core.topology import TopologyRow
from haproof.core.window import judge_window, seconds
from haproof.version import VERSION


def assess(evidence: Evidence, house: House, generated_at: datetime, options: Options = NO_OPTIONS) -> Report:
    """Judge the evidence: kinds, window, matrix, readiness. `generated_at` must be aware.

    What raw files yield counts only where the options ask for a recount, so that the artifact says so.
    """
    sources = tuple(_as_of(source, generated_at, options) for source in evidence.sources)
    if not options.recount:
        sources = tuple(replace(source, recounted=None) for source in sources)
    results = tuple(judge_slice(source) for source in sources)
    slices = tuple(result for result in results if result.source.kind.role == "window")
    beyond = tuple(result for result in results if result.source.kind.role == "beyond")
    window = judge_window(slices, generated_at, options.max_age_seconds)
    judged = Judged(slices=slices, window=window, generated_at=generated_at, beyond=beyond, options=options)
    claims = strength(slices)
    proof, rows = _proof(evidence, house, judged, claims)
    says_no = any(result.status == "FAIL" for result in slices)
    return Report(
        house=house,
        proof=proof,
        generated_at=generated_at,
        topology=rows,
        slices=slices,
        beyond=beyond,
        strength=claims,
        says_no=says_no,
    )


def _as_of(source: Source, generated_at: datetime, options: Options) -> Source:
    """A kind whose files count by the day and by whom the reader trusts, as they do now."""
    gathered = source.kind.gathered
    if gathered is None or source.gathered is None:
        return source
    return replace(source, record=gathered.judge(source.gathered, generated_at, options.trusted_keys))


def _proof(
    evidence: Evidence, house: House, judged: Judged, claims: Sequence[Strength]
) -> tuple[Proof, tuple[TopologyRow, ...]]:
    """The artifact, and the rows of its topology line by line."""
    slices = judged.slices
    contradictions = tuple(entry for result in judged.results for entry in _contradictions(result))
    outcomes = _matrix(house, judged)
    levels = judge_levels(house.levels, judged)
    rows = topology.describe(topology.tested(slices, judged.beyond), judged.window)
    failed = [check.id for check, outcome in outcomes if outcome.status == "FAIL"]
    why = reasons(slices, contradictions, judged.generated_at, judged.options)
    proof = Proof(
        schema_version=SCHEMA_VERSION,
        report=REPORT,
        title=TITLE,
        generated_at=format_instant(judged.generated_at),
        generator=GeneratorName(GENERATOR, VERSION),
        evidence_dir=evidence.directory,
        options=judged.options,
        topology=topology.artifact(rows),
        evidence=EvidenceList(
            judged.window, tuple(entry for source in evidence.sources for entry in _files(source))
        ),
        slices=tuple(_row(result) for result in slices),
        beyond=tuple(_beyond(result, judged.generated_at) for result in judged.beyond),
        metrics=all_metrics(slices),
        thresholds=_thresholds(slices),
        contradictions=contradictions,
        checks=tuple(_matrix_row(check, outcome) for check, outcome in outcomes),
        summary=Tally(passed=len(outcomes) - len(failed), failed=len(failed)),
        risks=all_risks(house, judged, claims, contradictions, why),
        readiness=levels,
        reasons=why,
        verdict=reached(house.levels, levels) or f"NOT READY ({', '.join(failed)})",
    )
    return proof, rows


def _matrix(house: House, judged: Judged) -> list[tuple[MatrixCheck, Outcome]]:
    """Each check in order; a check may look at the outcomes before it."""
    outcomes: list[tuple[MatrixCheck, Outcome]] = []
    for check in house.matrix:
        before = tuple((earlier.id, outcome) for earlier, outcome in outcomes)
        outcomes.append((check, check.judge(replace(judged, before=before))))
    return outcomes


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
            detail=sentence(broken),
        )
        for check_id, broken in [*tied, *untied]
        if broken
    ]


def _plain(value: Any) -> Any:
    """A figure as JSON carries it: an instant is text."""
    return format_instant(value) if isinstance(value, datetime) else value


def _thresholds(slices: Sequence[SliceResult]) -> Thresholds | None:
    """Derived thresholds; None where a figure that they are derived from is null or its kind MISSING."""
    for result in slices:
        if by := result.source.kind.alerts_by:
            return derived(*(figure(slices, result.id, name) for name in by))
    return None


def _files(source: Source) -> Iterator[EvidenceFile]:
    """The report files that were read of one kind."""
    dated = source.generated_at
    for file in source.read:
        yield EvidenceFile(
            slice=source.kind.id,
            path=file.path,
            sha256=file.sha256,
            bytes=file.size,
            generated_at=format_instant(dated) if dated else None,
        )


def _row(result: SliceResult) -> SliceRow:
    """One row of the coverage."""
    source, found = result.source, result.status != "MISSING"
    return SliceRow(
        id=result.id,
        name=source.kind.name,
        status=result.status,
        passed=result.passed if found else None,
        failed=len(result.checks) - result.passed if found else None,
        total=len(result.checks) if found else None,
        rejudged=result.rejudged if found else None,
        detail=_detail(result),
        path=source.path if source.sha256 else None,
        generated_at=format_instant(source.generated_at) if source.generated_at else None,
    )


def _detail(result: SliceResult) -> str | None:
    """Why there is no verdict on a kind; else the file where it is not the usual one."""
    source = result.source
    if result.status == "MISSING":
        return f"{source.path}: {result.why_missing}"
    return source.path if source.path != source.kind.usual_path else None


def _beyond(result: SliceResult, generated_at: datetime) -> Beyond:
    """One optional kind; its figures are raw, as in the evidence."""
    row, dated = _row(result), result.source.generated_at
    return Beyond(
        id=row.id,
        name=row.name,
        status=row.status,
        passed=row.passed,
        failed=row.failed,
        total=row.total,
        detail=row.detail,
        path=row.path,
        generated_at=row.generated_at,
        age_seconds=seconds(generated_at - dated) if dated else None,
        metrics=to_builtins(result.source.record.metrics) if result.found else None,
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
