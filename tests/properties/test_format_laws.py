"""Laws of every format, for evidence that nobody thought of: the same bytes, and nothing interpreted."""

import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics

from builders import EvidenceSet, judged
from haproof.core.report import Report
from haproof.core.strength import strength
from haproof.render import FORMATS, render
from haproof.render.document.wording import signs
from haproof.render.visible import visible
from haproof.render.writers.markdown import LIMIT_BYTES
from strategies import evidence_sets, hostile_text
from unit.formats.attack import attacked
from unit.formats.test_markdown import OURS, page, shape

few = settings(max_examples=6, deadline=None)
some = settings(max_examples=25, deadline=None)


def assessed(reports: EvidenceSet) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        return judged(Path(folder) / "run", reports)


@pytest.mark.parametrize("form", FORMATS)
@few
@given(reports=evidence_sets())
def test_the_same_report_the_same_bytes(form: str, reports: EvidenceSet) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, second = (judged(Path(folder), reports) for _ in range(2))
    assert render(first, form) == render(second, form)


@pytest.mark.parametrize("form", FORMATS)
@few
@given(text=hostile_text)
def test_every_format_can_be_made_of_any_strings(form: str, text: str) -> None:
    assert render(assessed(attacked(text)), form)


@some
@given(evidence_sets())
def test_markdown_holds_every_check_and_only_our_elements(reports: EvidenceSet) -> None:
    report = assessed(reports)
    read = page(report)
    assert {name for name, _ in read.tags} <= OURS
    claims = [[row.id, signs(row.description), signs(row.criterion)] for row in report.proof.checks]
    assert [[row[0], *row[2:4]] for row in read.rows if row[0].startswith("VAL26-")] == claims
    assert len(render(report, "markdown")) <= LIMIT_BYTES


@some
@given(hostile_text)
def test_markdown_has_one_shape_whatever_the_strings(text: str) -> None:
    assert shape(page(assessed(attacked(text)))) == shape(page(assessed(attacked("harmless"))))


@some
@given(evidence_sets())
def test_junit_counts_what_the_report_says(reports: EvidenceSet) -> None:
    report = assessed(reports)
    root = ElementTree.fromstring(render(report, "junit"))
    passed = [case for case in root.iter("testcase") if case.find("system-out") is not None]
    assert len(list(root.iter("testcase"))) == 60
    assert len(passed) == report.proof.summary.passed + sum(row.passed or 0 for row in report.proof.slices)
    missing = sum(row.status == "MISSING" for row in report.proof.slices)
    assert sum(error.attrib["type"] == "MISSING" for error in root.iter("error")) == 10 * missing
    no = any(failure.attrib["type"] == "not ready" for failure in root.iter("failure"))
    assert no == report.says_no
    assert list(root.iter("skipped")) == []


@some
@given(evidence_sets())
def test_openmetrics_says_what_the_report_says(reports: EvidenceSet) -> None:
    report = assessed(reports)
    samples = [
        sample
        for family in openmetrics(render(report, "openmetrics").decode())  # type: ignore[no-untyped-call]
        for sample in family.samples
    ]
    ready = {s.labels["level"]: s.value for s in samples if s.name == "haproof_ready"}
    assert ready == {"design_partner": report.ready, "ga": 0, "public_production": 0}
    checks = {s.labels["check"]: s.value for s in samples if s.name == "haproof_check_passed"}
    assert checks == {row.id: row.status == "PASS" for row in report.proof.checks}
    found = {s.labels["slice"]: s.value for s in samples if s.name == "haproof_slice_found"}
    assert found == {row.id: row.status != "MISSING" for row in report.proof.slices}
    assert len({(s.name, *sorted(s.labels.items())) for s in samples}) == len(samples)


@some
@given(evidence_sets())
def test_no_bound_is_claimed_for_what_does_not_hold(reports: EvidenceSet) -> None:
    report = assessed(reports)
    entries = {entry.check: entry for entry in strength(report.slices)}
    checks = {check.check.id: check for result in report.slices for check in result.checks}
    assert set(entries) <= set(checks)
    for name, entry in entries.items():
        assert visible(entry.sentence) == entry.sentence
        if not checks[name].passed and entry.clean == entry.trials:
            assert entry.fails_below is None
        if entry.more:
            assert checks[name].passed or entry.clean is None


@given(st.integers(1, 400))
def test_more_clean_trials_never_weaken_a_claim(n: int) -> None:
    from haproof.core.bounds import failure_bound

    assert failure_bound(n + 1, 0) < failure_bound(n, 0)
