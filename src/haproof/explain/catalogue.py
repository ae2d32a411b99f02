"""All explanations in the order of reading, and how one is found."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from haproof.core import risk_ids
from haproof.core.described import Figure, listed, metrics
from haproof.core.figures import in_words
from haproof.core.gap import Gap
from haproof.core.house import House
from haproof.core.kind import Check, Kind
from haproof.core.level import Level
from haproof.core.matrix import MatrixCheck
from haproof.core.words import Term, Words
from haproof.explain.criteria import criterion, held_against, looked_at, tied
from haproof.explain.explanation import Explanation
from haproof.explain.run_risks import RUN_RISKS
from haproof.explain.terms import TERMS

MATRIX_GROUP = "The ten checks of the proof report"
LEVEL_GROUP = "Readiness levels and their requirements"
SLICE_GROUP = "The five slices"
BEYOND_GROUP = "Kinds of evidence beyond them"
GAP_GROUP = "Open gaps"
RUN_GROUP = "Risks that a run adds"
TERM_GROUP = "Terms"

ALIASES = {
    "ha-design-partner-ready": "design-partner",
    "dp": "design-partner",
    "ha-ga-ready": "ga",
    "ha-public-production-claim": "public",
    "public-production": "public",
    "pub": "public",
    "contradictions": "contradiction",
    "soak": "gate-d",
    "single-trials": "strength",
    "happened": "outcome",
    "rows-lost": "lost",
    "loss-unknown": "lost",
    "two-at-the-end": "two-primaries",
    "not-as-expected": "expected",
    "gap-(open-connections)": "gap",
    "gap-(new-connections)": "gap",
}


ORDERS = ("-session", "-realtime")
"""What stands behind the name of an anomaly that only this order of transactions contradicts."""

SHORTEST = 3
"""Characters of which it is asked whether an id begins with them."""

MOST_NEAR = 3
CLEARLY = 0.1
"""By how much a likeness must be less than the greatest not to be named beside it."""


@cache
def catalogue(house: House) -> tuple[Explanation, ...]:
    """Every explanation, grouped, in the order of reading."""
    return tuple(_catalogue(house))


def _catalogue(house: House) -> Iterator[Explanation]:
    yield from (_matrix(check) for check in house.matrix)
    told: Mapping[str, Term] = {} if house.words is None else import_module(house.words).WORDS
    for level in house.levels:
        yield _level(level, told)
    for level in house.levels:
        for requirement in level.requirements:
            words = told.get(requirement.id, Term(title=requirement.text, meaning=requirement.text))
            yield _worded(requirement.id, LEVEL_GROUP, words, requirement.text)
    for kind in house.kinds:
        yield _kind(kind)
    for kind in house.kinds:
        yield from (_check(kind, check) for check in kind.checks)
        yield from (_metric(kind, name, figure) for name, figure in _figures(kind).items())
        yield from (_worded(name, _words_group(kind), words, "") for name, words in _terms(kind).items())
    yield from (_gap(house, gap) for gap in house.gaps)
    yield from (_worded(name, RUN_GROUP, words, "") for name, words in RUN_RISKS.items())
    yield from (_worded(name, TERM_GROUP, words, "") for name, words in TERMS.items())


def _matrix(check: MatrixCheck) -> Explanation:
    return Explanation(
        id=check.id,
        group=MATRIX_GROUP,
        title=check.description,
        meaning=check.about.meaning,
        why=check.about.why,
        criterion=check.criterion,
        how=check.about.how,
        not_proved=check.about.not_proved,
        see=check.see,
    )


def _level(level: Level, told: Mapping[str, Term]) -> Explanation:
    known = told.get(level.word)
    ids = tuple(requirement.id for requirement in level.requirements)
    words = known or Term(title=level.name, meaning=level.meaning, see=ids)
    return _worded(level.word, LEVEL_GROUP, words, f"Every one of {', '.join(words.see)}.")


def _kind(kind: Kind) -> Explanation:
    ids, group = kind.check_ids, SLICE_GROUP if kind.role == "window" else BEYOND_GROUP
    return Explanation(
        id=kind.id,
        group=group,
        title=kind.name,
        meaning=kind.about.meaning,
        why=kind.about.why,
        criterion=f"{ids[0]} to {ids[-1]}, all {in_words(len(ids))}." if len(ids) > 1 else f"{ids[0]}.",
        how=kind.about.how,
        not_proved=kind.about.not_proved,
        see=ids,
    )


def _check(kind: Kind, check: Check[Any]) -> Explanation:
    return Explanation(
        id=check.id,
        group=f"{kind.id} {kind.name}: checks",
        title=check.title,
        meaning=check.about.meaning,
        why=check.about.why,
        criterion=criterion(kind, check),
        how=check.about.how,
        not_proved=check.about.not_proved,
        measured=True,
        see=looked_at(kind, check, _figures(kind)),
    )


def _figures(kind: Kind) -> Mapping[str, Figure]:
    """The figures of a kind, and those of its trials that are described or that a check looks at."""
    own, of_trials = metrics(kind.record), listed(kind.record)
    return dict(own) | {
        name: figure
        for name, figure in of_trials.items()
        if name not in own and (figure.about.meaning or tied(kind, name))
    }


def _metric(kind: Kind, name: str, figure: Figure) -> Explanation:
    """A figure; what its words leave out is said by the first check that is tied to it."""
    checks = tied(kind, name)
    about = figure.about
    words = checks[0].about if checks else Words(meaning="")
    measure = figure.unit
    return Explanation(
        id=name,
        group=f"{kind.id} {kind.name}: figures",
        title=f"{kind.id} figure" + (f", {measure}" if measure else ""),
        meaning=about.meaning or f"{figure.called}; its kind says no more of it.",
        why=about.why or words.why,
        criterion=held_against(kind, name) or "None: the figure is for information.",
        how=about.how or words.how,
        not_proved=about.not_proved or words.not_proved,
        measured=True,
        see=tuple(check.id for check in checks),
    )


def _words_group(kind: Kind) -> str:
    return f"{kind.id} {kind.name}: words of its tables"


def _terms(kind: Kind) -> Mapping[str, Term]:
    """Faults, outcomes and other words of a kind's tables."""
    found: Mapping[str, Term] = {} if kind.terms is None else import_module(kind.terms).TERMS
    return found


