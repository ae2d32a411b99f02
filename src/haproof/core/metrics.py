"""Every figure of a slice beside its target and its status."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import UNSET, Struct

from haproof.core.described import Unit, metrics
from haproof.core.findings import Finding
from haproof.core.kind import Kind
from haproof.core.model import CheckResult, Metric, Metrics, SliceResult, Target


def units(kind: Kind) -> dict[str, Unit | None]:
    """The unit of each figure of a kind, by name, in the order of its record."""
    return {name: figure.unit for name, figure in metrics(kind.record).items()}


def plain_metrics(kind: Kind, figures: Mapping[str, Any]) -> dict[str, Metric]:
    """The figures of an optional kind as an artifact has them, which says nothing of targets and checks."""
    known = units(kind)
    return {
        name: Metric(value=value, unit=known[name], target=None, status=None)
        for name, value in figures.items()
        if name in known and not raw(name) and not composite(value)
    }


def composite(value: Any) -> bool:
    """Whether a figure is a group of figures, such as a list of trials: its kind shows it, in its own way."""
    held = value[0] if isinstance(value, list) and value else value
    return isinstance(held, Struct | dict)


def raw(name: str) -> bool:
    """Whether a figure is raw samples, which the artifact leaves out."""
    return name.endswith("_samples_ms")


def all_metrics(slices: Sequence[SliceResult]) -> Metrics:
    """The figures of every required kind."""
    return {result.source.kind.stem: slice_metrics(result) for result in slices}


def slice_metrics(result: SliceResult) -> dict[str, Metric] | None:
    """The figures of one slice by name, optional ones only where given; None where it is MISSING."""
    if not result.found:
        return None
    figures = result.source.record.metrics
    known = units(result.source.kind)
    ties = _ties(result.checks)
    found = {}
    for name in figures.__struct_fields__:
        value = getattr(figures, name)
        if value is UNSET or raw(name) or composite(value):
            continue
        tied = ties.get(name, [])
        found[name] = Metric(
            value=value,
            unit=known[name],
            target=target_of([finding for _, finding in tied]),
            status=_status(tied),
        )
    return found


Tie = tuple[CheckResult, Finding]


def _ties(checks: Sequence[CheckResult]) -> dict[str, list[Tie]]:
    """For each figure, the checks whose rules looked at it."""
    ties: dict[str, list[Tie]] = {}
    for check in checks:
        for finding in check.findings:
            if finding.pointer == f"/metrics/{finding.name}":
                ties.setdefault(finding.name, []).append((check, finding))
    return ties


def target_of(findings: Sequence[Finding]) -> Target | None:
    """What a figure is held against by these; of two lower bounds the higher, since both must hold."""
    targets = [Target(finding.op, finding.limit) for finding in findings if finding.op is not None]  # type: ignore[arg-type]
    if not targets:
        return None
    bounds = [target for target in targets if target.op == ">="]
    return max(bounds, key=_bound) if len(bounds) == len(targets) else targets[0]


def _bound(target: Target) -> Any:
    """A lower bound's figure, to compare by."""
    return target.value


def _status(tied: Sequence[Tie]) -> Literal["PASS", "FAIL"] | None:
    """PASS only if every rule on the figure holds and every check tied to it passed."""
    if not tied:
        return None
    return "PASS" if all(check.passed and finding.holds for check, finding in tied) else "FAIL"
