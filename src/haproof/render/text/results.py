"""The five sections of measured results."""

from haproof.core.figures import number, separated
from haproof.core.metrics import slice_metrics
from haproof.core.platform import platform_words
from haproof.core.report import Report
from haproof.core.topology import recorded_platform
from haproof.render.text.figure import Metrics, both, held, limit, said, series, trials, value
from haproof.render.text.page import Page

WIDTH = 34
"""The column of VAL13's values; the other sections, with shorter or longer labels, have their own."""

KILLS = (("SIGTERM graceful failover:", "sigterm"), ("SIGKILL unplanned failover:", "sigkill"))


COMPARED = (
    ("rows_acknowledged_early", "acknowledged early"),
    ("rows_refused_stored", "refused but stored"),
    ("rows_duplicated", "twice"),
    ("rows_unexpected", "unsent"),
)
"""VAL13's figures of the comparison at the end, and what each counts."""


def _opened(page: Page, report: Report, title: str, slice_id: str, metrics: Metrics | None) -> bool:
    """Print a section's title; without evidence, say so. True if there are figures to print."""
    page.title(title)
    if metrics is None:
        row = next(row for row in report.proof.slices if row.id == slice_id)
        page.line(f"no evidence ({row.detail})", 1)
    return metrics is not None


def failover(page: Page, report: Report) -> None:
    """VAL13."""
    words = platform_words(recorded_platform(report.slices, "VAL13"))
    m = report.proof.metrics["failover"]
    if not _opened(page, report, f"Failover Timeline (VAL13, {words.cluster})", "VAL13", m) or m is None:
        return
    for label, name in KILLS:
        page.labelled(label, WIDTH, held(m[f"{name}_failover_ms"], " ms"))
        if f"{name}_trials_ms" in m:
            page.labelled("  trials:", WIDTH, trials(m[f"{name}_trials_ms"]))
        if f"{name}_accepting_trials_ms" in m:
            page.labelled("  first accepted write:", WIDTH, trials(m[f"{name}_accepting_trials_ms"]))
        if f"{name}_takeover_trials_ms" in m:
            page.labelled("  new leader's own clock:", WIDTH, trials(m[f"{name}_takeover_trials_ms"]))
        elif f"{name}_takeover_ms" in m:
            page.labelled("  new leader's own clock:", WIDTH, value(m[f"{name}_takeover_ms"], " ms"))
    _lines(page, m, WIDTH, ("Takeover while nobody asks:", "unobserved_takeover_ms", " ms"))
    _rapid(page, m)
    page.labelled("Zero data loss across failover:", WIDTH, both(m["data_loss_rows"], m["rows_acknowledged"]))
    _rows(page, m)
    _hung_leader(page, m)
    interval = value(m["poll_interval_ms"], "ms")
    page.line(f"Method: SIGTERM/SIGKILL leader PID → poll follower holder_id every {interval}", 1)


def _rapid(page: Page, m: Metrics) -> None:
    """The rapid cycles, each."""
    metric = m["rapid_cycle_ms"]
    cycles = series(metric)
    if cycles is None:
        shown, count = "not measured", ""
    else:
        shown = ", ".join(
            "not measured" if c is None else f"{number(c, limit(metric))}ms" for c in cycles[:50]
        )
        shown += f", … ({len(cycles)} cycles)" if len(cycles) > 50 else ""
        count = f"{len(cycles)}x "
    page.labelled(
        f"Rapid {count}cycles:",
        WIDTH,
        f"{shown} [target: all <= {separated(limit(metric))} ms] {metric.status}",
    )


def _rows(page: Page, m: Metrics) -> None:
    """How many rows the claim of zero loss rests on, and what else happened to writes."""
    said = f"{value(m['data_loss_rows'])} lost of {value(m['rows_acknowledged'])} acknowledged"
    for name in ("rows_refused", "rows_unknown"):
        if name in m:
            said += f"; {value(m[name])} {name.removeprefix('rows_')}"
    page.labelled("  rows:", WIDTH, said)
    compared = [f"{value(m[name])} {word}" for name, word in COMPARED if name in m]
    if compared:
        page.labelled("  table against what was sent:", WIDTH, ", ".join(compared))
    if "answers_invalid" in m:
        page.labelled("  invalid answers of success:", WIDTH, held(m["answers_invalid"]))
    if "write_gap_ms" in m:
        page.labelled("  longest gap between writes:", WIDTH, value(m["write_gap_ms"], " ms"))


