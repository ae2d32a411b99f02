"""How VAL17 is shown: its lines of the text report, its charts."""

from haproof.core.model import SliceResult
from haproof.core.platform import Platform
from haproof.core.report import Report
from haproof.render.document.plain.figures import Metrics, each_held, held, trials, value
from haproof.render.document.plain.lines import Labelled, Lines
from haproof.render.views import View, late


def heading(words: Platform) -> str:
    """The title of its section."""
    return "Quorum Loss Results (VAL17)"


def lines(report: Report, result: SliceResult, m: Metrics) -> Lines:
    """Its figures in the text report."""
    width = 42
    for label, name in (("Loss detection:", "loss_detection"), ("Recovery:", "recovery")):
        yield Labelled(label, width, held(m[f"{name}_ms"], " ms"))
        if f"{name}_trials_ms" in m:
            yield Labelled("  trials:", width, trials(m[f"{name}_trials_ms"]))
    yield Labelled("write_block_active during loss:", width, held(m["write_block_active"]))
    yield Labelled("can_accept_protected_writes during loss:", width, held(m["can_accept_protected_writes"]))
    if "protected_write_refused" in m:
        yield Labelled("Protected write over HTTP refused:", width, held(m["protected_write_refused"]))
    yield from each_held(
        m,
        width,
        ("Write block held until the start command:", "block_held", ""),
        ("Writes acknowledged during loss:", "writes_acknowledged_during_loss", ""),
        ("Acknowledged rows lost:", "rows_lost", ""),
    )
    if "loss_held_ms" in m:
        yield Labelled("Longest outage:", width, value(m["loss_held_ms"], " ms"))
    yield Labelled("Losses counted:", width, held(m["detected_loss_count"]))
    if "quorum_loss_reason" in m:
        yield Labelled("Reason given:", width, value(m["quorum_loss_reason"]))


CHARTS = "haproof.kinds.quorum_loss.charts"

VIEW = View(
    title="Quorum loss",
    proves="Loss detection within 30 s, write blocking, recovery detection after PostgreSQL is restored",
    heading=heading,
    lines=lines,
    drawn=(
        late(CHARTS, "quorum_timeline"),
        late(CHARTS, "quorum_times"),
    ),
)
