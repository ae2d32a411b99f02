"""The rules of a check in words, asked of the function that judges it.

Each slice's record is made with every figure and every observation given as null: then every rule applies,
and its text is the criterion. Nothing is stated twice, so nothing can differ.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import fields, replace

from haproof.core.findings import Finding
from haproof.core.kind import Check, Kind
from haproof.core.nothing import every_key_null

DEPENDENT = {
    "hung_leader_failover_ms <= an unknown limit": "hung_leader_failover_ms <= lock_bound_ms + 1,000",
    "accepting_ms <= an unknown limit": "accepting_ms <= lock_bound_ms + 1,000",
}
"""Rules whose limit is another figure, which is null here."""


class Rule(Struct, frozen=True):
    """One rule: the figure or observation it looks at, its text, and whether it binds only where given.

    `beside` marks an observation that may be left out of its row: others of the row do not ask for it.
    """

    name: str
    metric: bool
    text: str
    where_given: bool
    beside: bool = False


@cache
def rules(kind: Kind, check: Check[Any]) -> tuple[Rule, ...]:
    """The rules of one check, in order. Each figure asks for those of all its slice's checks, so each check
    is judged once for all of them."""
    record = every_key_null(kind)
    optional = {field.name for field in fields(type(record.metrics)) if field.default is UNSET}
    findings = check.judge(record)
    row = [finding.name for finding in findings if not finding.pointer.startswith("/metrics/")]
    beside = {name for name in row if name not in _asked_for_without(record, check, name)}
    return tuple(dict.fromkeys(_rule(finding, optional, beside) for finding in findings))


def _rule(finding: Finding, optional: set[str], beside: set[str]) -> Rule:
    metric = finding.pointer.startswith("/metrics/")
    text = DEPENDENT.get(finding.rule, finding.rule)
    left_out = not metric and finding.name in beside
    return Rule(finding.name, metric, text, not metric or finding.name in optional, left_out)


def _asked_for_without(record: Any, check: Check[Any], name: str) -> set[str]:
    """The observations that the row asks for where `name` is not given."""
    if getattr(record, "observations", None) is None:
        return set()
    rest = replace(record, observations=replace(record.observations, **{name: UNSET}))
    found = {finding.name for finding in check.judge(rest) if finding.pointer.startswith("/observations/")}
    return found or {name}


def criterion(kind: Kind, check: Check[Any]) -> str:
    """All rules of one check in one line."""
    if check.criterion:
        return check.criterion
    found = rules(kind, check)
    required = [rule.text for rule in found if not rule.where_given]
    optional = [
        f"{rule.text}, where given" if rule.beside else rule.text for rule in found if rule.where_given
    ]
    if not required:
        return f"{'; '.join(optional)} (as reported where these are not given)"
    return "; ".join(required) + (f"; where given: {'; '.join(optional)}" if optional else "")


def tied(kind: Kind, metric: str) -> tuple[Check[Any], ...]:
    """The checks whose rules look at a figure, or whose criterion names it; those named after it first.

    (A rule that a record full of nulls does not ask for is seen in the criterion alone.)
    """
    looking = [(index, check) for check in kind.checks for index in _places(kind, check, metric)]
    found = (check for _, check in sorted(looking, key=lambda pair: pair[0]))
    return tuple(dict.fromkeys(found))


def _places(kind: Kind, check: Check[Any], metric: str) -> Iterator[int]:
    """Where a check looks at a figure: among its rules, and among the clauses of its criterion."""
    for index, rule in enumerate(rules(kind, check)):
        if rule.metric and rule.name == metric:
            yield index
    for index, clause in enumerate(_clauses(check)):
        if metric in _words(clause):
            yield index


def looked_at(kind: Kind, check: Check[Any], known: Collection[str]) -> tuple[str, ...]:
    """The figures that a check looks at, of those that are known: of its rules, then of its criterion."""
    asked = [rule.name for rule in rules(kind, check) if rule.metric]
    return tuple(dict.fromkeys(name for name in (*asked, *_words(check.criterion)) if name in known))


def held_against(kind: Kind, metric: str) -> str:
    """What the checks hold a figure against, with the check behind it where they differ; empty where none
    looks at it."""
    said: dict[str, list[str]] = {}
    for check in tied(kind, metric):
        texts = [clause for clause in _clauses(check) if metric in _words(clause)]
        texts = texts or [rule.text for rule in rules(kind, check) if rule.metric and rule.name == metric]
        said.setdefault("; ".join(dict.fromkeys(texts)), []).append(check.id)
    if len(said) == 1:
        return next(iter(said))
    return "; ".join(f"{text} ({', '.join(ids)})" for text, ids in said.items())


def _clauses(check: Check[Any]) -> list[str]:
    """The parts of a criterion that is stated in words."""
    return check.criterion.split("; ") if check.criterion else []


def _words(text: str) -> list[str]:
    """The words of a criterion, names of figures whole."""
    return re.findall(r"[a-z0-9_]+", text)
