"""The formal plan of each slice names its ten checks as they are judged, and every key of its record."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from haproof.core.check import AnySlice
from haproof.core.explain import explain
from haproof.core.slices import SLICES

PLANS = Path(__file__).parents[2] / "docs" / "plans"


@pytest.mark.parametrize("slice_", SLICES, ids=lambda slice_: slice_.folder)
def test_plan_lists_the_checks_of_its_slice(slice_: AnySlice) -> None:
    plan = PLANS / f"{slice_.folder}.md"
    lines = plan.read_text(encoding="utf-8").splitlines()
    for check in slice_.checks:
        assert any(check.id in line and check.title in line for line in lines), f"{check.id} {check.title}"


PROBED = [slice_ for slice_ in SLICES if slice_.id != "VAL14"]
"""The slices with probes of their own; VAL14 measures a server and no node's word."""

PROBE = re.compile(r"^\| (?P<what>[^|]+) \| (?P<keys>`[^|]+`) \| (?P<unseen>[^|]+) \|$", re.MULTILINE)


def keys(slice_: AnySlice) -> set[str]:
    """Every metric and every observation that the slice's record declares."""
    parts = (slice_.record.__annotations__[group] for group in ("metrics", "observations"))
    kinds = (kind for part in parts for kind in getattr(part, "__args__", (part,)))
    return {name for kind in kinds for name in getattr(kind, "__struct_fields__", ())}


def probes(slice_: AnySlice) -> Iterator[tuple[str, str]]:
    """Key and what it cannot show, of each probe that the plan lists."""
    plan = (PLANS / f"{slice_.folder}.md").read_text(encoding="utf-8")
    for row in PROBE.finditer(plan.partition("\n## Probes\n")[2].partition("\n## ")[0]):
        for key in re.findall(r"`([^`]+)`", row["keys"]):
            yield key, row["unseen"]


@pytest.mark.parametrize("slice_", PROBED, ids=lambda slice_: slice_.folder)
def test_plan_names_every_key_of_the_record(slice_: AnySlice) -> None:
    named = set(re.findall(r"`([a-z0-9_]+)`", (PLANS / f"{slice_.folder}.md").read_text(encoding="utf-8")))
    assert keys(slice_) - named == set()


@pytest.mark.parametrize("slice_", PROBED, ids=lambda slice_: slice_.folder)
def test_every_probe_is_a_key_that_the_checks_explain(slice_: AnySlice) -> None:
    listed = dict(probes(slice_))
    assert listed
    assert set(listed) <= keys(slice_)
    said = " ".join(
        f"{entry.how} {entry.not_proved}" for check in slice_.checks for entry in explain(check.id)
    )
    for key, unseen in listed.items():
        assert re.search(rf"\b{key}\b", said), f"no check of {slice_.id} says how {key} is measured"
        assert len(unseen) > len("the same") - 1, key


@pytest.mark.parametrize("slice_", PROBED, ids=lambda slice_: slice_.folder)
def test_every_check_with_a_probe_says_what_cannot_be_seen(slice_: AnySlice) -> None:
    for check in slice_.checks:
        entry = explain(check.id)[0]
        assert entry.not_proved, check.id
    limits = " ".join(explain(check.id)[0].not_proved for check in slice_.checks)
    assert "rom outside" in limits
