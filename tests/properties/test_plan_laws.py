"""Plans over all evidence that the levels ask for: whoever carries one out has reached the level, and nothing
that was good enough was asked for again.
"""

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from builders import NOON
from every_evidence import ABSENT, GOOD, MAKERS, SLICES, STATEMENTS, VARIANTS, Shelf
from haproof.api import assess
from haproof.core.model import Options
from haproof.core.plan.model import Plan
from haproof.core.plan.planning import plan, wanted_level
from haproof.core.report import Report

Choice = dict[str, str]

OF_OTHERS = {"VAL13": ("another system",), "CLUSTER": ("another system",)}
"""Whose system RECOVERY is then measured on again, which the good evidence at hand is not of."""

NAMES = {
    part: [name for name in names if name not in OF_OTHERS.get(part, ())] for part, names in VARIANTS.items()
}

choices = st.fixed_dictionaries({part: st.sampled_from(names) for part, names in NAMES.items()})
levels = st.sampled_from(["design-partner", "ga", "public"])


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


def judged(shelf: Shelf, choice: Choice) -> Report:
    return assess(shelf.evidence(choice), NOON, Options(trusted_keys=shelf.trusted.ids))


def planned(shelf: Shelf, choice: Choice, level: str) -> Plan:
    report = judged(shelf, choice)
    return plan(report, wanted_level(report, level))


def carried_out(choice: Choice, found: Plan) -> Choice:
    """The evidence after each step was done and passed."""
    done = dict(choice)
    for step in found.steps:
        made = step.requirements if "EXTERNAL" in step.kinds else step.kinds
        done |= {part: GOOD for part in made if part in done}
    return done


@settings(max_examples=80, deadline=None)
@given(choice=choices, level=levels)
def test_whoever_carries_a_plan_out_has_reached_its_level(choice: Choice, level: str, shelf: Shelf) -> None:
    assume(choice["VAL13"] != ABSENT or choice["RECOVERY"] != "another system")  # nobody can know that yet
    found = planned(shelf, choice, level)
    report = judged(shelf, carried_out(choice, found))
    number = wanted_level(report, level)
    assert all(judgement.ready for _, judgement in report.levels[: number + 1])
    assert all(step.commands for step in found.steps)


@settings(max_examples=60, deadline=None)
@example(
    choice=dict.fromkeys(NAMES, GOOD) | {"VAL13": "failed", "CLUSTER": "just fresh"}, level="ga"
)  # CLUSTER alone is too old by then, and GA-2 rests on RECOVERY too
@given(choice=choices, level=levels)
def test_nothing_that_is_good_is_asked_for_again(choice: Choice, level: str, shelf: Shelf) -> None:
    found = planned(shelf, choice, level)
    made = {kind for step in found.steps for kind in step.kinds}
    together = {"RECOVERY"} if choice["CLUSTER"] in (ABSENT, "not run", "unnamed") else set()
    for part in MAKERS:  # without CLUSTER nobody knows which cluster it will be of, so RECOVERY comes along
        assert not (choice[part] == GOOD and part in made - together), part
    asked = {name for step in found.steps for name in step.requirements}
    assert {row.id for row in found.requirements if row.state != "MET"} <= asked
    for name in STATEMENTS:
        assert not (choice[name] == GOOD and name in asked), name
    if all(choice[part] == GOOD for part in SLICES):
        assert "VAL13" not in made


@settings(max_examples=60, deadline=None)
@given(choice=choices, level=levels)
def test_steps_are_numbered_and_wait_for_earlier_ones_only(choice: Choice, level: str, shelf: Shelf) -> None:
    found = planned(shelf, choice, level)
    assert [step.number for step in found.steps] == list(range(1, len(found.steps) + 1))
    for step in found.steps:
        assert all(number < step.number for number in step.after)
        assert step.why
    mended = [step.number for step in found.steps if step.task == "fix and run"]
    assert mended == list(range(1, len(mended) + 1))
    assert found.seconds <= sum(step.seconds or 0 for step in found.steps)


def test_without_anything_every_part_is_asked_for(shelf: Shelf) -> None:
    found = planned(shelf, dict.fromkeys(NAMES, ABSENT), "public")
    made = {kind for step in found.steps for kind in step.kinds}
    assert made == {*SLICES, *MAKERS, "EXTERNAL"}
