"""Laws of the comparison, for runs that nobody thought of."""

import copy
import html
import itertools
import math
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec import to_builtins

from builders import EvidenceSet, fail, full, judged, seed
from haproof.api import compare
from haproof.core.artifact import parse_artifact
from haproof.core.comparison import Comparison
from haproof.core.mann_whitney import p_value
from haproof.core.model import Proof
from haproof.core.report import Report
from haproof.kinds import HOUSE
from haproof.render import render as render_report
from haproof.render.diff import render
from haproof.render.visible import visible
from strategies import evidence_sets, hostile_text, milliseconds

settings.register_profile("diff", settings.get_profile("haproof"), max_examples=40)
settings.load_profile("diff")

TURNED = {"better": "worse", "worse": "better"}
TARGETS = {
    "VAL13": {"sigterm_failover_ms": 5000, "sigkill_failover_ms": 5000, "data_loss_rows": 0},
    "VAL14": {"light_drain_ms": 2000, "heavy_drain_ms": 5000},
    "VAL15": {"backup_ms": 30_000, "restore_ms": 60_000},
    "VAL17": {"loss_detection_ms": 30_000, "recovery_ms": 30_000},
}


def assessed(reports: EvidenceSet) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        return judged(Path(folder) / "run", reports)


def artifact(report: Report) -> Proof:
    return parse_artifact(render_report(report, "json"), HOUSE).proof


@st.composite
def pairs(draw: st.DrawFn) -> tuple[EvidenceSet, EvidenceSet]:
    """A run and another one made from it: slices gone or back, checks failed, figures and trials changed."""
    before = draw(evidence_sets())
    after = copy.deepcopy(before)
    for reports in (before, after):
        for slice_id, report in reports.items():
            if draw(st.integers(0, 3)) == 0:
                fail(report, f"{slice_id}-{draw(st.integers(1, 10)):02}", draw(hostile_text))
            for name in sorted(report["metrics"]):
                if draw(st.integers(0, 5)) == 0:
                    change(draw, report["metrics"], name)
            if draw(st.integers(0, 5)) == 0:
                report["environment"]["platform"] = draw(st.sampled_from(["docker", "kubernetes"]))
            if draw(st.integers(0, 5)) == 0:
                report["environment"]["database_version"] = draw(hostile_text)
        if reports and draw(st.integers(0, 4)) == 0:
            del reports[draw(st.sampled_from(sorted(reports)))]
    return before, after


def change(draw: st.DrawFn, metrics: dict[str, Any], name: str) -> None:
    if name.endswith("trials_ms"):
        metrics[name] = draw(st.lists(st.one_of(st.none(), milliseconds), max_size=12))
    elif name == "rapid_cycle_ms":
        metrics[name] = draw(st.lists(st.one_of(st.none(), milliseconds), min_size=3, max_size=8))
    elif name.endswith("_ms") and not isinstance(metrics[name], list):
        metrics[name] = draw(st.one_of(st.none(), milliseconds))
    elif name == "quorum_loss_reason":
        metrics[name] = draw(hostile_text)
    elif name == "data_loss_rows":
        metrics[name] = draw(st.integers(0, 3))


def mirrored(comparison: Comparison) -> dict[str, Any]:
    """The comparison read from its other end. Outcome and reasons follow from the rest, or name the sides."""
    tree: dict[str, Any] = to_builtins(comparison)
    tree.pop("outcome")
    for row in _rows(tree):
        for name in [name for name in row if name.endswith("before") or name == "margin_before_percent"]:
            other = name.replace("before", "after")
            row[name], row[other] = row[other], row[name]
        row["direction"] = TURNED.get(row.get("direction", ""), row.get("direction"))
        row.pop("reason", None)
        if row.get("drift_points") is not None:
            row["drift_points"] = -row["drift_points"] + 0.0
        row["given"] = {"before": "after", "after": "before"}.get(row.get("given", ""), row.get("given"))
    return tree


def unturned(comparison: Comparison) -> dict[str, Any]:
    tree: dict[str, Any] = to_builtins(comparison)
    tree.pop("outcome")
    for row in _rows(tree):
        row.pop("reason", None)
        row.setdefault("direction", None)
        row.setdefault("given", None)
    return tree


