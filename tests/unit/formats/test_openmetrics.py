"""OpenMetrics as the reference parser reads it; absence is a number, never a gap."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from builders import EvidenceSet, fail, full, judged, seed
from haproof.core.figures import cut
from haproof.core.report import Report
from haproof.kinds import HOUSE
from haproof.render import render
from haproof.render.openmetrics import escape, in_seconds
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
    systems = {dict(labels)["system"] for _, labels in samples}
    assert len(systems) == 1
    samples = {
        (name, frozenset(label for label in labels if label[0] != "system")): number
        for (name, labels), number in samples.items()
    }
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
    assert value(found, "threshold_seconds", threshold="alert") == 0.5
    one = {"slice": "VAL13", "metric": "sigterm_failover_ms"}
    assert value(found, "metric_seconds", **one, statistic="value") == 0.342
    assert value(found, "metric_target_seconds", **one, op="<=") == 5
    assert value(found, "metric_passed", **one) == 1
    trials = {"slice": "VAL13", "metric": "sigterm_trials_ms"}
    assert [
        value(found, "metric_seconds", **trials, statistic=name) for name in ("median", "worst", "count")
    ] == [0.1015, 0.342, 3]
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
    for kind in HOUSE.window:
        for name, metric in (report.proof.metrics[kind.stem] or {}).items():
            wanted.add((kind.id, name))
            if metric.target is not None:
                bounded.add((kind.id, name))
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
    assert value(found, "metric_seconds", **one, statistic="value") is None
    trials = {"slice": "VAL13", "metric": "sigkill_trials_ms"}
    assert value(found, "metric_measured", **trials) == 0
    assert value(found, "metric_seconds", **trials, statistic="worst") is None
    assert value(found, "metric_seconds", **trials, statistic="count") == 2
    assert not [key for key in found if ("slice", "VAL15") in key[1] and found[key] == 1]


def test_no_evidence_at_all(tmp_path: Path) -> None:
    found = read(judged(tmp_path, {}))
    assert value(found, "window_coherent") == 0
    assert value(found, "window_span_seconds") is None
    assert sum(value(found, "slice_found", slice=kind.id) or 0 for kind in HOUSE.window) == 0


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


def named(name: str) -> EvidenceSet:
    reports = full()
    for report in reports.values():
        report["environment"]["system"] = {"name": name, "version": "1"}
    return reports


def series(report: Report) -> set[str]:
    """Every series, as one line without its value."""
    lines = render(report, "openmetrics").decode().splitlines()
    return {line.rpartition(" ")[0] for line in lines if not line.startswith("#")}


def test_files_of_two_systems_can_lie_in_one_folder(tmp_path: Path) -> None:
    one, other = (series(judged(tmp_path / name, named(name))) for name in ("alpha", "beta"))
    assert len(one) == len(other) > 400
    assert not one & other
    assert all('{system="alpha"' in line for line in one)


def test_another_version_is_the_same_system(tmp_path: Path) -> None:
    newer = named("alpha")
    for report in newer.values():
        report["environment"]["system"]["version"] = "2"
    a, b = (judged(tmp_path / str(n), reports) for n, reports in enumerate((named("alpha"), newer)))
    assert len(series(a) ^ series(b)) == 2 * sum("_info{" in line for line in series(a) - series(b))


def test_a_system_that_is_not_recorded_says_so(tmp_path: Path) -> None:
    assert all('{system="not recorded"' in line for line in series(judged(tmp_path, seed())))


@given(st.just(0.0) | st.floats(1e-300, 1e7), st.integers(0, 10_000))
def test_seconds_keep_the_side_of_the_limit_and_every_digit(ms: float, limit: int) -> None:
    assert (in_seconds(ms) <= in_seconds(limit)) == (ms <= limit)
    assert in_seconds(ms) == pytest.approx(ms / 1000, rel=1e-15)


LINTED = re.compile(r"_(milli|micro|nano)seconds(_|$)|_(kilo|mega)?bytes?_|_(ms|us|ns|minutes|hours|days)$")


def test_names_carry_base_units(tmp_path: Path) -> None:
    text = render(judged(tmp_path, full()), "openmetrics").decode()
    families = re.findall(r"^# TYPE (\S+) gauge$", text, re.MULTILINE)
    assert [name for name in families if LINTED.search(name)] == []
    for name, base in re.findall(r"^# UNIT (\S+) (\S+)$", text, re.MULTILINE):
        assert name.endswith(f"_{base}")
    assert len(families) == len(set(families))


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_has_nothing_to_say(tmp_path: Path) -> None:
    for reports in (full(), seed(), attacked(ATTACKS[9]), {}):
        text = render(judged(tmp_path / str(len(str(reports))), reports), "openmetrics")
        run = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
        assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    assert render(judged(tmp_path, seed()), "openmetrics") == render(judged(tmp_path, seed()), "openmetrics")
