"""How much each claim can support: its trials, what they bound, and what a stronger claim would need."""

from collections.abc import Sequence

from markupsafe import Markup

from haproof.core.bounds import trials_for
from haproof.core.model import Report
from haproof.core.strength import ASSUMPTION, TITLE, Strength, percent, strength, within
from haproof.render.document.wording import counted
from haproof.render.html.components import absent, code, disclosure, items, note, section, split, table
from haproof.render.markup import Content, tag


def strength_section(report: Report) -> Markup:
    """Claims that were tried several times as a table; those based on a single run in a fold."""
    entries = strength(report.slices)
    if not entries:
        return section("strength", 3, TITLE, absent("No slice was found."))
    single = [entry for entry in entries if entry.single]
    several = [entry for entry in entries if not entry.single]
    said = (
        f"Every bound holds {ASSUMPTION}. It says how often the next trial could fail without contradicting "
        "the trials made; it says nothing of other machines, loads or faults."
    )
    heads = ("Claim", "Trials, and the failure probability that they exclude")
    rows = [_row(entry) for entry in several]
    return section(
        "strength",
        3,
        TITLE,
        tag("p", said),
        table("strength", "Claims tried several times", heads, rows) if rows else None,
        _single(single, len(entries)) if single else None,
    )


def _single(single: Sequence[Strength], total: int) -> Markup:
    """They all support the same."""
    passing = items([_named(entry) for entry in single if entry.clean], "plain")
    failing = [_named(entry) for entry in single if not entry.clean]
    return disclosure(
        f"{len(single)} of {counted(total, 'claim')} are based on a single run",
        tag(
            "p",
            f"One trial: no useful bound; {trials_for(0.05) - 1} more passing trials would bound the failure "
            "rate below 5\u00a0%.",
        ),
        passing,
        [tag("p", "The run failed:"), items(failing, "plain")] if failing else None,
        opened=bool(failing),
    )


def _named(entry: Strength) -> Content:
    return [f"{entry.claim} ", code(entry.check)]


def _row(entry: Strength) -> list[Content]:
    """A claim; what is not bounded is said to be so."""
    return [
        [tag("span", entry.claim, class_="text"), code(entry.check)],
        split(_trials(entry), _bound(entry), _wanted(entry)),
    ]


def _trials(entry: Strength) -> Content:
    if entry.clean is None:
        return [f"{entry.trials:,} {entry.word}", note(entry.sentence)]
    whole = f"{entry.clean:,} of {entry.trials:,} {entry.word} pass"
    if entry.clean != entry.trials:
        return [whole, note(entry.sentence)]
    return [whole, note("; ".join(within(entry.quantiles)).replace("at most", "≤"))]


def _bound(entry: Strength) -> Content:
    if entry.fails_below is None:
        return "failure probability not bounded"
    return f"fails in fewer than {percent(entry.fails_below)} of cases"


def _wanted(entry: Strength) -> Content:
    """How many more trials would say more."""
    more = [(share, count) for share, count in entry.more if count]
    if not more:
        return None
    said = [f"{counted(count, 'more trial')} for {percent(share)}" for share, count in more]
    return note(", ".join(said))
