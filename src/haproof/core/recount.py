"""Figures that raw files yield, held against those that the report states. Pure.

The raw files are read by `evidence`; what each yields is declared with its slice. A difference is a finding
that says no: of the check that ties the figure, or of the slice where none does.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from haproof.core.figures import cut, shown
from haproof.core.findings import Finding
from haproof.core.model import CheckResult, SliceResult
from haproof.core.phrases import figure, topic
from haproof.core.report import Report
from haproof.core.source import Source

TOLERANCE_MS = 0.001
"""Up to which difference two times are the same, milliseconds (proof contract)."""

ROUNDING = 1e-9
"""What binary fractions add to a difference of decimal ones, milliseconds."""


def recounted(source: Source) -> Iterator[tuple[str, str, Any]]:
    """Every figure that a raw file yields and the report states: its name, the file, the figure."""
    for found in source.recounted or ():
        for name, value in (found.values or {}).items():
            if _stated(source.record, name)[1] is not None:
                yield name, found.path, value


def not_recounted(source: Source) -> tuple[str, ...]:
    """The figures that the report states and a raw file could yield, but none does: as the slice declares."""
    known = {name for name, _, _ in recounted(source)}
    wanted = [name for raw in source.kind.recounts for name in raw.figures]
    return tuple(
        dict.fromkeys(
            name for name in wanted if name not in known and _stated(source.record, name)[1] is not None
        )
    )


def dispute(result: SliceResult) -> SliceResult:
    """The slice with what its raw files say: a finding for each figure that differs and each bad file."""
    source = result.source
    broken = [
        finding
        for name, path, value in recounted(source)
        if not same(name, _stated(source.record, name)[1], value)
        for finding in _differences(source.record, name, path, value)
    ]
    tied = {(check.check.id, finding.pointer) for check in result.checks for finding in check.findings}
    checks = tuple(
        _with(check, [one for one in broken if (check.check.id, one.pointer) in tied])
        for check in result.checks
    )
    anywhere = {pointer for _, pointer in tied}
    untied = [one for one in broken if one.pointer not in anywhere]
    faults = [_unusable(found.path, found.fault) for found in source.recounted or () if found.fault]
    return replace(result, checks=checks, untied=(*untied, *faults))


def _with(check: CheckResult, broken: Sequence[Finding]) -> CheckResult:
    return replace(check, findings=(*check.findings, *broken)) if broken else check


def _stated(record: Any, name: str) -> tuple[str, Any]:
    """Where the report states a figure, and what; None where it is null or left out."""
    for group in ("metrics", "observations"):
        value = getattr(getattr(record, group, None), name, UNSET)
        if value is not UNSET:
            return f"/{group}/{name}", value
    return "", None


def same(name: str, stated: Any, value: Any) -> bool:
    """Whether two figures are one: times within 0.001 ms, all others exactly, arrays element by element."""
    if isinstance(stated, list) and isinstance(value, list | tuple):
        return len(stated) == len(value) and all(
            same(name, one, other) for one, other in zip(stated, value, strict=True)
        )
    if name.endswith("_ms") and _number(stated) and _number(value):
        return bool(abs(stated - value) <= TOLERANCE_MS + ROUNDING)
    return isinstance(stated, bool) is isinstance(value, bool) and bool(stated == value)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _differences(record: Any, name: str, path: str, value: Any) -> Iterator[Finding]:
    """A finding on each figure that its raw file does not give: of groups of figures, such as trials, on each
    one in them, at its own place, so that it is held against the checks that look at it."""
    pointer, stated = _stated(record, name)
    group = type(getattr(record, pointer.split("/")[1]))
    for at, within, one, other in _groups(name, pointer, group, stated, value):
        place, single, again = _apart(at, one, other)
        finding = Finding(
            pointer=within[0],
            name=at.rpartition(".")[2],
            value=one,
            op=None,
            limit=other,
            rule=f"{place} = {shown(again)} (recounted from {path})",
            holds=False,
            group=within[1],
        )
        yield replace(finding, told=_told(finding, place, path, single, again))


def _groups(
    place: str, pointer: str, group: type, stated: Any, value: Any
) -> Iterator[tuple[str, tuple[str, type], Any, Any]]:
    """The figures that differ: place, pointer and group, both values. One that is no group is itself."""
    if isinstance(stated, Struct) and type(stated) is type(value):
        for field in stated.__struct_fields__:
            one, other = getattr(stated, field), getattr(value, field)
            if not same(field, one, other):
                yield from _groups(f"{place}.{field}", f"{pointer}/{field}", type(stated), one, other)
    elif _of_groups(stated) and _of_groups(value) and len(stated) == len(value):
        for index, (one, other) in enumerate(zip(stated, value, strict=True)):
            yield from _groups(f"{place}[{index}]", f"{pointer}/{index}", group, one, other)
    else:
        yield place, (pointer, group), stated, value


def _of_groups(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, Struct) for one in value) and bool(value)


def _told(finding: Finding, place: str, path: str, one: Any, other: Any) -> str:
    """Both values in a sentence; the name of the field last, where the figure has words of its own. What is
    said of a group of figures is not said of the one in it that differs."""
    inside, words = "." in place, topic(finding)
    name = place.rpartition(".")[2].partition("[")[0] if inside else finding.name
    reported = "reported as not measured" if one is None else f"{_said(finding, name, one)} reported"
    told = f"{reported}, {_said(finding, name, other)} recounted from {path}"
    return f"{place}: {told}" if inside or words == name else f"{words}: {told} ({place})"


def _said(finding: Finding, name: str, value: Any) -> str:
    """A figure; of an array how many elements it has, which is where it differs."""
    if isinstance(value, list | tuple):
        return f"{len(value):,} {finding.figure.elements}"
    return figure(value, name=name)


def _apart(name: str, stated: Any, value: Any) -> tuple[str, Any, Any]:
    """Where two figures differ: of arrays of one length the first element that does."""
    if isinstance(stated, list) and isinstance(value, list | tuple) and len(stated) == len(value):
        for index, (one, other) in enumerate(zip(stated, value, strict=True)):
            if not same(name, one, other):
                return _apart(f"{name}[{index}]", one, other)
    return name, stated, value


def _unusable(path: str, fault: str) -> Finding:
    """The finding on a raw file of which nothing can be derived."""
    rule = f"{path} can be recounted"
    return Finding("", path, None, None, None, rule, False, f"{path} cannot be recounted: {cut(fault)}")


def sources(report: Report) -> Sequence[Source]:
    """The sources of a report, of every kind, with what was recounted."""
    return [result.source for result in report.results]


def summary(sources: Sequence[Source]) -> str:
    """How many figures were recounted from which files, and which could not be; for a line of a report."""
    found = [
        (source, name, path) for source in sources if source.record for name, path, _ in recounted(source)
    ]
    names = {(source.kind.id, name) for source, name, _ in found}
    files = list(dict.fromkeys(path for _, _, path in found))
    left = [
        f"{source.kind.id} {', '.join(missing)}"
        for source in sources
        if source.record and (missing := not_recounted(source))
    ]
    said = (
        f"{len(names)} figures from {', '.join(files)}" if files else "nothing: no raw file yields a figure"
    )
    return said + (f"; not recounted: {'; '.join(left)}" if left else "")