def _hung_leader(page: Page, m: Metrics) -> None:
    """The leader that hangs, and its late write."""
    if "hung_leader_failover_ms" in m:
        page.labelled("Hung leader (SIGSTOP) replaced:", WIDTH, held(m["hung_leader_failover_ms"], " ms"))
        if "lock_bound_ms" in m:
            page.labelled("  lock bound:", WIDTH, value(m["lock_bound_ms"], " ms"))
    if "stale_write_refused" in m:
        page.labelled("Stale leader's write refused:", WIDTH, held(m["stale_write_refused"]))
    _lines(
        page,
        m,
        WIDTH,
        ("Accepted by a node not leading:", "non_holder_accepted", ""),
        ("Epochs shown with two holders:", "epochs_shown_twice", ""),
    )


def _lines(page: Page, m: Metrics, width: int, *lines: tuple[str, str, str]) -> None:
    """A line with target and status for each of these figures that is given: label, name, unit."""
    for label, name, unit in lines:
        if name in m:
            page.labelled(label, width, held(m[name], unit))


def replication_lag(page: Page, report: Report) -> None:
    """VAL14."""
    words = platform_words(recorded_platform(report.slices, "VAL14"))
    m = report.proof.metrics["replication_lag"]
    title = f"Replication Lag Distribution (VAL14, {words.replication})"
    if not _opened(page, report, title, "VAL14", m) or m is None:
        return
    page.line("Measured write_lag (pg_stat_replication.write_lag):", 1)
    idle = f"{value(m['idle_p95_ms'], ' ms')} (baseline noise floor)"
    if "idle_null_samples" in m:
        of = f" of {value(m['idle_n'])}" if "idle_n" in m else ""
        idle += f" ({value(m['idle_null_samples'])}{of} samples: nothing in flight)"
    page.labelled("Idle p95:", 16, idle if m["idle_p95_ms"].status == "PASS" else f"{idle} FAIL", 2)
    _load(page, m, "Light load p95:", "light", "light_p95_ms", "")
    _load(page, m, "Heavy load p99:", "heavy", "heavy_p99_ms", _maximum(m, report))
    for label, name, note in (
        ("flush_lag p95:", "flush_p95_ms", ""),
        ("replay_lag p95:", "replay_p95_ms", ""),
        ("Visible p95:", "visible_p95_ms", " (from commit to seen by a reader on the standby)"),
    ):
        if name in m:
            page.labelled(label, 16, f"{value(m[name], ' ms')}{note}", 2)
    if "catch_up_ms" in m:
        page.line(f"Standby catch-up after its return: {held(m['catch_up_ms'], ' ms')}", 1)
    _thresholds(page, report)


def _maximum(m: Metrics, report: Report) -> str:
    """What a p99 of few values really is."""
    count = m["heavy_n"].value if "heavy_n" in m else None
    if count is None:
        lag = next(result for result in report.slices if result.id == "VAL14")
        samples = getattr(lag.source.record.metrics, "heavy_samples_ms", None)
        count = len(samples) if isinstance(samples, list) else None
    few = isinstance(count, int) and 0 < count < 100
    return f" (maximum of {count})" if few and m["heavy_p99_ms"].value is not None else ""


def _load(page: Page, m: Metrics, label: str, load: str, percentile: str, note: str) -> None:
    """One load: its percentile, its size, its drain."""
    rows, size = m[f"{load}_rows"], m[f"{load}_row_bytes"]
    drain = m[f"{load}_drain_ms"]
    size_words = " × ".join(
        f"{separated(part.value)} {unit}" if isinstance(part.value, int) else f"{unit} not measured"
        for part, unit in ((rows, "rows"), (size, "B"))
    )
    status = both(drain, rows)
    page.labelled(
        label,
        16,
        f"{value(m[percentile], ' ms')}{note} ({size_words}) drain={value(drain, ' ms')} "
        f"[target drain <= {separated(limit(drain))} ms] {status}",
        2,
    )


def _thresholds(page: Page, report: Report) -> None:
    """The derived thresholds, or why there are none."""
    derived = report.proof.thresholds
    page.line("Derived alerting thresholds (healthy = max(p95×3+1, 10)):", 1)
    if (
        derived is None
        or derived.healthy_ms is None
        or derived.degraded_ms is None
        or derived.alert_ms is None
    ):
        page.line("none: idle or light p95 not measured", 2)
        return
    degraded = number(derived.degraded_ms)
    page.labelled("Healthy:", 10, f"<= {number(derived.healthy_ms)} ms (lag expected within normal ops)", 2)
    page.labelled("Degraded:", 10, f"<= {degraded} ms (standby lagging; investigate)", 2)
    page.labelled("Alert:", 10, f"> {degraded} ms (alert threshold = {number(derived.alert_ms)} ms)", 2)
    page.line("Note: Thresholds are DERIVED from measured lab values, not workplan targets.", 2)
    page.line("Recalibrate against production observed_p95 before alerting deployment.", 5)