def _rows(tree: dict[str, Any]) -> list[dict[str, Any]]:
    lists = (
        "obstacles",
        "conditions",
        "levels",
        "requirements",
        "slices",
        "checks",
        "slice_checks",
        "figures",
    )
    return [
        tree,
        *(row for name in lists for row in tree[name]),
        *([tree["verdict"]] if tree["verdict"] else []),
    ]


@given(evidence_sets())
def test_a_run_does_not_differ_from_itself(reports: EvidenceSet) -> None:
    report = assessed(reports)
    sides: list[Report | Proof] = [report, artifact(report)]
    for before, after in itertools.product(sides, repeat=2):
        comparison = compare(before, after)
        assert comparison.changes == ()
        assert comparison.conditions == ()
        assert comparison.outcome == ("no regression" if reports else "not comparable")
        assert not reports or comparison.same_evidence


@given(pairs())
def test_the_comparison_reads_the_same_from_both_ends(pair: tuple[EvidenceSet, EvidenceSet]) -> None:
    before, after = assessed(pair[0]), assessed(pair[1])
    sides: list[tuple[Report | Proof, Report | Proof]] = [
        (before, after),
        (artifact(before), artifact(after)),
        (before, artifact(after)),
    ]
    for one, other in sides:
        assert mirrored(compare(one, other)) == unturned(compare(other, one))


@given(pairs())
def test_an_artifact_is_never_milder_than_its_evidence(pair: tuple[EvidenceSet, EvidenceSet]) -> None:
    before, after = map(assessed, pair)
    whole, short = compare(before, after), compare(artifact(before), artifact(after))
    assert short.obstacles == whole.obstacles
    assert short.figures == whole.figures
    if whole.outcome in ("regression", "cannot tell"):
        assert short.outcome in ("regression", "cannot tell")


@given(st.sampled_from([seed, full]), st.data())
def test_a_number_across_its_target_is_a_regression(made: Any, data: st.DataObject) -> None:
    before, after = made(), made()
    slice_id = data.draw(st.sampled_from(sorted(TARGETS)))
    name, limit = data.draw(st.sampled_from(sorted(TARGETS[slice_id].items())))
    beyond = st.integers(limit + 1, 10**6) if name == "data_loss_rows" else milliseconds
    value = data.draw(st.one_of(st.none(), beyond.filter(lambda value: value > limit)))
    after[slice_id]["metrics"][name] = value
    comparison = compare(assessed(before), assessed(after))
    assert comparison.outcome == "regression"
    assert next(change.direction for change in comparison.figures if change.name == name) == "worse"
    assert compare(artifact(assessed(before)), artifact(assessed(after))).outcome == "regression"


@given(evidence_sets(), st.data())
def test_a_check_that_fails_now_is_never_no_regression(reports: EvidenceSet, data: st.DataObject) -> None:
    assume(reports)
    before = assessed(reports)
    slice_id = data.draw(st.sampled_from(sorted(reports)))
    passing = [
        check.check.id for row in before.slices if row.id == slice_id for check in row.checks if check.passed
    ]
    assume(passing)
    after = copy.deepcopy(reports)
    fail(after[slice_id], data.draw(st.sampled_from(passing)), data.draw(hostile_text))
    worse = assessed(after)
    assert compare(before, worse).outcome == "regression"
    assert compare(artifact(before), artifact(worse)).outcome in ("regression", "cannot tell")


@given(evidence_sets(), st.data())
def test_a_slice_that_is_gone_is_never_no_regression(reports: EvidenceSet, data: st.DataObject) -> None:
    assume(reports)
    after = copy.deepcopy(reports)
    del after[data.draw(st.sampled_from(sorted(after)))]
    assert compare(assessed(reports), assessed(after)).outcome != "no regression"


@given(st.lists(st.integers(20, 60), min_size=5, max_size=12), st.integers(200, 4000))
def test_trials_that_are_all_slower_are_a_regression(trials: list[int], by: int) -> None:
    before, after = full(), full()
    for reports, shift in ((before, 0), (after, by)):
        reports["VAL13"]["metrics"]["sigkill_trials_ms"] = [trial + shift for trial in trials]
        reports["VAL13"]["metrics"]["sigkill_failover_ms"] = max(trials) + shift
    comparison = compare(assessed(before), assessed(after))
    assert comparison.outcome == "regression"
    (change,) = comparison.figures
    assert (change.name, change.direction, change.status_after) == ("sigkill_failover_ms", "worse", "PASS")


