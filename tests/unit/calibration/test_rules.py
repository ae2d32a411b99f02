"""Prometheus rules, the query that exports write_lag, and the dashboard, as others read them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from builders import full, judged
from haproof.calibration.dashboard import dashboard
from haproof.calibration.rules import (
    LAG,
    QUERIES_FILE,
    RULES_FILE,
    RULES_TEST_FILE,
    STANDBYS,
    Thresholds,
    queries,
    rules,
    rules_test,
)
from haproof.core.thresholds import derived
from haproof.render.openmetrics import render

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "tests" / "schemas" / "grafana-dashboard.jsonschema.json"
"""Grafana 11.6's own, from grafana-foundation-sdk (Apache-2.0)."""

PROMTOOL = shutil.which("promtool") or str(ROOT / ".cache" / "promtool" / "promtool")
P95 = st.floats(0, 1e6)


def thresholds(p95_ms: float = 12.3456) -> Thresholds:
    found = derived(p95_ms)
    assert found is not None
    return Thresholds(found.healthy_ms, found.degraded_ms, found.alert_ms, f"p95 {p95_ms:g} ms")


def alerts(of: Thresholds) -> dict[str, Any]:
    groups = yaml.safe_load(rules(of))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


@given(P95)
def test_limits_are_the_thresholds_in_seconds(p95_ms: float) -> None:
    of = thresholds(p95_ms)
    found = alerts(of)
    for name, limit_ms in (("Degraded", of.healthy_ms), ("High", of.degraded_ms), ("Alert", of.alert_ms)):
        expression = found[f"PostgreSQLReplicationLag{name}"]["expr"]
        assert float(expression.rpartition("> ")[2]) == pytest.approx(limit_ms / 1000, abs=1e-9)
        assert "e" not in expression.rpartition("> ")[2]


def test_every_alert_says_how_grave_it_is_and_what_it_means() -> None:
    for name, rule in alerts(thresholds()).items():
        assert rule["labels"]["severity"] in ("warning", "critical"), name
        assert set(rule["annotations"]) == {"summary", "description"}, name
        assert re.fullmatch(r"\d+m", rule["for"]), name


def test_what_the_rules_ask_for_is_what_the_query_exports() -> None:
    exported = {
        f"{query}_{name}"
        for query, one in yaml.safe_load(queries()).items()
        for entry in one["metrics"]
        for name, about in entry.items()
        if about["usage"] != "LABEL"
    }
    assert exported == {LAG, STANDBYS}
    asked = set(re.findall(r"\bpg_\w+", " ".join(rule["expr"] for rule in alerts(thresholds()).values())))
    assert asked == exported


@pytest.fixture
def promtool() -> str:
    if not Path(PROMTOOL).is_file():
        pytest.skip("no promtool: run bash scripts/setup-promtool.sh")
    return PROMTOOL


def checked(promtool: str, folder: Path, of: Thresholds, text: str | None = None) -> "list[int]":
    (folder / RULES_FILE).write_text(text or rules(of))
    (folder / RULES_TEST_FILE).write_text(rules_test(of))
    (folder / QUERIES_FILE).write_text(queries())
    return [
        subprocess.run([promtool, *verb], cwd=folder, capture_output=True, check=False).returncode
        for verb in (["check", "rules", RULES_FILE], ["test", "rules", RULES_TEST_FILE])
    ]


@pytest.mark.parametrize("p95_ms", [0.0, 12.3456, 98_765.4321])
def test_promtool_proves_the_rules(promtool: str, tmp_path: Path, p95_ms: float) -> None:
    assert checked(promtool, tmp_path, thresholds(p95_ms)) == [0, 0]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (f"expr: {STANDBYS} == 0", f"expr: {STANDBYS} < 0"),
        (f"expr: absent({STANDBYS})", f"expr: absent({LAG})"),
        (f"unless on (instance) {LAG}", f"unless on (instance) {STANDBYS}"),
        ("> 0.0380368", "> 0.0480368"),
        ("> 0.380368", "> 0.580368"),
        ("> 1.90184", "> 2.90184"),
        ("> bool 0.0380368", ">= bool 0.0380368"),
        ("> bool 0.380368", "> bool 1.90184"),
    ],
)
def test_promtool_finds_a_wrong_rule(promtool: str, tmp_path: Path, right: str, wrong: str) -> None:
    of = thresholds()
    text = rules(of)
    assert right in text
    assert checked(promtool, tmp_path, of, text.replace(right, wrong)) == [0, 1]


@pytest.mark.parametrize("p95_ms", [0.0, 12.3456, 98_765.4321])
def test_the_dashboard_is_one_by_grafanas_own_schema(p95_ms: float) -> None:
    schema = json.loads(SCHEMA.read_bytes())
    jsonschema.validators.validator_for(schema)(schema).validate(json.loads(dashboard(thresholds(p95_ms))))


def test_the_dashboard_asks_for_what_the_report_writes(tmp_path: Path) -> None:
    """Every series of ours that it asks for is a family of the OpenMetrics file."""
    families = render(judged(tmp_path, full())).decode()
    written = set(re.findall(r"^# TYPE (\w+) gauge$", families, re.MULTILINE))
    asked = set(re.findall(r"\bhaproof_\w+", dashboard(thresholds())))
    assert asked
    assert asked <= written


def test_panels_neither_overlap_nor_leave_the_grid() -> None:
    cells: set[tuple[int, int]] = set()
    for panel in json.loads(dashboard(thresholds()))["panels"]:
        place = panel["gridPos"]
        own = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & own
        assert max(x for x, _ in own) < 24
        cells |= own