def backup_restore(page: Page, report: Report) -> None:
    """VAL15."""
    m = report.proof.metrics["backup_restore"]
    if not _opened(page, report, "Backup/Restore Results (VAL15)", "VAL15", m) or m is None:
        return
    width = 22
    page.labelled("Backup duration:", width, held(m["backup_ms"], " ms"))
    page.labelled("Restore duration:", width, held(m["restore_ms"], " ms"))
    checksum = both(m["checksum_cli"], m["checksum_file"])
    page.labelled("SHA-256 checksum:", width, f"{checksum} (CLI checksum == file hash)")
    restored = both(m["row_counts_match"], m["payload_match"])
    page.labelled("Restore correctness:", width, f"{restored} (row counts + payload spot-values)")
    if "archive_rows_match" in m:
        page.labelled(
            "Archive alone:", width, f"{m['archive_rows_match'].status} (restored apart by the lab)"
        )
    sizes = [
        f"{separated(size.value)} {word}"
        for name, word in (("rows", "rows"), ("backup_bytes", "bytes in the archive"))
        if name in m and isinstance((size := m[name]).value, int)
    ]
    if sizes:
        page.labelled("Size:", width, ", ".join(sizes))


def split_brain(page: Page, report: Report) -> None:
    """VAL16."""
    m = report.proof.metrics["split_brain"]
    if not _opened(page, report, "Split-Brain Results (VAL16)", "VAL16", m) or m is None:
        return
    width = 28
    page.labelled("Risk at baseline:", width, held(m["baseline_risk"]))
    page.labelled("Injected epoch divergence:", width, held(m["divergence_risk"]))
    page.labelled("Unclosed ghost epochs:", width, held(m["ghost_risk"]))
    page.labelled("After promote-leader:", width, held(m["recovered_risk"]))
    _lines(page, m, width, ("Epoch after recovery:", "epoch_after_recovery", ""))
    intact = both(m["user_data_intact"], m["user_rows_before"], m["user_rows_after"])
    counts = f"{value(m['user_rows_before'])} rows before, {value(m['user_rows_after'])} after"
    page.labelled("User data untouched:", width, f"{intact} ({counts})")
    for label, name in (("Detection:", "detection_ms"), ("Recovery:", "recovery_ms")):
        if name in m:
            page.labelled(label, width, value(m[name], " ms"))


def quorum_loss(page: Page, report: Report) -> None:
    """VAL17."""
    m = report.proof.metrics["quorum_loss"]
    if not _opened(page, report, "Quorum Loss Results (VAL17)", "VAL17", m) or m is None:
        return
    width = 42
    for label, name in (("Loss detection:", "loss_detection"), ("Recovery:", "recovery")):
        page.labelled(label, width, held(m[f"{name}_ms"], " ms"))
        if f"{name}_trials_ms" in m:
            page.labelled("  trials:", width, trials(m[f"{name}_trials_ms"]))
    page.labelled("write_block_active during loss:", width, held(m["write_block_active"]))
    page.labelled("can_accept_protected_writes during loss:", width, held(m["can_accept_protected_writes"]))
    if "protected_write_refused" in m:
        page.labelled("Protected write over HTTP refused:", width, held(m["protected_write_refused"]))
    _lines(
        page,
        m,
        width,
        ("Write block held until the start command:", "block_held", ""),
        ("Writes acknowledged during loss:", "writes_acknowledged_during_loss", ""),
        ("Acknowledged rows lost:", "rows_lost", ""),
    )
    if "loss_held_ms" in m:
        page.labelled("Longest outage:", width, value(m["loss_held_ms"], " ms"))
    page.labelled("Losses counted:", width, held(m["detected_loss_count"]))
    if "quorum_loss_reason" in m:
        page.labelled("Reason given:", width, value(m["quorum_loss_reason"]))


def beyond(page: Page, report: Report) -> None:
    """Each kind beyond the required ones that was found or not run: its figures, what its checks came to."""
    rows = {row.id: row for row in report.proof.beyond}
    for result in report.beyond:
        row = rows[result.id]
        page.title(f"{row.name} ({row.id})")
        if row.status == "MISSING":
            page.line(f"no evidence ({row.detail})", 1)
        figures = {name: said(metric) for name, metric in (slice_metrics(result) or {}).items()}
        width = max(map(len, figures), default=0) + 2
        for name, words in figures.items():
            page.labelled(f"{name}:", width, words)
        if row.status != "MISSING":
            failed = ", ".join(check.check.id for check in result.checks if not check.passed)
            page.line(
                f"Checks: {row.passed} of {row.total} passed{f'; failed: {failed}' if failed else ''}", 1
            )
