"""How VAL14 is shown: its lines of the text report, its charts, its thresholds."""

from haproof.core.figures import number, separated
from haproof.core.model import SliceResult
from haproof.core.platform import Platform
from haproof.core.report import Report
from haproof.render.document.plain.figures import Metrics, both, held, limit, value
from haproof.render.document.plain.lines import Labelled, Line, Lines
from haproof.render.views import View, late


def heading(words: Platform) -> str:
    """The title of its section."""
    return f"Replication Lag Distribution (VAL14, {words.replication})"


def lines(report: Report, result: SliceResult, m: Metrics) -> Lines:
    """Its figures in the text report."""
    yield Line("Measured write_lag (pg_stat_replication.write_lag):", 1)
    idle = f"{value(m['idle_p95_ms'], ' ms')} (baseline noise floor)"
    if "idle_null_samples" in m:
        of = f" of {value(m['idle_n'])}" if "idle_n" in m else ""
        idle += f" ({value(m['idle_null_samples'])}{of} samples: nothing in flight)"
    yield Labelled("Idle p95:", 16, idle if m["idle_p95_ms"].status == "PASS" else f"{idle} FAIL", 2)
    yield from _load(m, "Light load p95:", "light", "light_p95_ms", "")
    yield from _load(m, "Heavy load p99:", "heavy", "heavy_p99_ms", _maximum(m, result))
    for label, name, note in (
        ("flush_lag p95:", "flush_p95_ms", ""),
        ("replay_lag p95:", "replay_p95_ms", ""),
        ("Visible p95:", "visible_p95_ms", " (from commit to seen by a reader on the standby)"),
    ):
        if name in m:
            yield Labelled(label, 16, f"{value(m[name], ' ms')}{note}", 2)
    if "catch_up_ms" in m:
        yield Line(f"Standby catch-up after its return: {held(m['catch_up_ms'], ' ms')}", 1)
    yield from _thresholds(report)


def _maximum(m: Metrics, result: SliceResult) -> str:
    """What a p99 of few values really is."""
    count = m["heavy_n"].value if "heavy_n" in m else None
    if count is None:
        samples = getattr(result.source.record.metrics, "heavy_samples_ms", None)
        count = len(samples) if isinstance(samples, list) else None
    few = isinstance(count, int) and 0 < count < 100
    return f" (maximum of {count})" if few and m["heavy_p99_ms"].value is not None else ""


def _load(m: Metrics, label: str, load: str, percentile: str, note: str) -> Lines:
    """One load: its percentile, its size, its drain."""
    rows, size = m[f"{load}_rows"], m[f"{load}_row_bytes"]
    drain = m[f"{load}_drain_ms"]
    size_words = " × ".join(
        f"{separated(part.value)} {unit}" if isinstance(part.value, int) else f"{unit} not measured"
        for part, unit in ((rows, "rows"), (size, "B"))
    )
    status = both(drain, rows)
    yield Labelled(
        label,
        16,
        f"{value(m[percentile], ' ms')}{note} ({size_words}) drain={value(drain, ' ms')} "
        f"[target drain <= {separated(limit(drain))} ms] {status}",
        2,
    )


def _thresholds(report: Report) -> Lines:
    """The derived thresholds, or why there are none."""
    derived = report.proof.thresholds
    yield Line("Derived alerting thresholds (healthy = max(p95×3+1, 10)):", 1)
    if derived is None:
        yield Line("none: idle or light p95 not measured", 2)
        return
    degraded = number(derived.degraded_ms)
    yield Labelled("Healthy:", 10, f"<= {number(derived.healthy_ms)} ms (lag expected within normal ops)", 2)
    yield Labelled("Degraded:", 10, f"<= {degraded} ms (standby lagging; investigate)", 2)
    yield Labelled("Alert:", 10, f"> {degraded} ms (alert threshold = {number(derived.alert_ms)} ms)", 2)
    yield Line("Note: Thresholds are DERIVED from measured lab values, not workplan targets.", 2)
    yield Line("Recalibrate against production observed_p95 before alerting deployment.", 5)


def thresholds_note(report: Report) -> str:
    """The seed's own warning on derived thresholds."""
    if report.proof.thresholds is None:
        return "No thresholds: idle or light p95 was not measured."
    return (
        "Thresholds are derived from measured lab values (healthy = max(p95 × 3 + 1, 10)); they are not "
        "workplan targets. Recalibrate against production write_lag before alerting on them."
    )


CHARTS = "haproof.kinds.replication_lag.charts"

VIEW = View(
    title="Replication lag",
    proves="write_lag distribution; derived healthy, degraded and alert thresholds",
    heading=heading,
    lines=lines,
    drawn=(
        late(CHARTS, "lag_distribution"),
        late(CHARTS, "drains"),
    ),
    note=thresholds_note,
    replicates=True,
)
