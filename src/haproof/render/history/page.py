"""The history's page: the latest verdict, the runs, and a small chart for each figure."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from haproof.core.comparison import Difference
from haproof.core.history import Entry, History, Series
from haproof.render.charts import by_class, svg
from haproof.render.diff.wording import difference
from haproof.render.document.labels import TITLES
from haproof.render.history.chart import SHOWN_RUNS, chart
from haproof.render.html.components import code, definitions, disclosure, link, section, state, table
from haproof.render.html.page import policy, style
from haproof.render.markup import Content, tag, void

LAYOUT = Markup(
    ".multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));"
    "gap:2rem 2.5rem;margin-block:1.5rem}\n"
    ".multiples>figure{display:block;margin:0;min-width:0}\n"
    ".multiples figcaption code{display:block;font-weight:400;color:var(--muted)}\n"
    "@media print{.multiples{grid-template-columns:repeat(2,minmax(0,1fr))}"
    ".multiples>figure{break-inside:avoid}}\n"
)
"""What this page adds to the report's style sheet."""


def page(history: History) -> str:
    """The document."""
    return f"<!DOCTYPE html>\n{tag('html', _head(history), _body(history), lang='en')}\n"


def _head(history: History) -> Markup:
    sheet = style() + LAYOUT
    return tag(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=policy(sheet)),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        void("meta", name="referrer", content="no-referrer"),
        tag("title", f"{_count(history)} — VAL26 HA Proof history"),
        void("link", rel="icon", href="data:,"),
        tag("style", sheet),
    )


def _body(history: History) -> Markup:
    slices = list(dict.fromkeys(series.slice for series in history.series))
    contents = (
        ("History", [("verdict", "Verdict"), ("runs", "Runs")]),
        ("Figures", [(slice_id.lower(), TITLES[slice_id]) for slice_id in slices]),
    )
    return tag(
        "body",
        tag("a", "Skip to the history", href="#main", class_="skip"),
        tag("header", tag("nav", tag("ul", [_group(*group) for group in contents]), aria_label="Contents")),
        tag(
            "main",
            _verdict(history),
            section("runs", 2, "Runs, latest first", _runs(history)),
            [_slice(history, slice_id) for slice_id in slices],
            id="main",
        ),
        tag("footer", tag("p", _imprint(history))),
    )


def _group(name: str, entries: Sequence[tuple[str, str]]) -> Markup:
    """One line of the contents."""
    links = [tag("li", link(key, words)) for key, words in entries]
    return tag("li", tag("span", name, class_="label"), tag("ul", links))


def _count(history: History) -> str:
    count = len(history.entries)
    return f"{count} run{'' if count == 1 else 's'}"


def _verdict(history: History) -> Markup:
    """What the latest run says, and how it stands among the others."""
    latest = history.entries[-1]
    ready = latest.ready.design_partner
    missing = any(row.status == "MISSING" for row in latest.slices)
    failed = any(row.status == "FAIL" for row in latest.slices)
    tone, sign = ("pass", "✓") if ready else ("warn", "?") if missing and not failed else ("fail", "✗")
    reached = sum(entry.ready.design_partner for entry in history.entries)
    heading = tag(
        "h1",
        tag("span", sign, class_="sign", aria_hidden="true"),
        tag("span", latest.verdict),
        id="verdict-title",
    )
    facts = definitions(
        (
            ("Latest run", _time(latest)),
            ("Runs ready for design partners", f"{reached} of {len(history.entries)}"),
            ("Checks in the latest run", f"{latest.summary.passed} of 10 pass"),
            ("Evidence", code(latest.evidence_dir)),
        ),
        "facts",
    )
    return tag(
        "section",
        tag("p", f"VAL26 HA Proof, history of {_count(history)}", class_="eyebrow"),
        heading,
        tag("p", "The verdict is that of the latest run; the charts say how it came to be.", class_="lead"),
        facts,
        class_=f"verdict {tone}",
        id="verdict",
        aria_labelledby="verdict-title",
    )


def _time(entry: Entry) -> Content:
    when = entry.evidence_of
    return tag("time", when, datetime=when) if when else "no known time"


def _runs(history: History) -> Markup:
    """One row a run; where a run cannot be compared with the one before it, it says so."""
    slices = [row.id for row in history.entries[0].slices]
    rows = [
        [
            str(n),
            _evidence(entry, stops),
            state("READY" if entry.ready.design_partner else "NOT READY"),
            f"{entry.summary.passed}/10",
            *(state(row.status) for row in entry.slices),
        ]
        for n, (entry, stops) in enumerate(zip(history.entries, history.breaks, strict=True), 1)
    ]
    heads = ("Run", "Evidence", "Design partner", "Checks", *slices)
    return table("runs", "Every run with its verdict and its five slices", heads, rows[::-1], (3,))


def _evidence(entry: Entry, stops: Sequence[Difference]) -> Content:
    """When and where, and what sets the run apart from the one before it."""
    words = ["Not comparable with the run before:"] if stops else []
    words += [difference(stop) for stop in stops]
    return [
        tag("span", _time(entry), class_="text"),
        tag("span", code(entry.evidence_dir), class_="note"),
        [tag("span", line, class_="note") for line in words],
    ]


def _slice(history: History, slice_id: str) -> Markup:
    """The figures of one slice."""
    figures = list(_figures(history, slice_id))
    title = [TITLES[slice_id], " ", tag("span", slice_id, class_="place")]
    return section(slice_id.lower(), 2, title, tag("div", figures, class_="multiples"))


def _figures(history: History, slice_id: str) -> Iterator[Markup]:
    for position, series in enumerate(history.series, 1):
        if series.slice == slice_id:
            yield _figure(history, series, position)


def _figure(history: History, series: Series, position: int) -> Markup:
    """A chart, and its data for whoever wants or needs them."""
    drawn = chart(history, series, position)
    rows = [[*row[:3], state(row[3]) if row[3] != "–" else "–"] for row in drawn.table.rows]
    data = table(f"{drawn.key}-data", f"Data: {series.slice} {drawn.title}", drawn.table.heads, rows, (2,))
    return tag(
        "figure",
        tag("figcaption", drawn.title, code(series.name)),
        tag("div", svg(drawn, by_class), class_="plot"),
        disclosure("Data", data),
    )


def _imprint(history: History) -> str:
    shown = f" Charts show the latest {SHOWN_RUNS} runs." if len(history.entries) > SHOWN_RUNS else ""
    said = (
        "Each point is the worst value of one run, runs in order of their evidence. A cross is a failed "
        "check or, at the top, a figure that was tried and not measured; a gap is a run without it. "
        "A vertical line parts runs that cannot be compared: topology, targets or schema differ."
    )
    return said + shown
