"""How much each claim can bear: its trials, what they bound, and what a stronger claim would need."""

from markupsafe import Markup

from haproof.core.model import Report
from haproof.core.strength import ASSUMPTION, STRONGER, TITLE, Strength, percent, strength, within
from haproof.render.html.components import absent, code, section, table
from haproof.render.markup import Content, tag


def bearing(report: Report) -> Markup:
    """One row for each claim that was tried."""
    entries = strength(report.slices)
    if not entries:
        return section("strength", 3, TITLE, absent("No slice was found."))
    shares = tuple(percent(share).replace(" ", "\xa0") for share in STRONGER)
    wanted = [f"More clean trials for {share}" for share in shares]
    heads = ("Claim", "Trials", "Clean", "Failure probability below", *wanted, "Note")
    rows = [_row(entry) for entry in entries]
    single = sum(entry.single for entry in entries)
    said = (
        f"Every bound holds {ASSUMPTION}. {single} of {len(entries)} claims rest on a single run. "
        "A bound says how often the next trial could fail without contradicting the trials made; it says "
        "nothing of other machines, loads or faults."
    )
    shown = table("strength", "What the trials of each claim bear", heads, rows, (1, 2, 3, 4, 5))
    return section("strength", 3, TITLE, tag("p", said), shown)


def _row(entry: Strength) -> list[Content]:
    """A claim; a dash where nothing is bounded."""
    more = dict(entry.more)
    return [
        [tag("span", entry.claim, class_="text"), code(entry.check)],
        str(entry.trials),
        "–" if entry.clean is None else str(entry.clean),
        "–" if entry.fails_below is None else percent(entry.fails_below),
        *(str(more[share]) if share in more else "–" for share in STRONGER),
        _note(entry),
    ]


def _note(entry: Strength) -> str:
    """What the figures beside it do not say."""
    if entry.single and entry.clean:
        return "a single run"
    if entry.clean is not None and entry.clean == entry.trials:
        return "; ".join(within(entry.quantiles)) or "–"
    return entry.sentence