few = st.lists(st.one_of(st.none(), st.sampled_from([50, 60, 100, 110, 111, 400])), min_size=4, max_size=9)


@given(few, few, st.floats(0, 30))
def test_trials_read_the_same_from_both_ends(one: Any, other: Any, tolerance_percent: float) -> None:
    runs = []
    for trials in (one, other):
        reports = full()
        reports["VAL13"]["metrics"] |= {
            "sigkill_trials_ms": trials,
            "sigkill_takeover_trials_ms": trials,
            "sigkill_failover_ms": None if None in trials else max(trials),
        }
        runs.append(assessed(reports))
    there, back = (compare(*sides, tolerance_percent) for sides in ((runs[0], runs[1]), (runs[1], runs[0])))
    assert mirrored(there) == unturned(back)
    for change in there.figures:
        if change.direction == "better" and change.trials_before and change.trials_after:
            assert change.trials_after.not_measured <= change.trials_before.not_measured


@pytest.mark.parametrize(
    "text", ["a|b", "`", "``|``", "\\|", " | ", "|", "\\", "[x](y) <b> ![z](q) @a #1 ~~s~~", "\n\n# x"]
)
def test_no_value_leaves_its_cell(text: str) -> None:
    before, after = full(), full()
    after["VAL17"]["metrics"]["quorum_loss_reason"] = text
    document = render(compare(assessed(before), assessed(after)), "markdown").decode()
    tokens = MarkdownIt("commonmark").enable("table").parse(document)
    _assert_even_tables(tokens)
    assert visible(text) in html.unescape(document)
    inside = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inside} <= {
        "text",
        "code_inline",
        "html_inline",
        "strong_open",
        "strong_close",
    }


@given(pairs())
def test_no_string_of_the_evidence_is_interpreted(pair: tuple[EvidenceSet, EvidenceSet]) -> None:
    comparison = compare(assessed(pair[0]), assessed(pair[1]))
    text = render(comparison, "text").decode()
    assert all(character.isprintable() or character == "\n" or character >= "\xa0" for character in text)
    assert sum(line.startswith("Result: ") for line in text.splitlines()) == 1
    assert all(len(line) <= 100 for line in text.splitlines() if not line.startswith(("Before:", "After:")))
    reader = MarkdownIt("commonmark").enable("table")
    document = render(comparison, "markdown").decode().replace("*(empty)*", "")
    tokens = reader.parse(document)
    inside = [token for token in tokens for token in (token, *(token.children or ()))]
    assert {token.type for token in inside}.isdisjoint(
        ("html_block", "link_open", "image", "fence", "code_block", "em_open", "hr")
    )
    markup = {token.content for token in inside if token.type == "html_inline"}
    assert markup <= {"<code>", "</code>"}
    _assert_even_tables(tokens)


def _assert_even_tables(tokens: list[Any]) -> None:
    """Every row of a table has as many cells as its head: no string has opened or closed a cell."""
    cells, width = 0, 0
    for token in tokens:
        if token.type == "table_open":
            width = 0
        elif token.type == "tr_open":
            cells = 0
        elif token.type in ("th_open", "td_open"):
            cells += 1
        elif token.type == "tr_close":
            width = width or cells
            assert cells == width
    assert sum(token.type == "table_open" for token in tokens) >= 1


numbers = st.one_of(st.integers(0, 6), st.just(math.inf), st.floats(0, 10, allow_nan=False))


@given(st.lists(numbers, max_size=6), st.lists(numbers, max_size=6))
def test_the_rank_test_counts_what_it_says(before: list[float], after: list[float]) -> None:
    assert p_value(before, after) == pytest.approx(_counted(before, after), abs=1e-12)
    assert p_value(before, after) == p_value(after, before)


def _counted(before: list[float], after: list[float]) -> float:
    """Every split of the trials, one by one."""
    if not before or not after:
        return 1.0
    both = [*before, *after]
    ranks = [sum(x < v for x in both) + (sum(x == v for x in both) + 1) / 2 for v in both]
    expected = len(before) * (len(both) + 1) / 2
    seen = abs(sum(ranks[: len(before)]) - expected)
    splits = [sum(split) for split in itertools.combinations(ranks, len(before))]
    return sum(abs(total - expected) >= seen - 1e-9 for total in splits) / len(splits)
