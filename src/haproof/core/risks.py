"""What the report does not prove: the standing gaps, and what this run adds.

An id means the same in every run, so that a ticket can cite it; what a run adds has ids of the form RUN-….
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from msgspec import UNSET

from haproof.core import risk_ids
from haproof.core.described import metrics
from haproof.core.figures import shown
from haproof.core.gap import Gap
from haproof.core.house import House
from haproof.core.instant import format_instant
from haproof.core.judged import Judged
from haproof.core.kind import Closes
from haproof.core.level import not_current
from haproof.core.model import Contradiction, Reason, Risk, SliceResult
from haproof.core.strength import TITLE, Strength, single_runs, summary
from haproof.core.topology import differing


def figure(slices: Sequence[SliceResult], slice_id: str, name: str) -> Any:
    """A slice's metric; None where the slice is MISSING, the key absent, or the value null."""
    result = next(result for result in slices if result.id == slice_id)
    value = getattr(result.source.record.metrics, name) if result.found else None
    return None if value is UNSET else value


def all_risks(
    house: House,
    judged: Judged,
    claims: Sequence[Strength],
    contradictions: Sequence[Contradiction],
    reasons: Sequence[Reason],
) -> tuple[Risk, ...]:
    """The standing gaps, then what this run adds; a contradiction in the words of the reason that it is."""
    slices = judged.slices
    return (
        *(_gap(gap, judged) for gap in house.gaps),
        *_missing(judged.results),
        *_failed(judged.beyond),
        *_losses(judged.results),
        *_contradicted(contradictions, reasons),
        *_incoherent(reasons),
        *_environments(slices),
        *_runs(slices),
        *_clocks(slices),
        *_not_the_worst(slices),
        *_strength(claims),
        *_single(claims),
    )


def _gap(gap: Gap, judged: Judged) -> Risk:
    """One standing gap; MEASURED where this evidence says something of it, and is not too old to."""
    said = [
        sentence
        for result in judged.results
        for closes in result.source.kind.closes
        if closes.gap == gap.id
        for sentence in _measured(result, closes, judged)
    ]
    state: Literal["OPEN", "MEASURED"] = "MEASURED" if said else "OPEN"
    detail = " ".join([gap.why, *(said or _why_open(gap, judged))])
    return Risk(id=gap.id, title=gap.title, state=state, detail=detail, closed_by=gap.closed_by)


def _measured(result: SliceResult, closes: Closes[Any], judged: Judged) -> Iterator[str]:
    """What one kind measured of a gap; nothing where it did not."""
    if not result.found or not_current(result, judged.generated_at) is not None:
        return
    said = None
    if closes.measured is not None:
        said = closes.measured(result.source.record)
    elif (value := figure([result], result.id, closes.figure)) is not None:
        said = f"{closes.figure} = {shown(value)}{' ms' if closes.figure.endswith('_ms') else ''}"
    if said is not None:
        yield f"Measured here: {said} ({result.id})."


def _why_open(gap: Gap, judged: Judged) -> Iterator[str]:
    """Why a kind beyond the required ones that is there, and would measure a gap, does not."""
    for result in judged.beyond:
        if any(closes.gap == gap.id for closes in result.source.kind.closes):
            stale = not_current(result, judged.generated_at)
            why = stale.detail if stale else f"{result.id} {result.why_missing or 'does not say'}"
            yield f"Not measured here: {why}."


def _added(risk_id: str, title: str, detail: str, closed_by: str) -> Risk:
    """A risk of this run."""
    return Risk(id=risk_id, title=title, state="OPEN", detail=detail, closed_by=closed_by)


def _missing(results: Sequence[SliceResult]) -> Iterator[Risk]:
    for result in results:
        if result.status == "MISSING":
            of = " of the same run" if result.source.kind.role == "window" else ""
            yield _added(
                risk_ids.missing(result.id),
                f"{result.id} {result.source.kind.name} has no evidence",
                f"Nothing can be said about it. {result.source.path}: {result.why_missing}",
                f"A valid {result.source.path}{of}",
            )


def _failed(beyond: Sequence[SliceResult]) -> Iterator[Risk]:
    """Optional kinds that were tried and do not pass: neither the verdict nor the exit status says so."""
    for result in beyond:
        if result.status == "FAIL":
            failed = [check.check.id for check in result.checks if not check.passed]
            count = f"{result.passed} of {len(result.checks)} checks passed"
            yield _added(
                risk_ids.failed(result.id),
                f"{result.id} {result.source.kind.name} does not pass",
                f"{count}. Failed: {', '.join(failed) or 'a recount'}.",
                _another(result),
            )


