"""A Grafana dashboard: the proof report's OpenMetrics file, and the live write_lag beside its thresholds.

Readiness comes from `haproof report --write openmetrics`, through the textfile collector of node_exporter or
a push gateway; the live lag from the query that lies beside this file. A series that is missing shows as
"no data" in red, never as an empty green panel.
"""

import json
from collections.abc import Sequence
from typing import Any

from haproof.calibration.rules import LAG, STANDBYS, Thresholds

DASHBOARD_FILE = "grafana-dashboard.json"
SCHEMA_VERSION = 39
"""Of Grafana 11; newer ones migrate it when it is imported."""

UID = "haproof-readiness"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
OF_SYSTEM = '{system=~"$system"}'
WIDTH = 24
DAY = 86_400
GREEN, YELLOW, ORANGE, RED = "green", "yellow", "orange", "red"
Panel = dict[str, Any]
Steps = Sequence[tuple[float, str]]


def dashboard(thresholds: Thresholds) -> str:
    """The dashboard's JSON; `thresholds` are drawn into the panel of the live lag."""
    tree = {
        "uid": UID,
        "title": "HA readiness (haproof)",
        "description": "Readiness levels, checks and figures of the newest proof report; live write_lag.",
        "tags": ["haproof", "postgresql", "high-availability"],
        "editable": True,
        "schemaVersion": SCHEMA_VERSION,
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": _variables()},
        "annotations": {"list": []},
        "panels": _placed(_panels(thresholds)),
    }
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"


def _variables() -> list[dict[str, Any]]:
    return [
        {"name": "datasource", "type": "datasource", "label": "Data source", "query": "prometheus"},
        {
            "name": "system",
            "type": "query",
            "label": "System under test",
            "datasource": SOURCE,
            "query": "label_values(haproof_ready, system)",
            "refresh": 2,
            "includeAll": True,
            "multi": True,
        },
    ]


def _panels(thresholds: Thresholds) -> Sequence[Panel]:
    """Readiness first, then the live lag, then the figures of the report."""
    good: Steps = ((0, RED), (1, GREEN))
    plain: Steps = ((0, GREEN),)
    age = f"time() - haproof_report_timestamp_seconds{OF_SYSTEM}"
    ages: Steps = ((0, GREEN), (30 * DAY, YELLOW), (90 * DAY, RED))
    met = 'sum by (level) (haproof_requirement_state{system=~"$system", state="MET"})'
    live = f"max by (instance, application_name) ({LAG})"
    limits: Steps = (
        (0, GREEN),
        (thresholds.healthy_ms / 1000, YELLOW),
        (thresholds.degraded_ms / 1000, ORANGE),
        (thresholds.alert_ms / 1000, RED),
    )
    return (
        _stat("Readiness", f"haproof_ready{OF_SYSTEM}", "{{level}}", 8, good, ("no", "yes")),
        _stat("Checks", f"haproof_check_passed{OF_SYSTEM}", "{{check}}", 10, good, ("FAIL", "PASS")),
        _stat("Age of the report", age, "{{system}}", 6, ages, unit="s"),
        _stat("Evidence", f"haproof_slice_passed{OF_SYSTEM}", "{{slice}}", 8, good, ("not PASS", "PASS")),
        _stat("Requirements met", met, "{{level}}", 10, plain),
        _stat(
            "Contradictions", f"haproof_contradictions{OF_SYSTEM}", "{{system}}", 6, ((0, GREEN), (1, RED))
        ),
        _times("write_lag, live", live, "{{instance}} {{application_name}}", limits),
        _stat("Standbys, live", f"min by (instance) ({STANDBYS})", "{{instance}}", 12, good),
        _times("Times of the report", f"haproof_metric_seconds{OF_SYSTEM}", "{{slice}} {{metric}}", plain),
        _times("Thresholds of the report", f"haproof_threshold_seconds{OF_SYSTEM}", "{{threshold}}", plain),
    )


def _stat(
    title: str,
    expression: str,
    legend: str,
    width: int,
    steps: Steps,
    words: tuple[str, str] | None = None,
    unit: str = "none",
) -> Panel:
    """Newest values; `words` stand for 0 and 1."""
    panel = _panel("stat", title, expression, legend, width, steps, unit)
    if words is not None:
        options = {str(number): {"text": text, "index": number} for number, text in enumerate(words)}
        panel["fieldConfig"]["defaults"]["mappings"] = [{"type": "value", "options": options}]
    return panel


def _times(title: str, expression: str, legend: str, steps: Steps) -> Panel:
    """Seconds over time; more steps than one are drawn as limits."""
    panel = _panel("timeseries", title, expression, legend, 12, steps, "s")
    if len(steps) > 1:
        panel["fieldConfig"]["defaults"]["custom"] = {"thresholdsStyle": {"mode": "line"}}
    return panel


def _panel(kind: str, title: str, expression: str, legend: str, width: int, steps: Steps, unit: str) -> Panel:
    """One panel of one query. The first step counts from below, whatever its value."""
    defaults = {
        "unit": unit,
        "noValue": "no data",
        "thresholds": {
            "mode": "absolute",
            "steps": [{"value": value, "color": colour} for value, colour in steps],
        },
        "color": {"mode": "palette-classic" if kind == "timeseries" else "thresholds"},
    }
    return {
        "type": kind,
        "title": title,
        "datasource": SOURCE,
        "targets": [{"refId": "A", "expr": expression, "legendFormat": legend, "datasource": SOURCE}],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {},
        "gridPos": {"w": width, "h": 8},
    }


def _placed(panels: Sequence[Panel]) -> list[Panel]:
    """The panels in rows from left to right, numbered."""
    x = y = 0
    placed = []
    for number, panel in enumerate(panels, 1):
        place = panel["gridPos"]
        if x + place["w"] > WIDTH:
            x, y = 0, y + place["h"]
        placed.append(panel | {"id": number, "gridPos": place | {"x": x, "y": y}})
        x += place["w"]
    return placed
