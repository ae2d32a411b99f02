"""OpenMetrics as the reference parser reads it; absence is a number, never a gap."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from builders import fail, full, judged, seed
from haproof.core.figures import cut
from haproof.core.model import Report
from haproof.core.slices import SLICES
from haproof.render import render
from haproof.render.openmetrics import escape
from haproof.render.visible import visible
from unit.formats.attack import ATTACKS, attacked, seen

Key = tuple[str, frozenset[tuple[str, str]]]


def read(report: Report) -> Mapping[Key, float]:
    text = render(report, "openmetrics").decode()
    samples = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in openmetrics(text)  # type: ignore[no-untyped-call]
        for sample in family.samples
    }
    older = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in prometheus(text)
        for sample in family.samples
    }
    assert samples == older
    assert all(line.count(" # ") == 0 for line in text.splitlines())
    return samples


def value(samples: Mapping[Key, float], name: str, **labels: str) -> float | None:
    return samples.get((f"haproof_{name}", frozenset(labels.items())))


def test_checks_levels_window_and_figures(tmp_path: Path) -> None:
    found = read(judged(tmp_path, full()))
    for n in range(1, 11):
        assert value(found, "check_passed", check=f"VAL26-{n:02}") == 1
    assert value(found, "ready", level="design_partner") == 1
    assert value(found, "ready", level="ga") == 0
    assert value(found, "requirement_state", level="ga", requirement="GA-1", state="NO EVIDENCE") == 1
    assert value(found, "requirement_state", level="ga", requirement="GA-1", state="MET") == 0
    assert value(found, "window_span_seconds") == 4800
    assert value(found, "window_limit_seconds") == 21_600
    assert value(found, "window_coherent") == 1
    assert value(found, "report_timestamp_seconds") == 1_774_267_200
    assert value(found, "evidence_timestamp_seconds", slice="VAL13") == 1_774_260_000
    assert value(found, "threshold_milliseconds", threshold="alert") == 500
    one = {"slice": "VAL13", "metric": "sigterm_failover_ms"}
    assert value(found, "metric_milliseconds", **one, statistic="value") == 342
    assert value(found, "metric_target_milliseconds", **one, op="<=") == 5000
    assert value(found, "metric_passed", **one) == 1
    trials = {"slice": "VAL13", "metric": "sigterm_trials_ms"}
    assert [
        value(found, "metric_milliseconds", **trials, statistic=name) for name in ("median", "worst", "count")
    ] == [101.5, 342, 3]
    assert value(found, "metric_flag", slice="VAL15", metric="payload_match", statistic="value") == 1
    assert (
        value(found, "metric_target_flag", slice="VAL17", metric="can_accept_protected_writes", op="=") == 0
    )
    assert value(found, "metric_text_info", slice="VAL16", metric="ghost_risk", value="possible") == 1
    assert value(found, "claim_trials", check="VAL13-03") == 3
    assert value(found, "claim_trials_wanted", check="VAL13-03", failure_probability="0.05") == 56
    assert value(found, "claim_trials_wanted", check="VAL13-03", failure_probability="0.01") == 296
    assert value(found, "claim_failure_probability_bound", check="VAL13-03") == pytest.approx(
        0.6316, abs=1e-4
    )


def test_every_figure_and_every_target_of_the_artifact_is_there(tmp_path: Path) -> None:
    report = judged(tmp_path, full())
    found = read(report)
    names = {
        (dict(labels)["slice"], dict(labels)["metric"])
        for name, labels in found
        if name == "haproof_metric_measured"
    }
    targets = {
        (dict(labels)["slice"], dict(labels)["metric"])
        for name, labels in found
        if name.startswith("haproof_metric_target_")
    }
    wanted, bounded = set(), set()
    for slice_ in SLICES:
        for name, metric in getattr(report.proof.metrics, slice_.stem).items():
            wanted.add((slice_.id, name))
            if metric.target is not None:
                bounded.add((slice_.id, name))
    assert names == wanted
    assert targets == bounded


def test_absence_is_zero_and_never_success(tmp_path: Path) -> None:
    reports = full()
    del reports["VAL15"]
    reports["VAL13"]["metrics"] |= {"sigkill_failover_ms": None, "sigkill_trials_ms": [56, None]}
    fail(reports["VAL13"], "VAL13-05")
    found = read(judged(tmp_path, reports))
    assert value(found, "slice_found", slice="VAL15") == 0
    assert value(found, "slice_passed", slice="VAL15") == 0
    for n in range(1, 11):
        assert value(found, "slice_check_passed", slice="VAL15", check=f"VAL15-{n:02}") == 0
    for name in ("backup_ms", "restore_ms", "checksum_cli", "row_counts_match"):
        assert value(found, "metric_measured", slice="VAL15", metric=name) == 0
    one = {"slice": "VAL13", "metric": "sigkill_failover_ms"}
    assert value(found, "metric_measured", **one) == 0
    assert value(found, "metric_passed", **one) == 0
    assert value(found, "metric_milliseconds", **one, statistic="value") is None
    trials = {"slice": "VAL13", "metric": "sigkill_trials_ms"}
    assert value(found, "metric_measured", **trials) == 0
    assert value(found, "metric_milliseconds", **trials, statistic="worst") is None
    assert value(found, "metric_milliseconds", **trials, statistic="count") == 2
    assert not [key for key in found if ("slice", "VAL15") in key[1] and found[key] == 1]


def test_no_evidence_at_all(tmp_path: Path) -> None:
    found = read(judged(tmp_path, {}))
    assert value(found, "window_coherent") == 0
    assert value(found, "window_span_seconds") is None
    assert sum(value(found, "slice_found", slice=slice_.id) or 0 for slice_ in SLICES) == 0


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_no_string_of_the_evidence_is_interpreted(attack: str, tmp_path: Path) -> None:
    found = read(judged(tmp_path, attacked(attack)))
    harmless = read(judged(tmp_path / "harmless", attacked("harmless")))
    assert [name for name, _ in found] == [name for name, _ in harmless]
    assert value(found, "ready", level="ga") == 0
    key = {"slice": "VAL17", "metric": "quorum_loss_reason"}
    assert (
        value(found, "metric_text_info", **key, value=seen(attack or "empty would be a contradiction")) == 1
    )


@given(st.text(max_size=60))
def test_any_label_value_comes_back(text: str) -> None:
    source = f'# TYPE a gauge\na{{b="{escape(cut(text))}"}} 1\n# EOF\n'
    (family,) = openmetrics(source)  # type: ignore[no-untyped-call]
    assert [sample.labels for sample in family.samples] == [{"b": visible(cut(text))}]


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    assert render(judged(tmp_path, seed()), "openmetrics") == render(judged(tmp_path, seed()), "openmetrics")
