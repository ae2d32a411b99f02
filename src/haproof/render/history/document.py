"""A history as a document: where things stand, the runs, and a small chart for each figure."""

from collections.abc import Iterator, Sequence

from haproof.core.figures import cut
from haproof.core.history import History, Run, Series, State
from haproof.core.history_line import LineRow
from haproof.core.model import GENERATOR
from haproof.core.trend import Trends, trends
from haproof.digest import sha256_hex
from haproof.render.diff.wording import difference
from haproof.render.document.blocks import (
    Address,
    Block,
    Code,
    Column,
    Columns,
    Drawing,
    Fact,
    Fold,
    Instant,
    Items,
    Note,
    Paragraph,
    Row,
    Section,
    Table,
    Words,
)
from haproof.render.document.states import TONES, state
from haproof.render.document.whole import Document, Opening, Part
from haproof.render.document.wording import NO_BREAK
from haproof.render.history import SHOWN_RUNS, View, wording
from haproof.render.history.chart import chart
from haproof.render.views import title_of
from haproof.version import VERSION

KIND = "VAL26 — HA Proof history"

STATES: dict[State, str] = {"ready": "READY", "not ready": "NOT READY", "inconclusive": "INCONCLUSIVE"}

RUNS = (Column("Run"), Column("Evidence"), Column("Version"), Column("Verdict"))

NEWEST = 5
"""Runs that are listed at once; the others in a fold."""

LEGEND = (
    "Each point is the worst value of one run, placed by the time of its evidence. A cross is a failed "
    "check or, at the top, a figure that was tried and not measured; a triangle is a run far above all "
    "others; a gap is a run without the figure. A vertical line separates runs that cannot be compared: "
    "topology, targets or schema differ. Tinted: since the latest change that a rank test shows. "
    f"Charts and table show the latest {SHOWN_RUNS} runs at most."
)


def document(view: View) -> Document:
    """All of it; no part grows with the number of runs beyond those that are shown."""
    history, found = view.history, trends(view.history)
    latest = history.runs[-1]
    first, *further = wording.summary(history)
    name = (
        f"{cut(latest.verdict)}: {cut(latest.comparable.topology.system)}, {wording.count(len(history.runs))}"
    )
    course = Items((*further, *wording.changes(history, found)))
    over_time = Section(key="course", title="Over time", short="Over time", blocks=(course,))
    return Document(
        title=f"{name} — {KIND}",
        kind=KIND,
        description=name,
        made=latest.evidence_of or "",
        generator=f"{GENERATOR} {VERSION}",
        digest_label="",
        digest="",
        attachment="",
        keywords=("high availability", "readiness", "evidence", "history"),
        opening=_opening(history, first),
        parts=(Part("History", (over_time, _runs(view))), Part("Figures", tuple(_figures(history, found)))),
        imprint=(Fact(label="How to read it", answer=LEGEND),),
    )


def _opening(history: History, lead: str) -> Opening:
    """What the latest run came to, and since when."""
    latest = history.runs[-1]
    words, _, ids = latest.verdict.partition(" (")
    time: Words = (_time(latest), f"{NO_BREAK}UTC") if latest.at else _time(latest)
    return Opening(
        subject=cut(latest.comparable.topology.system),
        tone=TONES[STATES[latest.state]],
        words=words,
        ids=tuple(f"({ids}".split(", ")) if ids else (),
        lead=lead,
        reasons=(),
        facts=(
            Fact(label="Evidence", answer=f"{wording.period(history)}, {wording.count(len(history.runs))}"),
            Fact(label="Latest run", answer=time),
            Fact(label="Checks in the latest run", answer=f"{latest.passed} of {latest.total} pass"),
        ),
    )


def _time(run: Run) -> Words:
    return Instant(f"{run.at:%Y-%m-%d %H:%M}", run.evidence_of or "") if run.at else "no known time"


def _runs(view: View) -> Section:
    """One row a run, the latest first; all but the newest folded, and those before the charts counted."""
    runs = view.history.runs
    listed = list(reversed(range(max(len(runs) - SHOWN_RUNS, 0), len(runs))))
    newest, others = listed[:NEWEST], listed[NEWEST:]
    blocks: list[Block] = [
        _table(view, "latest-runs", "The latest runs, with the time of their evidence (UTC)", newest)
    ]
    if others:
        table = _table(view, "other-runs", "The runs before", others)
        blocks.append(Fold(title=f"{wording.count(len(others))} before", blocks=(table,)))
    earlier = runs[: len(runs) - len(listed)]
    if earlier:
        ready = f"{sum(run.ready for run in earlier):,} of them ready for design partners"
        said = f"Not listed: {wording.count(len(earlier))} before these, {ready}."
        blocks.append(Paragraph(f"{said} They are in the history file (--format jsonl)."))
    return Section(key="runs", title="Runs, latest first", short="Runs", blocks=tuple(blocks))


def _table(view: View, key: str, caption: str, positions: Sequence[int]) -> Table:
    rows = tuple(_run(view, position) for position in positions)
    return Table(key=key, caption=caption, columns=RUNS, rows=rows, heads="ids")


def _run(view: View, position: int) -> Row:
    """One run: when and where, what sets it apart from the one before it, what it came to."""
    run, stops = view.history.runs[position], view.history.breaks.get(position, ())
    words = ["Not comparable with the run before:"] if stops else []
    words += [difference(stop) for stop in stops]
    page = view.pages.get(run.run)
    place = Address(page, Code(run.evidence_dir)) if page else Code(run.evidence_dir)
    wrong = [Note(_status(row)) for row in run.rows if row.status != "PASS"]
    return Row(
        (
            f"{position + 1:,}",
            (_time(run), Note(place), *(Note(line) for line in words)),
            run.version,
            (state(STATES[run.state]), Note(f"{run.passed}/{run.total} checks"), *wrong),
        )
    )


def _status(row: LineRow) -> Words:
    """A slice and its status; a word of a newer version stands as it is."""
    return (f"{row.id} ", state(row.status) if row.status in TONES else row.status)


def _figures(history: History, found: Trends) -> Iterator[Section]:
    """The figures of each slice, or of another group: a small chart for each."""
    for n, group in enumerate(dict.fromkeys(series.slice for series in history.series), 1):
        title = title_of(group, history.house)
        charts = (_figure(history, found, series) for series in history.series if series.slice == group)
        yield Section(
            key=f"group-{n}",
            title=title if group == title else f"{title} ({group})",
            short=title,
            blocks=(Columns(tuple(charts), "multiples"),),
        )


def _figure(history: History, found: Trends, series: Series) -> tuple[Block, ...]:
    """One figure's chart, with its data behind it, and what it shows."""
    change = next((c for c in found.changes if (c.slice, c.name) == (series.slice, series.name)), None)
    key = sha256_hex(f"{series.slice} {series.name}".encode())[:8]
    drawn = Drawing(chart(history, series, change, f"course-{key}"), folded=True)
    return (drawn, Paragraph(wording.change_words(history, change), "note")) if change else (drawn,)
