"""Why the verdict is NOT READY: one sentence each, worst first, with what to do next. Pure.

What merely follows from another reason is left out: the last check of the matrix, a requirement that every
kind passes, a kind's row beside its failed check, a window that has no timestamps because nothing was found.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache

from haproof.core import risk_ids
from haproof.core.figures import cut
from haproof.core.house import House
from haproof.core.model import CheckResult, Contradiction, Options, Reason, SliceResult
from haproof.core.phrases import sentence
from haproof.core.window import window_faults

SEVERITIES = ("contradiction", "loss", "failed", "missing", "incoherent")
"""Worst first."""


@cache
def severities_of(house: House) -> dict[str, tuple[str, ...]]:
    """Which severities a reason may have, by its id."""
    found: dict[str, tuple[str, ...]] = {risk_ids.WINDOW: ("incoherent",)}
    for kind in house.window:
        found[risk_ids.missing(kind.id)] = ("missing",)
        found[risk_ids.contradiction(kind.id)] = ("contradiction",)
        for check in kind.checks:
            found[risk_ids.contradiction(check.id)] = ("contradiction",)
            found[check.id] = ("contradiction", "loss" if check.loss else "failed")
    return found


def reasons(
    slices: Sequence[SliceResult],
    contradictions: Sequence[Contradiction],
    generated_at: datetime,
    options: Options,
) -> tuple[Reason, ...]:
    """Every reason, by severity and within it in the order of the checks; none where all is well."""
    found = [reason for result in slices for reason in _of_slice(result, contradictions)]
    found += _window(slices, generated_at, options)
    return tuple(sorted(found, key=lambda reason: SEVERITIES.index(reason.severity)))


def _of_slice(result: SliceResult, contradictions: Sequence[Contradiction]) -> Iterator[Reason]:
    """What one slice gives: that it is missing, or its checks that did not pass."""
    if not result.found:
        yield _missing(result)
    failed = [check for check in result.checks if not check.passed]
    yield from (_failed(result, check) for check in failed)
    told = {check.check.id for check in failed}
    for entry in contradictions:
        if entry.slice == result.id and entry.check not in told:
            yield _refuted(result, entry)


def _failed(result: SliceResult, check: CheckResult) -> Reason:
    """A check that did not pass: by a figure of its own, or as its producer reports."""
    broken, refuted = check.broken, check.contradicted or bool(check.disputed)
    name, folder = check.check.id, result.source.kind.folder
    return Reason(
        id=name,
        severity="contradiction" if refuted else "loss" if check.check.loss else "failed",
        sentence=_sentence(check),
        slice=result.id,
        check=name,
        path=result.source.path,
        pointer=broken[0].pointer if broken else check.pointer,
        next=_fix_producer(result.id) if refuted else _look(folder, name),
    )


def _sentence(check: CheckResult) -> str:
    """Figures and limits; the producer's own words only where no figure says why."""
    if not check.broken:
        detail = f" ({cut(check.entry.detail)})" if check.entry.detail else ""
        return f"{check.check.id} failed, as reported by the producer: {check.check.title}{detail}"
    words = sentence(check.broken)
    return f"{words}, although the report says PASS" if check.contradicted else words


def _look(folder: str, check_id: str) -> str:
    return f"Look into {folder}/ (see haproof explain {check_id}), fix the cause and run again"


def _fix_producer(slice_id: str) -> str:
    return f"Fix the {slice_id} producer and run again; treat its other results with caution"


def _refuted(result: SliceResult, entry: Contradiction) -> Reason:
    """A contradiction that no check shows: a raw file gives another figure, or cannot be used."""
    pointers = {finding.name: finding.pointer for finding in result.untied if finding.pointer}
    return Reason(
        id=risk_ids.contradiction(entry.subject),
        severity="contradiction",
        sentence=entry.detail,
        slice=entry.slice,
        check=entry.check,
        path=result.source.path,
        pointer=pointers.get(entry.metric),
        next=_fix_producer(entry.slice),
    )


def _missing(result: SliceResult) -> Reason:
    """A slice without usable evidence."""
    source = result.source
    fault, kind = source.fault or "", source.kind.stem.replace("_", "-")
    where = f"{source.path} {fault}" if fault == "not found" else f"{source.path}: {fault}"
    return Reason(
        id=risk_ids.missing(result.id),
        severity="missing",
        sentence=f"No {kind} evidence: {where}",
        slice=result.id,
        check=None,
        path=source.path,
        pointer=None,
        next=_supply(result),
    )


def _supply(result: SliceResult) -> str:
    """What would make a missing slice's evidence usable."""
    source, name = result.source, result.id
    if source.fault == "not found":
        return f"Run {name} with the other slices (haproof lab run), or write its report to {source.path}"
    if source.not_run is not None:
        return f"Remove that cause and run {name} again with the other slices"
    if source.sha256 is not None:
        return f"Correct the producer of {source.path} (haproof schema {name} prints what it must hold)"
    return f"Make {source.path} one readable file of the {name} report"


def _window(slices: Sequence[SliceResult], generated_at: datetime, options: Options) -> Iterator[Reason]:
    """Why the reports are not of one coherent run."""
    for fault in window_faults(slices, generated_at, options.max_age_seconds):
        yield Reason(
            id=risk_ids.WINDOW,
            severity="incoherent",
            sentence=fault.sentence,
            slice=None,
            check=None,
            path=None,
            pointer=None,
            next=fault.next,
        )
