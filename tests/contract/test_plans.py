"""The formal plan of each slice names its ten checks as they are judged, and every key of its record."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from haproof.core.kind import Kind
from haproof.explain import explain
from haproof.kinds import HOUSE, KINDS

PLANS = Path(__file__).parents[2] / "docs" / "plans"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.folder)
def test_plan_lists_the_checks_of_its_slice(kind: Kind) -> None:
    plan = PLANS / f"{kind.folder}.md"
    lines = plan.read_text(encoding="utf-8").splitlines()
    for check in kind.checks:
        assert any(check.id in line and check.title in line for line in lines), f"{check.id} {check.title}"


PROBED = [kind for kind in KINDS if kind.role == "window" and kind.id != "VAL14"]
"""The slices with probes of their own; VAL14 measures a server and no node's word."""

PROBE = re.compile(r"^\| (?P<what>[^|]+) \| (?P<keys>`[^|]+`) \| (?P<unseen>[^|]+) \|$", re.MULTILINE)


def keys(kind: Kind) -> set[str]:
    """Every metric and every observation that the slice's record declares."""
    parts = (kind.record.__annotations__[group] for group in ("metrics", "observations"))
    kinds = (kind for part in parts for kind in getattr(part, "__args__", (part,)))
    return {name for kind in kinds for name in getattr(kind, "__struct_fields__", ())}


def probes(kind: Kind) -> Iterator[tuple[str, str]]:
    """Key and what it cannot show, of each probe that the plan lists."""
    plan = (PLANS / f"{kind.folder}.md").read_text(encoding="utf-8")
    for row in PROBE.finditer(plan.partition("\n## Probes\n")[2].partition("\n## ")[0]):
        for key in re.findall(r"`([^`]+)`", row["keys"]):
            yield key, row["unseen"]


@pytest.mark.parametrize("kind", PROBED, ids=lambda kind: kind.folder)
def test_plan_names_every_key_of_the_record(kind: Kind) -> None:
    named = set(re.findall(r"`([a-z0-9_]+)`", (PLANS / f"{kind.folder}.md").read_text(encoding="utf-8")))
    assert keys(kind) - named == set()


@pytest.mark.parametrize("kind", PROBED, ids=lambda kind: kind.folder)
def test_every_probe_is_a_key_that_the_checks_explain(kind: Kind) -> None:
    listed = dict(probes(kind))
    assert listed
    assert set(listed) <= keys(kind)
    said = " ".join(
        f"{entry.how} {entry.not_proved}" for check in kind.checks for entry in explain(check.id, HOUSE)
    )
    for key, unseen in listed.items():
        assert re.search(rf"\b{key}\b", said), f"no check of {kind.id} says how {key} is measured"
        assert len(unseen) > len("the same") - 1, key


@pytest.mark.parametrize("kind", PROBED, ids=lambda kind: kind.folder)
def test_every_check_with_a_probe_says_what_cannot_be_seen(kind: Kind) -> None:
    for check in kind.checks:
        entry = explain(check.id, HOUSE)[0]
        assert entry.not_proved, check.id
    limits = " ".join(explain(check.id, HOUSE)[0].not_proved for check in kind.checks)
    assert "rom outside" in limits
