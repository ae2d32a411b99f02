"""A broken rule in plain words: what was measured, beside its limit.

What the sentence looks like follows from the rule alone, so a new figure needs no more than a subject at its
field, and none at all to be understood.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from haproof.core.figures import grouped, separated, shown
from haproof.core.findings import Finding

LONG = 20
"""Texts longer than this are digests, of which the beginning is enough."""

_ORDINARY = re.compile(r"[A-Z](?:[a-z]+(?:[-_][a-z0-9]+)*)?(?=[ ,:])")
"""A first word that is no name: one capital, and it is the first letter."""

RULES = {"not ": "must not be ", "later ": "must be later ", "given and ": "must be "}
"""How the words of a rule begin, and how a sentence says so."""


def phrases(findings: Sequence[Finding]) -> list[str]:
    """What the broken rules of one check say, each thing once, without full stops.

    Left out: a single figure that is one of the broken trials beside it, a comparison the other way round,
    and one with a figure that is not there, where that it is not there is said.
    """
    arrays = [finding for finding in findings if isinstance(finding.value, list)]
    alone = [finding for finding in findings if not any(_among(finding, array) for array in arrays)]
    causes = [finding for finding in alone if finding.value is None or not _no_limit(finding)]
    return list(dict.fromkeys(_compared_once(causes or alone)))


def _compared_once(findings: Sequence[Finding]) -> Iterator[str]:
    """Each in words; of two figures that should be the same the first comparison, which names the other."""
    for n, finding in enumerate(findings):
        if any(_mirrors(finding, before) for before in findings[:n]):
            continue
        other = next((after for after in findings[n + 1 :] if _mirrors(after, finding)), None)
        yield phrase(finding) + (f", which is {_going_on(_topic(other))}" if other else "")


def sentence(findings: Sequence[Finding]) -> str:
    """The same as one sentence, without a full stop: only its first word begins as one does."""
    first, *more = phrases(findings)
    return "; ".join([first, *(_going_on(words) for words in more)])


def _going_on(words: str) -> str:
    """Words in the middle of a sentence; a name keeps its case."""
    return words[:1].lower() + words[1:] if _ORDINARY.match(words) else words


def _among(finding: Finding, array: Finding) -> bool:
    """Whether a duration is one of the trials in an array that is held against the same limit."""
    same = finding.limit == array.limit and finding.subject == array.subject
    alike = finding.op == "<=" and finding is not array and same
    return alike and not isinstance(finding.value, list) and finding.value in array.value


def _mirrors(finding: Finding, other: Finding) -> bool:
    """Whether two figures that should be the same are compared once more, from the other side."""
    turned = finding.value == other.limit and finding.limit == other.value
    return turned and finding.op == other.op == "=" and finding.value is not None


def _no_limit(finding: Finding) -> bool:
    """Whether it is held against another figure, which was not measured."""
    return finding.op is not None and finding.limit is None


def phrase(finding: Finding) -> str:
    """A broken finding in words, without a full stop; a first word that is a name keeps its case."""
    if finding.told:
        return finding.told
    words = _phrase(finding)
    words = words if "_" in words.partition(" ")[0] else words[:1].upper() + words[1:]
    return f"{finding.subject}: {words}" if finding.subject else words


def _phrase(finding: Finding) -> str:
    value, limit, _name = finding.value, finding.limit, finding.name
    if value is None:
        return f"{_topic(finding)}: not measured{_asked(finding)}"
    if finding.op == "<=":
        return _series(finding, value) if isinstance(value, list) else _took(finding)
    if finding.op == ">=":
        return f"{_counted(finding)} (at least {bound(limit)})"
    if isinstance(limit, bool):
        return finding.figure.broken or f"{_topic(finding)}: {shown(value)} (must be {shown(limit)})"
    return _compared(finding) if finding.op == "=" else _ruled(finding)


def figure(value: Any, limit: object = None, name: str = "", op: str | None = "<=") -> str:
    """A value as a person reads it: thousands separators, and its unit where `name` carries milliseconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return shown(value, limit, op)
    return grouped(value, limit, op) + (" ms" if name.endswith("_ms") else "")


