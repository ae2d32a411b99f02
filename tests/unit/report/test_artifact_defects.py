"""What no report can be: refused by the published schema, and by the reader of artifacts."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_defects import DIGEST, INCOHERENT, OF_BROKEN, OF_READY, READER_ONLY, Tree, changed, put, take
from builders import NOON, EvidenceSet, fail, full, judged, seed, write
from haproof.api import assess, read_evidence
from haproof.core.artifact import parse_artifact
from haproof.core.model import Options
from haproof.core.parse import Mismatch
from haproof.core.record import LARGEST
from haproof.kinds import HOUSE
from haproof.render import render
from haproof.schema import schema
from strategies import evidence_sets

VALIDATOR = jsonschema.Draft202012Validator(schema("proof", HOUSE))


def not_ready() -> EvidenceSet:
    """A contradiction, a failure, a slice that is missing."""
    reports = full()
    reports["VAL13"]["metrics"]["data_loss_rows"] = 2
    fail(reports["VAL15"], "VAL15-06")
    del reports["VAL17"]
    return reports


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return json.loads(render(judged(tmp_path_factory.mktemp("ready"), full()), "json"))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return json.loads(render(judged(tmp_path_factory.mktemp("broken"), not_ready()), "json"))


def refused_by_the_reader(tree: Tree) -> bool:
    try:
        parse_artifact(json.dumps(tree).encode(), HOUSE)
    except Mismatch:
        return True
    return False


def test_the_artifacts_that_the_defects_are_made_of_are_sound(ready: Tree, broken: Tree) -> None:
    for tree in (ready, broken):
        VALIDATOR.validate(tree)
        assert not refused_by_the_reader(tree)
    assert len(OF_READY) + len(OF_BROKEN) >= 53


@pytest.mark.parametrize("name", OF_READY)
def test_no_ready_report_can_be(name: str, ready: Tree) -> None:
    tree = changed(ready, OF_READY[name])
    assert not VALIDATOR.is_valid(tree)
    assert refused_by_the_reader(tree)


@pytest.mark.parametrize("name", OF_BROKEN)
def test_no_report_that_is_not_ready_can_be(name: str, broken: Tree) -> None:
    tree = changed(broken, OF_BROKEN[name])
    assert not VALIDATOR.is_valid(tree)
    assert refused_by_the_reader(tree)


def numbers(reports: EvidenceSet) -> list[tuple[str, str]]:
    """Slice and name of every figure that is a number."""
    return [
        (slice_id, name)
        for slice_id, report in reports.items()
        for name, value in report["metrics"].items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


@pytest.mark.parametrize("largest", [LARGEST, float(LARGEST), LARGEST / 3])
@pytest.mark.parametrize(("slice_id", "name"), numbers(full()))
def test_what_the_largest_figure_gives_is_read_again(
    slice_id: str, name: str, largest: float, tmp_path: Path
) -> None:
    reports = full()
    reports[slice_id]["metrics"][name] = largest
    tree = json.loads(render(judged(tmp_path, reports), "json"))
    VALIDATOR.validate(tree)
    assert not refused_by_the_reader(tree)


@pytest.mark.parametrize("name", INCOHERENT)
def test_no_incoherent_report_can_be(name: str, tmp_path: Path) -> None:
    report = assess(read_evidence(str(write(tmp_path, full()))), NOON, Options(max_age_seconds=1))
    tree = json.loads(render(report, "json"))
    VALIDATOR.validate(tree)
    assert (tree["risks"][8]["id"], tree["reasons"][0]["id"]) == ("RUN-WINDOW", "RUN-WINDOW")
    broken = changed(tree, INCOHERENT[name])
    assert not VALIDATOR.is_valid(broken)
    assert refused_by_the_reader(broken)


@pytest.mark.parametrize("name", READER_ONLY)
def test_what_takes_arithmetic_is_refused_by_the_reader(name: str, ready: Tree) -> None:
    assert refused_by_the_reader(changed(ready, READER_ONLY[name]))


def test_what_takes_every_check_is_refused_by_the_reader(broken: Tree) -> None:
    assert broken["reasons"][1]["id"] == "VAL15-06"
    assert refused_by_the_reader(changed(broken, take("reasons.1")))
    assert refused_by_the_reader(changed(broken, put("contradictions.0.check", "VAL13-05")))


@settings(deadline=None, max_examples=20)
@given(evidence_sets(), st.sampled_from([None, 1, 10**6]))
def test_every_artifact_that_is_written_is_sound(
    tmp_path_factory: pytest.TempPathFactory, reports: EvidenceSet, max_age: int | None
) -> None:
    folder = write(tmp_path_factory.mktemp("written"), reports)
    report = assess(read_evidence(str(folder)), NOON, Options(max_age_seconds=max_age))
    content = render(report, "json")
    VALIDATOR.validate(json.loads(content))
    assert (
        parse_artifact(content, HOUSE).proof
        == parse_artifact(json.dumps(json.loads(content)).encode(), HOUSE).proof
    )
    assert bool(report.reasons) != report.ready


WORDS = st.sampled_from(["PASS", "FAIL", "MISSING", "MET", "", "x", "VAL13", "VAL26-01", "ms", DIGEST])
OTHER = st.one_of(st.none(), st.booleans(), st.integers(-1, 11), WORDS, st.just([]), st.just({}))


def places(tree: Tree, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a tree, as the way to it."""
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = [place for step, part in steps for place in places(part, (*way, step))]
    return [way, *found] if way else found


@settings(deadline=None, max_examples=80)
@given(st.booleans(), st.integers(0, 10**6), st.sampled_from(["put", "take", "double"]), OTHER)
def test_whatever_the_reader_takes_the_schema_takes(
    ready: Tree, broken: Tree, whole: bool, at: int, action: str, other: Any
) -> None:
    tree = copy.deepcopy(ready if whole else broken)
    found = places(tree)
    *way, last = found[at % len(found)]
    owner = tree
    for step in way:
        owner = owner[step]
    if action == "put":
        owner[last] = copy.deepcopy(other)
    elif action == "take" or isinstance(owner, dict):
        del owner[last]
    else:
        owner.append(copy.deepcopy(owner[last]))
    if not refused_by_the_reader(tree):
        assert VALIDATOR.is_valid(tree), (way, last, action)


def test_no_figure_passes_that_was_not_measured(broken: Tree) -> None:
    tree = copy.deepcopy(broken)
    figures = [one for group in tree["metrics"].values() if group for one in group.values()]
    passed = [one for one in figures if one["status"] == "PASS"]
    assert any(one["target"] is None for one in passed), "one that only has to be measured"
    assert any(isinstance(one["value"], list) for one in passed)
    for figure in passed:
        value = figure["value"]
        hollow = [[], [*value, None]] if isinstance(value, list) else []
        for nothing in (None, *hollow):
            figure["value"] = nothing
            assert not VALIDATOR.is_valid(tree)
            assert refused_by_the_reader(tree)
        figure["value"] = value


@pytest.mark.parametrize("made", [seed, full, not_ready, dict])
def test_a_figure_is_not_sound_under_another_slice(made: Callable[[], EvidenceSet], tmp_path: Path) -> None:
    tree = json.loads(render(judged(tmp_path, made()), "json"))
    VALIDATOR.validate(tree)
    groups = [group for group in tree["metrics"].values() if group]
    for one in groups:
        for other in groups:
            for name in one.keys() - other.keys():
                other[name] = one[name]
                assert not VALIDATOR.is_valid(tree)
                assert refused_by_the_reader(tree)
                del other[name]
                break
