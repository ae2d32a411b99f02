"""Single requirements of the levels, judged over all evidence that they ask for, with one thing changed."""

from typing import Any

from msgspec.structs import replace

from builders import NOON
from every_evidence import GOOD, VARIANTS, Shelf
from haproof.api import assess
from haproof.core.judged import Judged
from haproof.core.level import Held
from haproof.core.model import Options, SliceResult
from haproof.core.window import judge_window
from haproof.kinds.levels import LEVELS

REQUIREMENTS = {row.id: row for level in LEVELS for row in level.requirements}


def judged(shelf: Shelf, max_age: int | None = None, **changed: str) -> Judged:
    """Everything good but for what is `changed`."""
    options = Options(trusted_keys=shelf.trusted.ids, max_age_seconds=max_age)
    report = assess(shelf.evidence(dict.fromkeys(VARIANTS, GOOD) | changed), NOON, options)
    return Judged(
        slices=report.slices,
        beyond=report.beyond,
        window=judge_window(report.slices, NOON, max_age),
        generated_at=NOON,
        options=options,
    )


def with_result(of: Judged, kind: str, **changed: Any) -> Judged:
    """The same with another result of one kind."""

    def other(results: tuple[SliceResult, ...]) -> tuple[SliceResult, ...]:
        return tuple(replace(one, **changed) if one.id == kind else one for one in results)

    return replace(of, slices=other(of.slices), beyond=other(of.beyond))


def with_record(of: Judged, kind: str, **changed: Any) -> Judged:
    """The same with other keys of one kind's report."""
    result = of.kind(kind)
    assert result is not None
    record = replace(result.source.record, **changed)
    return with_result(of, kind, source=replace(result.source, record=record))


def with_metrics(of: Judged, kind: str, **changed: Any) -> Judged:
    result = of.kind(kind)
    assert result is not None
    return with_record(of, kind, metrics=replace(result.source.record.metrics, **changed))


def held(name: str, of: Judged) -> Held:
    return REQUIREMENTS[name].judge(of)
