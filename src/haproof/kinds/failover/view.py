"""How VAL13 is shown: its lines of the text report, its chart."""

from haproof.core.figures import number, separated
from haproof.core.model import SliceResult
from haproof.core.platform import Platform
from haproof.core.report import Report
from haproof.render.document.plain.figures import Metrics, both, each_held, held, limit, series, trials, value
from haproof.render.document.plain.lines import Labelled, Line, Lines
from haproof.render.views import View, late

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


def heading(words: Platform) -> str:
    """The title of its section."""
    return f"Failover Timeline (VAL13, {words.cluster})"


def lines(report: Report, result: SliceResult, m: Metrics) -> Lines:
    """Its figures in the text report."""
    for label, name in KILLS:
        yield Labelled(label, WIDTH, held(m[f"{name}_failover_ms"], " ms"))
        if f"{name}_trials_ms" in m:
            yield Labelled("  trials:", WIDTH, trials(m[f"{name}_trials_ms"]))
        if f"{name}_accepting_trials_ms" in m:
            yield Labelled("  first accepted write:", WIDTH, trials(m[f"{name}_accepting_trials_ms"]))
        if f"{name}_takeover_trials_ms" in m:
            yield Labelled("  new leader's own clock:", WIDTH, trials(m[f"{name}_takeover_trials_ms"]))
        elif f"{name}_takeover_ms" in m:
            yield Labelled("  new leader's own clock:", WIDTH, value(m[f"{name}_takeover_ms"], " ms"))
    yield from each_held(m, WIDTH, ("Takeover while nobody asks:", "unobserved_takeover_ms", " ms"))
    yield from _rapid(m)
    yield Labelled(
        "Zero data loss across failover:", WIDTH, both(m["data_loss_rows"], m["rows_acknowledged"])
    )
    yield from _rows(m)
    yield from _hung_leader(m)
    interval = value(m["poll_interval_ms"], "ms")
    yield Line(f"Method: SIGTERM/SIGKILL leader PID → poll follower holder_id every {interval}", 1)


def _rapid(m: Metrics) -> Lines:
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
    yield Labelled(
        f"Rapid {count}cycles:",
        WIDTH,
        f"{shown} [target: all <= {separated(limit(metric))} ms] {metric.status}",
    )


def _rows(m: Metrics) -> Lines:
    """How many rows the claim of zero loss rests on, and what else happened to writes."""
    said = f"{value(m['data_loss_rows'])} lost of {value(m['rows_acknowledged'])} acknowledged"
    for name in ("rows_refused", "rows_unknown"):
        if name in m:
            said += f"; {value(m[name])} {name.removeprefix('rows_')}"
    yield Labelled("  rows:", WIDTH, said)
    compared = [f"{value(m[name])} {word}" for name, word in COMPARED if name in m]
    if compared:
        yield Labelled("  table against what was sent:", WIDTH, ", ".join(compared))
    if "answers_invalid" in m:
        yield Labelled("  invalid answers of success:", WIDTH, held(m["answers_invalid"]))
    if "write_gap_ms" in m:
        yield Labelled("  longest gap between writes:", WIDTH, value(m["write_gap_ms"], " ms"))


def _hung_leader(m: Metrics) -> Lines:
    """The leader that hangs, and its late write."""
    if "hung_leader_failover_ms" in m:
        yield Labelled("Hung leader (SIGSTOP) replaced:", WIDTH, held(m["hung_leader_failover_ms"], " ms"))
        if "lock_bound_ms" in m:
            yield Labelled("  lock bound:", WIDTH, value(m["lock_bound_ms"], " ms"))
    if "stale_write_refused" in m:
        yield Labelled("Stale leader's write refused:", WIDTH, held(m["stale_write_refused"]))
    yield from each_held(
        m,
        WIDTH,
        ("Accepted by a node not leading:", "non_holder_accepted", ""),
        ("Epochs shown with two holders:", "epochs_shown_twice", ""),
    )


VIEW = View(
    title="Failover",
    proves="SIGTERM/SIGKILL leader failover within 5 s, zero data loss",
    heading=heading,
    lines=lines,
    drawn=(late("haproof.kinds.failover.charts", "failover_trials"),),
)
