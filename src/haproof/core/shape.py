"""What every artifact of this version looks like, whatever was measured: asked of the types and the rules.

The published schema says it, and the reader of artifacts holds to it; neither states it again.
"""

from functools import cache
from typing import Any, Literal

from msgspec import UNSET, Struct
from msgspec.structs import fields, replace

from haproof.core.check import AnySlice
from haproof.core.findings import Finding
from haproof.core.metrics import Unit, raw, target_of, unit
from haproof.core.model import Target
from haproof.core.nothing import every_key_null
from haproof.core.slices import SLICES

CHECKS: dict[str, tuple[str, ...]] = {
    slice_.id: tuple(check.id for check in slice_.checks) for slice_ in SLICES
}
"""Slice to the ids of its checks."""

SUBJECTS = (*CHECKS, *(check for checks in CHECKS.values() for check in checks))
"""What a contradiction may be about: a slice or a check."""

RUN_RISKS = (
    *(
        f"RUN-{name}"
        for name in ("WINDOW", "ENVIRONMENT", "RUNS", "CLOCK", "WORST", "STRENGTH", "SINGLE", "LOSS")
    ),
    *(f"RUN-MISSING-{slice_id}" for slice_id in CHECKS),
    *(f"RUN-CONTRADICTION-{subject}" for subject in SUBJECTS),
)
"""Every id that a risk of a run may have."""

POINTER = r"^(/([^/~]|~[01])*)+(?![\s\S])"
"""A JSON Pointer that points at something below the root (RFC 6901)."""

SHA256 = r"^[0-9a-f]{64}(?![\s\S])"


def report_path(slice_id: str) -> str:
    """What the path of a slice's report looks like: a file in the slice's folder."""
    return rf"^{slice_id.lower()}/[^/]+\.json(?![\s\S])"


class FigureShape(Struct, frozen=True, kw_only=True):
    """What the artifact says of one figure of a slice.

    `kind` is the type of its value. `ties` tells whether a rule looks at it: whenever it is given, only where
    something else is given too, or never. `target` is what it is then held against, None where it only must
    be measured; a target without a value is another figure's.
    """

    name: str
    kind: Any
    unit: Unit | None
    required: bool
    ties: Literal["always", "sometimes", "never"]
    target: Target | None


@cache
def figures(slice_: AnySlice) -> dict[str, FigureShape]:
    """Every figure of a slice that the artifact may have, by name, in the order of the evidence."""
    nothing = every_key_null(slice_)
    kinds = [field for field in fields(type(nothing.metrics)) if not raw(field.name)]
    found = _findings(slice_, nothing)
    return {
        field.name: FigureShape(
            name=field.name,
            kind=field.type,
            unit=unit(field.name),
            required=field.default is not UNSET,
            ties=_ties(slice_, nothing, field.name) if field.name in found else "never",
            target=target_of(found.get(field.name, ())),
        )
        for field in kinds
    }


def _findings(slice_: AnySlice, record: Any) -> dict[str, list[Finding]]:
    """The findings on each figure of a record."""
    found: dict[str, list[Finding]] = {}
    for check in slice_.checks:
        for finding in check.judge(record):
            if finding.pointer.startswith("/metrics/"):
                found.setdefault(finding.name, []).append(finding)
    return found


def _ties(slice_: AnySlice, nothing: Any, name: str) -> Literal["always", "sometimes"]:
    """Whether a rule looks at a figure where no other optional one is given, nor an observation."""
    optional = [field.name for field in fields(type(nothing.metrics)) if field.default is UNSET]
    alone = {other: UNSET for other in optional if other != name}
    record = replace(nothing, metrics=replace(nothing.metrics, **alone), observations=None)
    return "always" if name in _findings(slice_, record) else "sometimes"