def _gap(house: House, gap: Gap) -> Explanation:
    closing = [(kind, closes) for kind in house.kinds for closes in kind.closes if closes.gap == gap.id]
    figures = tuple(closes.figure for _, closes in closing if closes.figure)
    carries = [f"{kind.id} carries {closes.figure}" for kind, closes in closing if closes.figure]
    carries += [f"{kind.id} measured it" for kind, closes in closing if not closes.figure]
    return Explanation(
        id=gap.id,
        group=GAP_GROUP,
        title=gap.title,
        meaning="Outside the scope of VAL13-VAL17, and listed in every report.",
        why=gap.why,
        criterion=f"Closed by: {gap.closed_by}.",
        how=f"MEASURED where {' or '.join(carries)}, else OPEN." if closing else "OPEN always.",
        not_proved="A MEASURED gap is one figure of one run, not a target that was met." if closing else "",
        see=figures,
    )


def _worded(name: str, group: str, words: Term, settled: str) -> Explanation:
    return Explanation(
        id=name,
        group=group,
        title=words.title,
        meaning=words.meaning,
        why=words.why,
        criterion=settled,
        how=words.how,
        not_proved=words.not_proved,
        see=words.see,
    )


def _plain(name: str) -> str:
    return "-".join(name.lower().replace("_", " ").split())


def explain(name: str, house: House) -> tuple[Explanation, ...]:
    """The explanations under an id, a figure's name or a term, whatever its case; none where unknown.

    Two kinds may have a figure of one name, and a word of a table may be a figure's name too, so there may
    be several. Of a kind and a figure whose names differ in case alone, the kind is meant where it is written
    in its own case.
    """
    asked = _plain(name)
    if asked.startswith("run-"):
        asked = _risk(asked)
    for order in ORDERS:
        asked = asked.removesuffix(order)
    wanted = (asked, ALIASES.get(asked, asked))  # a column's title may be another kind's figure, too
    found = tuple(entry for entry in catalogue(house) if _plain(entry.id) in wanted)
    written = tuple(entry for entry in found if entry.id == name.strip())
    return found if all(entry.measured for entry in written) else written


def _risk(asked: str) -> str:
    """The id under which a risk of a run is explained: without the check or the slice that it is about."""
    if asked[4:].isdecimal():
        return "run-n"
    of_subjects = (_plain(name) for name in risk_ids.OF_SUBJECTS)
    return next((name for name in of_subjects if asked.startswith(f"{name}-")), asked)


def near(name: str, house: House) -> tuple[str, ...]:
    """Ids that an unknown one may stand for: the one that differs in signs and zeros alone, else those that
    begin with it, else those that look like it."""
    from difflib import SequenceMatcher, get_close_matches

    known = {_plain(entry.id): entry.id for entry in catalogue(house)} | ALIASES
    asked = _plain(name)
    same = [known[one] for one in known if _bare(one) == _bare(asked)]
    begun = [known[one] for one in known if one.startswith(asked)] if len(asked) >= SHORTEST else []
    if same or begun:
        return tuple(dict.fromkeys(same or begun))[:MOST_NEAR]
    close = get_close_matches(asked, known, n=MOST_NEAR, cutoff=0.6)
    alike = [SequenceMatcher(None, one, asked).ratio() for one in close]
    found = (known[one] for one, ratio in zip(close, alike, strict=True) if ratio > alike[0] - CLEARLY)
    return tuple(dict.fromkeys(found))


def _bare(name: str) -> str:
    """Letters and digits alone, numbers without leading zeros."""
    import re

    return re.sub(r"[^a-z0-9]|(?<![0-9])0+(?=[0-9])", "", name)