def bound(limit: Any, name: str = "") -> str:
    """A limit, to its last digit."""
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        return shown(limit)
    return separated(limit) + (" ms" if name.endswith("_ms") else "")


def topic(finding: Finding) -> str:
    """What a figure is at the beginning of a sentence, before a colon; else its name."""
    words = _topic(finding)
    if words == finding.name:
        return finding.figure.label or words
    return words[:1].upper() + words[1:]


def _topic(finding: Finding) -> str:
    """What a figure is, before a colon."""
    if finding.figure.counts is not None:
        return f"number of {finding.figure.counts[1]}"
    return finding.figure.asks or _subject(finding)


def _subject(finding: Finding) -> str:
    """What a figure is called at the beginning of a sentence."""
    return finding.figure.subject or finding.name


def _asked(finding: Finding) -> str:
    """The limit of a figure that is not there."""
    name, limit = finding.name, finding.limit
    if limit is None or finding.figure.broken or _digest(limit) or isinstance(limit, tuple):
        return ""
    word = {"<=": "limit", ">=": "at least"}.get(finding.op or "", "must be")
    return f" ({word} {bound(limit, name)})"


def _took(finding: Finding) -> str:
    """One duration over its limit."""
    value, limit, name = finding.value, finding.limit, finding.name
    asked = "unknown" if limit is None else bound(limit, name)
    return f"{_subject(finding)} took {figure(value, limit, name)} (limit {asked})"


def _series(finding: Finding, values: Sequence[Any]) -> str:
    """Trials: how many of them are over the limit, and by how much the worst."""
    name, limit = finding.name, finding.limit
    subject, kind = _subject(finding), finding.figure.elements
    if not values:
        return f"{subject}: no {kind} (at least 1)"
    over = [value for value in values if value is not None and value > limit]
    unseen = sum(value is None for value in values)
    share = f" in {len(over) + unseen} of {len(values)} {kind} (limit {bound(limit, name)})"
    if not over:
        return f"{subject}: not measured{share}"
    most = "up to " if len(over) > 1 or unseen else ""
    missed = " or was not measured" if unseen else ""
    return f"{subject} took {most}{figure(max(over), limit, name)}{missed}{share}"


def _counted(finding: Finding) -> str:
    """`3 acknowledged rows lost`, or `User rows after the recovery: 19`."""
    name, value, counts = finding.name, finding.value, finding.figure.counts
    if counts is not None:
        return f"{figure(value, finding.limit, op=finding.op)} {counts[value != 1]}"
    return f"{_topic(finding)}: {figure(value, finding.limit, name, finding.op)}"


def _compared(finding: Finding) -> str:
    """A figure that is not the one it should be."""
    name, value, limit = finding.name, finding.value, finding.limit
    if limit is None:
        return f"{_topic(finding)}: cannot be compared ({finding.rule}, which was not measured)"
    if _digest(value) and _digest(limit):
        return f"{_topic(finding)} is {value[:12]}…, not {limit[:12]}…"
    if limit == 0 and finding.figure.counts is not None:
        return f"{_counted(finding)} (limit 0)"
    return f"{_counted(finding)} (must be {bound(limit, name)})"


def _digest(value: object) -> bool:
    return isinstance(value, str) and len(value) > LONG


def _ruled(finding: Finding) -> str:
    """A rule without a limit: something is missing, or in the wrong order."""
    name, value = finding.name, finding.value
    subject, kind = _topic(finding), finding.figure.elements
    if isinstance(finding.limit, tuple) and isinstance(value, list):
        return f"{subject}: {' and '.join(item for item in finding.limit if item not in value)} missing"
    if finding.rule == f"every {name} measured":
        unseen = sum(item is None for item in value)
        return f"{subject}: not seen in {unseen} of {len(value)} {kind}" if value else f"{subject}: no {kind}"
    asked = finding.rule.removeprefix(f"{name}: ").removeprefix(f"{name} ")
    for words, said in RULES.items():
        asked = said + asked.removeprefix(words) if asked.startswith(words) else asked
    return f"{subject}: {figure(value) if value != '' else 'empty'} ({asked})"
