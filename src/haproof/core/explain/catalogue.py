"""All explanations in the order of reading, and how one is found."""

import re
from collections.abc import Iterator
from typing import Any

from haproof.core import levels
from haproof.core.check import AnySlice, Check
from haproof.core.checks import MATRIX, MatrixCheck
from haproof.core.docstring import sections
from haproof.core.explain.criteria import criterion, rules, tied
from haproof.core.explain.explanation import Explanation
from haproof.core.explain.metrics import METRICS, About
from haproof.core.explain.run_risks import RUN_RISKS
from haproof.core.explain.terms import LEVELS, REQUIREMENTS, SLICES, TERMS, Words
from haproof.core.metrics import unit
from haproof.core.risks import GAPS, Gap
from haproof.core.slices import SLICES as ALL_SLICES

MATRIX_GROUP = "The ten checks of the proof report"
LEVEL_GROUP = "Readiness levels and their requirements"
SLICE_GROUP = "The five slices"
GAP_GROUP = "Open gaps"
RUN_GROUP = "Risks that a run adds"
TERM_GROUP = "Terms"

ALIASES = {
    "ha design partner ready": "design-partner",
    "dp": "design-partner",
    "ha ga ready": "ga",
    "ha public production claim": "public",
    "public-production": "public",
    "pub": "public",
    "contradictions": "contradiction",
    "gate d": "gate-d",
    "soak": "gate-d",
    "single-trials": "strength",
}


def _catalogue() -> Iterator[Explanation]:
    yield from (_matrix(check) for check in MATRIX)
    for name, words in LEVELS.items():
        yield _worded(name, LEVEL_GROUP, words, f"Every one of {', '.join(words.see)}.")
    texts = _requirement_texts()
    for name, words in REQUIREMENTS.items():
        yield _worded(name, LEVEL_GROUP, words, texts[name])
    for slice_ in ALL_SLICES:
        ids = tuple(check.id for check in slice_.checks)
        yield _worded(slice_.id, SLICE_GROUP, SLICES[slice_.id], f"{ids[0]} to {ids[-1]}, all ten.", ids)
    for slice_ in ALL_SLICES:
        yield from (_check(slice_, check) for check in slice_.checks)
        yield from (_metric(slice_, name, about) for name, about in METRICS[slice_.id].items())
    yield from (_gap(gap) for gap in GAPS)
    yield from (_worded(name, RUN_GROUP, words, "") for name, words in RUN_RISKS.items())
    yield from (_worded(name, TERM_GROUP, words, "") for name, words in TERMS.items())


def _matrix(check: MatrixCheck) -> Explanation:
    meaning, parts = sections(check.judge)
    return Explanation(
        id=check.id,
        group=MATRIX_GROUP,
        title=check.description,
        meaning=meaning,
        why=parts["Why"],
        criterion=check.criterion,
        how=parts["How"],
        not_proved=parts["Not proved"],
        see=_named(check.criterion),
    )


def _named(criterion: str) -> tuple[str, ...]:
    """The checks that a criterion names, such as `VAL17-02, -03 and -04`; for a range, the window too."""
    names: list[str] = []
    for found in re.findall(r"VAL[0-9]{2}(?:-[0-9]{2})?|(?<= )-[0-9]{2}", criterion):
        names.append(names[-1][:5] + found if found[0] == "-" else found)
    return tuple([*names, "window", "design-partner"] if "window" in criterion else names)


def _check(slice_: AnySlice, check: Check[Any]) -> Explanation:
    meaning, parts = sections(check.judge)
    return Explanation(
        id=check.id,
        group=f"{slice_.id} {slice_.name}: checks",
        title=check.title,
        meaning=meaning,
        why=parts["Why"],
        criterion=criterion(slice_, check),
        how=parts["How"],
        not_proved=parts["Not proved"],
        measured=True,
        see=tuple(dict.fromkeys(rule.name for rule in rules(slice_, check) if rule.metric)),
    )


def _metric(slice_: AnySlice, name: str, about: About) -> Explanation:
    """A figure; what its words leave out is said by the first check that is tied to it."""
    checks = tied(slice_, name)
    parts = sections(checks[0].judge)[1] if checks else {"Why": "", "How": "", "Not proved": ""}
    texts = [rule.text for check in checks for rule in rules(slice_, check) if rule.name == name]
    measure = unit(name)
    return Explanation(
        id=name,
        group=f"{slice_.id} {slice_.name}: figures",
        title=f"{slice_.id} figure" + (f", {measure}" if measure else ""),
        meaning=about.meaning,
        why=about.why or parts["Why"],
        criterion="; ".join(dict.fromkeys(texts)) or "None: the figure is for information.",
        how=about.how or parts["How"],
        not_proved=about.not_proved or parts["Not proved"],
        measured=True,
        see=tuple(check.id for check in checks),
    )


def _gap(gap: Gap) -> Explanation:
    return Explanation(
        id=gap.id,
        group=GAP_GROUP,
        title=gap.title,
        meaning="Outside the scope of VAL13-VAL17, and listed in every report.",
        why=gap.why,
        criterion=f"Closed by: {gap.closed_by}.",
        how=f"MEASURED where {gap.slice} carries {gap.metric}, else OPEN." if gap.metric else "OPEN always.",
        not_proved="A MEASURED gap is one figure of one run, not a target that was met."
        if gap.metric
        else "",
        see=(gap.metric,) if gap.metric else (),
    )


def _worded(name: str, group: str, words: Words, settled: str, see: tuple[str, ...] = ()) -> Explanation:
    return Explanation(
        id=name,
        group=group,
        title=words.title,
        meaning=words.meaning,
        why=words.why,
        criterion=settled,
        how=words.how,
        not_proved=words.not_proved,
        see=see or words.see,
    )


def _requirement_texts() -> dict[str, str]:
    """Each requirement in the seed's words, from where it is judged."""
    texts = {name: text for name, text, _ in levels.DESIGN_PARTNER_CHECKS}
    texts |= dict(levels.GA_REQUIREMENTS) | dict(levels.PUBLIC_REQUIREMENTS)
    return texts | {"DP-1": levels.ALL_SLICES_TEXT, "DP-6": levels.WINDOW_TEXT}


CATALOGUE: tuple[Explanation, ...] = tuple(_catalogue())
"""Every explanation, grouped, in the order of reading."""


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")


def explain(name: str) -> tuple[Explanation, ...]:
    """The explanations under an id, a figure's name or a term, whatever its case; none where unknown.

    Two slices may have a figure of one name, so there may be two.
    """
    asked = ALIASES.get(_plain(name), _plain(name))
    if asked.startswith("run-"):
        asked = _risk(asked)
    return tuple(entry for entry in CATALOGUE if _plain(entry.id) == asked)


def _risk(asked: str) -> str:
    """The id under which a risk of a run is explained: without the check or the slice that it is about."""
    if asked[4:].isdecimal():
        return "run-n"
    known = [_plain(name) for name in RUN_RISKS]
    return next((name for name in known if asked == name or asked.startswith(f"{name}-val")), asked)


def near(name: str, most: int = 3) -> tuple[str, ...]:
    """Ids that look like an unknown one, the nearest first."""
    from difflib import get_close_matches

    known = {_plain(entry.id): entry.id for entry in CATALOGUE} | ALIASES
    return tuple(
        dict.fromkeys(known[found] for found in get_close_matches(_plain(name), known, n=most, cutoff=0.5))
    )
