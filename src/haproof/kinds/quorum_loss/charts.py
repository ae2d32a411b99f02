"""VAL17's charts: from the stop of PostgreSQL to recovery, what was so, what the nodes said and what was
blocked; both times against their limits.
"""

from haproof.core.metrics import slice_metrics
from haproof.core.model import Metric, SliceResult
from haproof.core.report import Report
from haproof.core.targets import LOSS_DETECTION_MS, RECOVERY_MS
from haproof.render.charts.bars import against_limits
from haproof.render.charts.chart import Chart, Shape, Table, box, line, words
from haproof.render.charts.scale import LEFT, RIGHT
from haproof.render.document.wording import NO_BREAK, bound, figure

STOP, DETECTED, START, RECOVERED = 0.06, 0.36, 0.62, 0.9
"""Places of the four events. The stretches between them are not to scale; their figures are printed."""

TOP, ROW, LANE = 0, 52, 26


TIMED = (("loss_detection_ms", LOSS_DETECTION_MS), ("recovery_ms", RECOVERY_MS))

Stretch = tuple[float, float, str, str, str]
"""Part of a lane: from, to, its ink, the words on it, their ink."""

Lane = tuple[str, tuple[Stretch, ...]]
"""A lane's name and its stretches, left to right."""


def quorum_times(report: Report, result: SliceResult) -> Chart | None:
    """VAL17's two durations."""
    rows = (("Loss detection", "loss_detection_ms"), ("Recovery", "recovery_ms"))
    title = "Detection times against their limits"
    return against_limits("chart-quorum-limits", title, slice_metrics(result) or {}, rows)


def quorum_timeline(report: Report, result: SliceResult) -> Chart | None:
    """VAL17's sequence of events; None without evidence."""
    metrics = slice_metrics(result)
    if metrics is None:
        return None
    detection, recovery = (_ms(metrics[name], limit) for name, limit in TIMED)
    lanes = (_database(), _quorum(metrics), _writes(metrics))
    bottom = TOP + ROW * len(lanes)
    shapes = [shape for n, lane in enumerate(lanes) for shape in _lane(TOP + 20 + ROW * n, lane)]
    shapes += _events(bottom, detection, recovery)
    return Chart(
        key="chart-quorum",
        title="From the loss of PostgreSQL to recovery",
        description=(
            "Four events from left to right, not to scale: PostgreSQL is stopped; the last node reports the "
            f"loss after {detection}; PostgreSQL is started; the last node reports recovery after "
            f"{recovery}. "
            f"Between loss and recovery the write block is {_block(metrics)[0]}."
        ),
        height=bottom + 40,
        shapes=tuple(shapes),
        table=_table(metrics, detection, recovery),
        legend="Not to scale: the order of events, with the times that were measured.",
    )


def _ms(metric: Metric, limit: float) -> str:
    return figure(metric.value, "ms", limit)


def _database() -> Lane:
    """What was done to PostgreSQL."""
    return (
        "PostgreSQL",
        (
            (LEFT, STOP, "healthy", "", ""),
            (STOP, START, "alert", "stopped", "text"),
            (START, RIGHT, "healthy", "running", "text"),
        ),
    )


def _quorum(metrics: dict[str, Metric]) -> Lane:
    """What the nodes said of it."""
    detected = metrics["loss_detection_ms"].value is not None
    recovered = metrics["recovery_ms"].value is not None
    unseen: Stretch = (STOP, DETECTED, "unnoticed", "not noticed yet", "text")
    lost: Stretch = (DETECTED, RECOVERED, "alert", "lost", "text")
    if not detected:
        unseen, lost = (
            (STOP, DETECTED, "unnoticed", "", ""),
            (DETECTED, RECOVERED, "unnoticed", "loss not seen", "over-text"),
        )
    after: Stretch = (RECOVERED, RIGHT, "healthy" if recovered else "lane", "", "")
    return "Quorum, as the nodes report it", ((LEFT, STOP, "healthy", "", ""), unseen, lost, after)


def _writes(metrics: dict[str, Metric]) -> Lane:
    """Whether protected writes were blocked meanwhile."""
    said, good = _block(metrics)
    blocked: Stretch = (
        DETECTED,
        RECOVERED,
        *(("blocked", said, "text") if good else ("alert", said, "over-text")),
    )
    return "Protected writes", (
        (LEFT, STOP, "healthy", "", ""),
        (STOP, DETECTED, "lane", "", ""),
        blocked,
        (RECOVERED, RIGHT, "healthy" if metrics["recovery_ms"].value is not None else "lane", "", ""),
    )


def _block(metrics: dict[str, Metric]) -> tuple[str, bool]:
    """The write block in words, and whether every sign of it that was given says blocked."""
    active = metrics["write_block_active"].value
    accepting = metrics["can_accept_protected_writes"].value
    refused = metrics["protected_write_refused"].value if "protected_write_refused" in metrics else True
    if active is True and accepting is False and refused is True:
        return ("blocked, write refused" if "protected_write_refused" in metrics else "blocked"), True
    if None in (active, accepting, refused):
        return "not measured", False
    return "NOT BLOCKED", False


def _lane(y: float, lane: Lane) -> list[Shape]:
    """A lane under its name, with a line wherever an event ends one stretch and begins the next."""
    name, stretches = lane
    shapes = [words("strong", LEFT, y - 6, name, "start")]
    for start, end, ink, text, text_ink in stretches:
        shapes.append(box(ink, start, end, y, LANE))
        if text:
            shapes.append(words(text_ink, (start + end) / 2, y + 17, text, "middle"))
    return shapes + [line("axis", stretch[0], y, stretch[0], y + LANE) for stretch in stretches[1:]]


def _events(bottom: float, detection: str, recovery: str) -> list[Shape]:
    """The four events below the lanes, on two lines so that none covers another."""
    shapes = [line("axis", LEFT, bottom, RIGHT, bottom)]
    for n, (x, text, anchor) in enumerate(
        (
            (STOP, "stop signal", "middle"),
            (DETECTED, _seen("loss", detection), "middle"),
            (START, "start command", "middle"),
            (RECOVERED, _seen("recovery", recovery), "end"),
        )
    ):
        late = "not" in text
        place = RIGHT if anchor == "end" else LEFT if x == STOP else x
        shapes.append(line("axis", x, bottom, x, bottom + 5))
        ink = "over-text" if late else "strong" if n % 2 else "muted"
        shapes.append(words(ink, place, bottom + 18 + 16 * (n % 2), text, "start" if x == STOP else anchor))
    return shapes


def _seen(event: str, after: str) -> str:
    return f"{event} not seen" if after == "not measured" else f"{event} seen +{after}"


def _table(metrics: dict[str, Metric], detection: str, recovery: str) -> Table:
    return Table(
        ("Event", "After", "Limit"),
        (
            ("Stop signal to PostgreSQL", f"0{NO_BREAK}ms", "–"),
            ("Loss reported by the last node", detection, bound("<=", LOSS_DETECTION_MS, "ms")),
            ("Protected writes", _block(metrics)[0], "blocked"),
            ("Start command to PostgreSQL", f"0{NO_BREAK}ms", "–"),
            ("Recovery reported by the last node", recovery, bound("<=", RECOVERY_MS, "ms")),
        ),
    )
