"""What every artifact of this version looks like, whatever was measured: asked of the types and the rules.

The published schema says it, and the reader of artifacts holds to it; neither states it again.
"""

import re
from functools import cache
from typing import Any, Literal

from msgspec import UNSET, Struct
from msgspec.structs import fields, replace

from haproof.core import risk_ids
from haproof.core.described import Unit, plain, unit
from haproof.core.findings import Finding
from haproof.core.house import House
from haproof.core.kind import Kind
from haproof.core.metrics import raw, target_of
from haproof.core.model import Target
from haproof.core.nothing import every_key_null


@cache
def subjects(house: House) -> tuple[str, ...]:
    """What a contradiction may be about: a kind or a check."""
    return (*(kind.id for kind in house.kinds), *(check for kind in house.kinds for check in kind.check_ids))


@cache
def run_risks(house: House) -> tuple[str, ...]:
    """Every id that a risk of a run may have."""
    return (
        *risk_ids.OF_RUNS,
        *(risk_ids.missing(kind.id) for kind in house.kinds),
        *(risk_ids.failed(kind.id) for kind in house.beyond),
        *(risk_ids.contradiction(subject) for subject in subjects(house)),
    )


POINTER = r"^(/([^/~]|~[01])*)+(?![\s\S])"
"""A JSON Pointer that points at something below the root (RFC 6901)."""

SHA256 = r"^[0-9a-f]{64}(?![\s\S])"


def report_path(kind: Kind) -> str:
    """What the path of a kind's report looks like: a file in its folder."""
    if kind.ending:
        return rf"^{kind.folder}/[^/]+{re.escape(kind.ending)}(?![\s\S])"
    return rf"^{kind.folder}/[^/]+\.json(?![\s\S])"


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
def figures(kind: Kind) -> dict[str, FigureShape]:
    """Every figure of a slice that the artifact may have, by name, in the order of the evidence."""
    nothing = every_key_null(kind)
    kinds = [field for field in fields(type(nothing.metrics)) if not raw(field.name)]
    found = _findings(kind, nothing)
    return {
        field.name: FigureShape(
            name=field.name,
            kind=field.type,
            unit=unit(field.name, plain(field.type)),
            required=field.default is not UNSET,
            ties=_ties(kind, nothing, field.name) if field.name in found else "never",
            target=target_of(found.get(field.name, ())),
        )
        for field in kinds
    }


def _findings(kind: Kind, record: Any) -> dict[str, list[Finding]]:
    """The findings on each figure of a record."""
    found: dict[str, list[Finding]] = {}
    for check in kind.checks:
        for finding in check.judge(record):
            if finding.pointer.startswith("/metrics/"):
                found.setdefault(finding.name, []).append(finding)
    return found


def _ties(kind: Kind, nothing: Any, name: str) -> Literal["always", "sometimes"]:
    """Whether a rule looks at a figure where no other optional one is given, nor an observation."""
    optional = [field.name for field in fields(type(nothing.metrics)) if field.default is UNSET]
    alone = {other: UNSET for other in optional if other != name}
    record = replace(nothing, metrics=replace(nothing.metrics, **alone))
    if getattr(record, "observations", None) is not None:
        record = replace(record, observations=None)
    return "always" if name in _findings(kind, record) else "sometimes"
