"""Whether two artifacts say the same: key by key, or only in what was judged. Pure."""

import json
from typing import Any

from haproof.core.house import House
from haproof.core.model import Levels, Metric, Metrics, Proof


def differing_keys(one: Any, other: Any) -> list[str]:
    """The keys of the first level under which two JSON objects differ, order and number types included."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return [] if _text(one) == _text(other) else ["$"]
    keys = list(dict.fromkeys([*one, *other]))
    differing = [
        key for key in keys if key not in one or key not in other or _text(one[key]) != _text(other[key])
    ]
    return differing or ([] if list(one) == list(other) else ["the order of keys"])


def differing_parts(one: Proof, other: Proof, house: House) -> list[str]:
    """The parts in which two judgements differ. Words (titles, details, risks) are no judgement, and kinds
    that the house does not know are not judged here: both are left out.

    Of the figures only those are compared that both know, and their status only where both judge them: a
    newer version has more figures and more rules. What fails by such a rule differs in its check.
    """
    first, second = _judged(one, house), _judged(other, house)
    first["beyond"], second["beyond"] = _beyond(one, other), _beyond(other, one)
    figures = ["metrics"] if _figures_differ(one.metrics, other.metrics) else []
    return [part for part in first if first[part] != second[part]] + figures


def _text(tree: Any) -> str:
    """`1`, `1.0` and `true` are equal in Python, not here."""
    return json.dumps(tree)


def _judged(proof: Proof, house: House) -> dict[str, Any]:
    """What was found and decided, without the sentences."""
    known = {kind.id for kind in house.kinds}
    window = proof.evidence.window
    return {
        "evidence.files": [
            (file.path, file.sha256, file.bytes) for file in proof.evidence.files if file.slice in known
        ],
        "evidence.window": (window.earliest, window.latest, window.span_seconds, window.coherent),
        "slices": [
            (row.id, row.status, row.passed, row.failed, row.total) for row in proof.slices if row.id in known
        ],
        "thresholds": proof.thresholds,
        "contradictions": [
            (entry.slice, entry.check) for entry in proof.contradictions if entry.slice in known
        ],
        "checks": [(row.id, row.status) for row in proof.checks],
        "summary": proof.summary,
        "readiness": _levels(proof.readiness),
        "verdict": proof.verdict,
    }


def _beyond(proof: Proof, other: Proof) -> list[Any]:
    """The optional kinds that both judge."""
    both = {row.id for row in proof.beyond} & {row.id for row in other.beyond}
    return [(row.id, row.status, row.passed, row.failed, row.total) for row in proof.beyond if row.id in both]


def _figures_differ(one: Metrics, other: Metrics) -> bool:
    """Whether a slice is found on one side only, or a figure that both have differs."""
    for stem in one.keys() & other.keys():
        old, new = one[stem], other[stem]
        if old is None or new is None:
            if old is not new:
                return True
        elif any(_differs(old[name], new[name]) for name in old.keys() & new.keys()):
            return True
    return False


def _differs(one: Metric, other: Metric) -> bool:
    judged = one.status is not None and other.status is not None
    return one.value != other.value or (judged and one.status != other.status)


def _levels(levels: Levels) -> list[Any]:
    return [
        (key, level.ready, [(requirement.id, requirement.state) for requirement in level.requirements])
        for key, level in levels.items()
    ]