def _losses(results: Sequence[SliceResult]) -> Iterator[Risk]:
    """Acknowledged writes that are lost, where that fails no check."""
    said = []
    for result in results:
        tolerated = result.source.kind.tolerated_loss
        lost = None if tolerated is None or not result.found else tolerated(result.source.record)
        if lost is not None:
            said.append(f"{lost} ({result.id})")
    if said:
        yield _added(
            risk_ids.LOSS,
            "Acknowledged writes were lost",
            f"It fails no check, and it is lost all the same: {'; '.join(said)}.",
            "A run in mode sync, in which a lost write fails its check",
        )


def _another(result: SliceResult) -> str:
    """What would pass in the place of an optional kind that fails."""
    if result.source.kind.ending:
        return f"{result.source.path} of which every check passes"
    return f"A run of {result.id} in which every check passes"


def _contradicted(contradictions: Sequence[Contradiction], reasons: Sequence[Reason]) -> Iterator[Risk]:
    """One for each subject, however many figures contradict it."""
    details: dict[str, list[str]] = {}
    owners = {entry.subject: entry.slice for entry in contradictions}
    for entry in contradictions:
        details.setdefault(entry.subject, []).append(entry.said(reasons))
    for subject, said in details.items():
        yield _added(
            risk_ids.contradiction(subject),
            f"{subject} is contradicted by its own figures",
            f"{'; '.join(said)}. Treat this producer's other results with caution.",
            f"Fix the {owners[subject]} producer and run again",
        )


def _incoherent(reasons: Sequence[Reason]) -> Iterator[Risk]:
    """One, however many faults of the window there are, in the words of the reasons."""
    found = [reason for reason in reasons if reason.severity == "incoherent"]
    if found:
        said = "; ".join(reason.sentence for reason in found)
        yield _added(
            risk_ids.WINDOW,
            "The evidence window is not coherent",
            f"Results that were not taken together, or long ago, do not add up to one claim. {said}.",
            "; ".join(reason.next for reason in found),
        )


def _environments(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    labels = differing(slices)
    if labels:
        yield _added(
            risk_ids.ENVIRONMENT,
            "The slices describe different environments",
            f"They disagree on: {', '.join(labels)}. A claim applies only to what was tested.",
            "All five slices run against one system in one environment",
        )


def _runs(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    """Reports that name different runs, within the window or not."""
    named = [(result.id, result.source.record.run_id) for result in slices if result.found]
    runs = list(dict.fromkeys(run for _, run in named if run is not None))
    if len(runs) > 1:
        said = [f"{', '.join(owner for owner, name in named if name == run)}: {shown(run)}" for run in runs]
        yield _added(
            risk_ids.RUNS,
            "The reports name different runs",
            f"They may be of different builds or states of the system. {'; '.join(said)}.",
            "Five reports of one lab run (the same run_id)",
        )


def _clocks(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    """Reports that began after they were written: the clock was set back between the two."""
    said = []
    for result in slices:
        record = result.source.record
        if record is not None and record.started_at and record.started_at > record.generated_at:
            times = format_instant(record.started_at), format_instant(record.generated_at)
            said.append(f"{result.id} started at {times[0]}, after it was generated at {times[1]}")
    if said:
        yield _added(
            risk_ids.CLOCK,
            "A clock was set back while the evidence was made",
            f"Its timestamps, and durations taken from them, are in doubt: {'; '.join(said)}.",
            "A run on a machine whose clock is not changed",
        )


def _not_the_worst(slices: Sequence[SliceResult]) -> Iterator[Risk]:
    """Single figures that rules look at, and that are not the worst of their trials."""
    said = []
    for result in slices:
        limits = {finding.name: finding.limit for check in result.checks for finding in check.findings}
        for single, known in metrics(result.source.kind.record).items():
            series = figure([result], result.id, known.trials) if known.trials else None
            if not series or single not in limits:
                continue
            value, worst = figure([result], result.id, single), None if None in series else max(series)
            if worst != value:
                shown_value, shown_worst = shown(value, limits[single]), shown(worst, limits[single])
                said.append(f"{single} is {shown_value}, the worst of {known.trials} is {shown_worst}")
    if said:
        yield _added(
            risk_ids.WORST,
            "A single figure is not the worst of its trials",
            f"Each is judged by its own limit, but they should agree: {'; '.join(said)}.",
            "A producer that reports the worst trial as the single figure",
        )


def _strength(claims: Sequence[Strength]) -> Iterator[Risk]:
    said = summary(claims)
    if said:
        yield _added(
            risk_ids.STRENGTH,
            TITLE,
            said,
            "59 passing trials of one kind bound a failure probability below 5 %, 299 below 1 % "
            "(haproof lab run --trials N)",
        )


def _single(claims: Sequence[Strength]) -> Iterator[Risk]:
    """One list of everything that was tried once."""
    said = single_runs(claims)
    if said:
        yield _added(
            risk_ids.SINGLE,
            "Claims based on a single run",
            said,
            "More trials of the same kind (haproof lab run --trials N for failovers)",
        )
