"""The rules of a check in words, asked of the function that judges it.

Each slice's record is made with every figure and every observation given as null: then every rule applies,
and its text is the criterion. Nothing is stated twice, so nothing can differ.
"""

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
    """The checks whose rules look at a figure, those named after it first."""
    looking = [
        (index, check)
        for check in kind.checks
        for index, rule in enumerate(rules(kind, check))
        if rule.metric and rule.name == metric
    ]
    return tuple(check for _, check in sorted(looking, key=lambda pair: pair[0]))
