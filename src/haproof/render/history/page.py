"""The history's page: where things stand, the runs, and a small chart for each figure."""

import hashlib
from collections.abc import Sequence

from markupsafe import Markup

from haproof.core.history import History, Run, Series, State
from haproof.core.history_line import LineRow
from haproof.core.trend import Trends, trends
from haproof.render.charts.palette import by_class
from haproof.render.charts.svg import svg
from haproof.render.diff.wording import difference
from haproof.render.history import SHOWN_RUNS, View, wording
from haproof.render.history.chart import chart
from haproof.render.history.parts import (
    code,
    data_table,
    definitions,
    disclosure,
    items,
    link,
    section,
    split,
    state,
    table,
)
from haproof.render.markup import Content, tag, void
from haproof.render.views import title_of
from haproof.render.writers.html.page import policy, style

LAYOUT = Markup(
    ".multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));"
    "gap:2rem 2.5rem;margin-block:1.5rem}\n"
    ".multiples>figure{display:block;margin:0;min-width:0}\n"
    ".multiples figcaption code{display:block;font-weight:400;color:var(--muted)}\n"
    ".multiples>figure>.note{margin-block:.25rem}\n"
    "#runs thead th{white-space:nowrap}\n"
    "#runs th:first-child{width:2.5em;min-width:2em;padding-right:.5em}\n"
    "#runs td:nth-child(3){min-width:3.5em;overflow-wrap:break-word}\n"
    "#runs td:nth-child(4){min-width:7em}\n"
    "@media (max-width:30rem){#runs th,#runs td{padding-right:.6rem}}\n"
    "@media print{.multiples{grid-template-columns:repeat(2,minmax(0,1fr))}"
    ".multiples>figure{break-inside:avoid}}\n"
)
"""What this page adds to the report's style sheet."""

TONES: dict[State, str] = {"ready": "pass", "not ready": "fail", "inconclusive": "warn"}
WORDS: dict[State, str] = {"ready": "READY", "not ready": "NOT READY", "inconclusive": "INCONCLUSIVE"}
KNOWN = ("PASS", "FAIL", "MISSING")

NEWEST = 5
"""Runs that are listed at once; the others in a fold."""


def page(view: View) -> str:
    """The document."""
    body = _body(view, trends(view.history))
    return f"<!DOCTYPE html>\n{tag('html', _head(view.history), body, lang='en')}\n"


def _head(history: History) -> Markup:
    sheet = style() + LAYOUT
    latest = history.runs[-1]
    title = f"{latest.verdict}: {latest.comparable.topology.system}, {wording.count(len(history.runs))}"
    return tag(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=policy(sheet)),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        void("meta", name="referrer", content="no-referrer"),
        tag("title", f"{title} — VAL26 HA Proof history"),
        void("link", rel="icon", href="data:,"),
        tag("style", sheet),
    )


def _body(view: View, found: Trends) -> Markup:
    history = view.history
    groups = _groups(history)
    contents = (
        ("History", [("verdict", "Verdict"), ("runs", "Runs")]),
        ("Figures", [(key, title) for key, title, _ in groups]),
    )
    return tag(
        "body",
        tag("a", "Skip to the history", href="#main", class_="skip"),
        tag("header", tag("p", "VAL26 — HA Proof history", class_="eyebrow")),
        tag(
            "main",
            _verdict(history, found),
            tag("nav", tag("ul", [_contents(*group) for group in contents]), aria_label="Contents"),
            section("runs", 2, "Runs, latest first", _runs(view)),
            [_group(history, found, *group) for group in groups],
            id="main",
        ),
        tag("footer", tag("p", _imprint())),
    )


def _contents(name: str, entries: Sequence[tuple[str, str]]) -> Markup:
    """One line of the contents."""
    links = [tag("li", link(key, words)) for key, words in entries]
    return tag("li", tag("span", name, class_="label"), tag("ul", links))


def _groups(history: History) -> list[tuple[str, str, list[Series]]]:
    """The figures of each slice, or of another group: a key for this page, a title, the figures."""
    ids = dict.fromkeys(series.slice for series in history.series)
    return [
        (
            f"group-{n}",
            title_of(id_, history.house),
            [series for series in history.series if series.slice == id_],
        )
        for n, id_ in enumerate(ids, 1)
    ]


