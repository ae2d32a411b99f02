"""How VAL16 is shown: its lines of the text report; it has nothing to draw."""

from haproof.core.model import SliceResult
from haproof.core.platform import Platform
from haproof.core.report import Report
from haproof.render.document.plain.figures import Metrics, both, each_held, held, value
from haproof.render.document.plain.lines import Labelled, Lines
from haproof.render.views import View


def heading(words: Platform) -> str:
    """The title of its section."""
    return "Split-Brain Results (VAL16)"


def lines(report: Report, result: SliceResult, m: Metrics) -> Lines:
    """Its figures in the text report."""
    width = 28
    yield Labelled("Risk at baseline:", width, held(m["baseline_risk"]))
    yield Labelled("Injected epoch divergence:", width, held(m["divergence_risk"]))
    yield Labelled("Unclosed ghost epochs:", width, held(m["ghost_risk"]))
    yield Labelled("After promote-leader:", width, held(m["recovered_risk"]))
    yield from each_held(m, width, ("Epoch after recovery:", "epoch_after_recovery", ""))
    intact = both(m["user_data_intact"], m["user_rows_before"], m["user_rows_after"])
    counts = f"{value(m['user_rows_before'])} rows before, {value(m['user_rows_after'])} after"
    yield Labelled("User data untouched:", width, f"{intact} ({counts})")
    for label, name in (("Detection:", "detection_ms"), ("Recovery:", "recovery_ms")):
        if name in m:
            yield Labelled(label, width, value(m[name], " ms"))


VIEW = View(
    title="Split-brain",
    proves="Epoch-divergence detection, metadata-injection recovery, user data integrity",
    heading=heading,
    lines=lines,
)