def _verdict(history: History, found: Trends) -> Markup:
    """What the latest run came to, since when, and what the charts show."""
    latest = history.runs[-1]
    first, *further = wording.summary(history)
    heading = tag(
        "h1",
        tag("span", wording.SIGNS[latest.state], class_="sign", aria_hidden="true"),
        tag("span", latest.verdict),
        id="verdict-title",
    )
    facts = definitions(
        (
            ("System", latest.comparable.topology.system),
            ("Evidence", f"{wording.period(history)}, {wording.count(len(history.runs))}"),
            ("Latest run", [_time(latest), " UTC" if latest.at else None]),
            ("Checks in the latest run", f"{latest.passed} of {latest.total} pass"),
        ),
        "facts",
    )
    return tag(
        "section",
        tag("p", f"VAL26 HA Proof, history of {wording.count(len(history.runs))}", class_="eyebrow"),
        heading,
        tag("p", first, class_="lead"),
        items([*further, *wording.changes(history, found)]),
        facts,
        class_=f"verdict {TONES[latest.state]}",
        id="verdict",
        aria_labelledby="verdict-title",
    )


def _time(run: Run) -> Content:
    if run.at is None:
        return "no known time"
    return tag("time", run.at.strftime("%Y-%m-%d %H:%M"), datetime=run.evidence_of)


def _runs(view: View) -> list[Content]:
    """One row a run, the latest first; all but the newest folded, and those before the charts counted."""
    runs = view.history.runs
    listed = list(reversed(range(max(len(runs) - SHOWN_RUNS, 0), len(runs))))
    heads = ("Run", "Evidence", "Version", "Verdict")
    newest, others = listed[:NEWEST], listed[NEWEST:]
    parts: list[Content] = [
        table(
            "latest-runs",
            "The latest runs, with the time of their evidence (UTC)",
            heads,
            [_run(view, n) for n in newest],
        )
    ]
    if others:
        further = table("other-runs", "The runs before", heads, [_run(view, n) for n in others])
        parts.append(disclosure(f"{wording.count(len(others))} before", further))
    return [*parts, _earlier(runs[: len(runs) - len(listed)])]


def _earlier(runs: Sequence[Run]) -> Content:
    """Runs that are not listed."""
    if not runs:
        return None
    ready = sum(run.ready for run in runs)
    said = (
        f"Not listed: {wording.count(len(runs))} before these, {ready:,} of them ready for design partners."
    )
    return tag("p", f"{said} They are in the history file (--format jsonl).")


def _run(view: View, position: int) -> list[Content]:
    """One run's cells."""
    run = view.history.runs[position]
    wrong = [tag("span", _status(row), class_="text") for row in run.rows if row.status != "PASS"]
    checks = f"{run.passed}/{run.total} checks"
    return [
        f"{position + 1:,}",
        _evidence(view, position),
        run.version,
        split(state(WORDS[run.state]), checks, wrong),
    ]


def _status(row: LineRow) -> Content:
    """A slice and its status; a word of a newer version stands as it is."""
    return [f"{row.id} ", state(row.status) if row.status in KNOWN else row.status]


def _evidence(view: View, position: int) -> Content:
    """When and where, and what sets the run apart from the one before it."""
    run, stops = view.history.runs[position], view.history.breaks.get(position, ())
    words = ["Not comparable with the run before:"] if stops else []
    words += [difference(stop) for stop in stops]
    page_ = view.pages.get(run.run)
    place = tag("a", code(run.evidence_dir), href=page_) if page_ else code(run.evidence_dir)
    return [
        tag("span", _time(run), class_="text"),
        tag("span", place, class_="note"),
        [tag("span", line, class_="note") for line in words],
    ]


def _group(history: History, found: Trends, key: str, title: str, figures: Sequence[Series]) -> Markup:
    """The figures of one slice."""
    heading: Content = title
    if figures[0].slice != title:
        heading = [title, " ", tag("span", figures[0].slice, class_="place")]
    drawn = [_figure(history, found, series) for series in figures]
    return section(key, 2, heading, tag("div", drawn, class_="multiples"))


def _figure(history: History, found: Trends, series: Series) -> Markup:
    """One figure's chart, what it shows, and its data."""
    change = next((c for c in found.changes if (c.slice, c.name) == (series.slice, series.name)), None)
    key = hashlib.sha256(f"{series.slice} {series.name}".encode()).hexdigest()[:8]
    drawn = chart(history, series, change, f"course-{key}")
    note = tag("p", wording.change_words(history, change), class_="note") if change else None
    data = data_table(f"{drawn.key}-data", f"Data: {drawn.title}", drawn.table.heads, drawn.table.rows)
    return tag(
        "figure",
        tag("figcaption", drawn.title, code(series.name)),
        tag("div", svg(drawn, by_class), class_="plot"),
        note,
        disclosure("Data", data),
    )


def _imprint() -> str:
    return (
        "Each point is the worst value of one run, placed by the time of its evidence. A cross is a failed "
        "check or, at the top, a figure that was tried and not measured; a triangle is a run far above all "
        "others; a gap is a run without the figure. A vertical line separates runs that cannot be compared: "
        "topology, targets or schema differ. Tinted: since the latest change that a rank test shows. "
        f"Charts and table show the latest {SHOWN_RUNS} runs at most."
    )
