"""Whether two runs can be compared at all: the same schema, the same topology, held against the same targets.

Versions are no obstacle. A new version of the system under test, or of its database, is what a comparison is
usually made for; it is named as a condition, so that nobody misses that it changed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, Protocol

from msgspec import Struct

from haproof.core.comparison import Difference
from haproof.core.described import metrics
from haproof.core.figure_fault import Bound
from haproof.core.figures import separated, shown
from haproof.core.house import House
from haproof.core.model import Proof, Topology

KNOWN_SCHEMA = "1"
"""The major version of the JSON artifact that this program understands."""

_DATABASE_VERSION = re.compile(r"(.*?) ?\(?version ([^()]*)\)?\Z", re.DOTALL)
_SYSTEM_VERSION = re.compile(r"(.*\S)\s+(v?\d\S*)\Z", re.DOTALL)

Limits = Mapping[tuple[str, str], Bound | None]
"""What each figure is held against, by its group in the artifact and its name."""


class Row(Protocol):
    """A kind's row, as an artifact or a line of a history has it."""

    @property
    def id(self) -> str:
        """The kind."""

    @property
    def status(self) -> str:
        """PASS, FAIL or MISSING."""


class Comparable(Struct, frozen=True, kw_only=True):
    """What decides whether a run can be compared. `found` are the ids of the slices with evidence, `beyond`
    those of the known kinds beyond them.

    `judged_by` is the version of the program that judged it.
    """

    schema_version: str
    judged_by: str
    topology: Topology
    found: tuple[str, ...]
    beyond: tuple[str, ...]
    limits: Limits

    @property
    def described(self) -> tuple[str, ...]:
        """Whom the topology describes: the slices found or, where there are none, the kinds beyond."""
        return self.found or self.beyond


def comparable(proof: Proof, house: House) -> Comparable:
    """That part of an artifact."""
    own = own_targets(house)
    groups = ((stem, group or {}) for stem, group in proof.metrics.items())
    return Comparable(
        schema_version=proof.schema_version,
        judged_by=proof.generator.version,
        topology=proof.topology,
        found=found(proof.slices),
        beyond=found(row for row in proof.beyond if house.kind(row.id)),
        limits={
            (stem, name): metric.target
            for stem, group in groups
            for name, metric in group.items()
            if (stem, name) not in own
        },
    )


@cache
def own_targets(house: House) -> frozenset[tuple[str, str]]:
    """Figures whose target is another figure of the same evidence: it differs from run to run, and may."""
    return frozenset(
        (kind.stem, name)
        for kind in house.kinds
        for name, figure in metrics(kind.record).items()
        if figure.own_target
    )


def found(rows: Iterable[Row]) -> tuple[str, ...]:
    """The ids of the kinds of which there is evidence."""
    return tuple(row.id for row in rows if row.status != "MISSING")


def obstacles(before: Comparable, after: Comparable) -> tuple[Difference, ...]:
    """Why the two cannot be compared, each reason by name; empty where they can."""
    if not before.described and not after.described:
        nothing = "none found"
        return (Difference(kind="evidence", name="of any kind", before=nothing, after=nothing),)
    return (*_schema(before, after), *_topology(before, after), *_targets(before, after))


def versions(before: Comparable, after: Comparable) -> tuple[Difference, ...]:
    """Versions that differ, of the system under test and of the database."""
    changed = [
        name
        for name, same in (("system", _system_name), ("database", _database_name))
        if _differs(before, after, name, str) and not _differs(before, after, name, same)
    ]
    return tuple(_row(before, after, "version", name) for name in changed)


def system_version(text: str) -> str:
    """The version in a row of the topology that names one system; the whole row where that has none."""
    parts = _SYSTEM_VERSION.match(text)
    return parts[2] if parts else text


def _schema(before: Comparable, after: Comparable) -> Iterator[Difference]:
    """Another major version says other things under the same names."""
    versions = (before.schema_version, after.schema_version)
    if any(version.partition(".")[0] != KNOWN_SCHEMA for version in versions):
        yield Difference(kind="schema", name="schema_version", before=versions[0], after=versions[1])


def _topology(before: Comparable, after: Comparable) -> Iterator[Difference]:
    """Rows of the topology in which a kind that both sides describe differs."""
    rows: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("platform", str),
        ("cluster", str),
        ("database", _database_name),
        ("system", _system_name),
        ("chaos", str),
    )
    for name, same in rows:
        if _differs(before, after, name, same):
            yield _row(before, after, "topology", name)


def _row(
    before: Comparable, after: Comparable, kind: Literal["topology", "version"], name: str
) -> Difference:
    """A row of the topology, as each side words it."""
    words = (getattr(before.topology, name), getattr(after.topology, name))
    return Difference(kind=kind, name=name, before=words[0], after=words[1])


def _differs(before: Comparable, after: Comparable, name: str, same: Callable[[str], str]) -> bool:
    """Whether any kind that both sides describe has another value, versions left out by `same`."""
    owners = before.described, after.described
    if getattr(before.topology, name) == getattr(after.topology, name) and owners[0] == owners[1]:
        return False
    old, new = (_by_kind(getattr(side.topology, name), side.described) for side in (before, after))
    return any(same(old[owner]) != same(new[owner]) for owner in old.keys() & new.keys())


def _by_kind(text: str, owners: Sequence[str]) -> Mapping[str, str]:
    """A row of the topology for each kind described: `A, C: this; B: that`, or one for all."""
    if not _owners(text, owners)[0]:
        return dict.fromkeys(owners, text)
    values: dict[str, list[str]] = {owner: [] for owner in owners}
    named: Sequence[str] = ()
    for part in text.split("; "):
        head, rest = _owners(part, owners)
        named = head or named
        for owner in named:
            values[owner].append(rest)
    return {owner: "; ".join(values[owner]) for owner in owners}


def _owners(part: str, known: Sequence[str]) -> tuple[Sequence[str], str]:
    """The kinds that a part of a row is about, and the rest; none where it does not begin with their ids."""
    head, mark, rest = part.partition(": ")
    named = head.split(", ")
    return (named, rest) if mark and set(named) <= set(known) else ((), part)


def _database_name(text: str) -> str:
    """The database without its version, wherever the producer's words repeat it."""
    parts = _DATABASE_VERSION.match(text)
    if parts is None or not parts[2]:
        return text
    return parts[1].replace(parts[2], "…")


def _system_name(text: str) -> str:
    """The system under test without its version: the last word, where that begins like a number."""
    parts = _SYSTEM_VERSION.match(text)
    return parts[1] if parts else text


def _targets(before: Comparable, after: Comparable) -> Iterator[Difference]:
    """Figures that are held against other limits. One that has a limit on one side only is no obstacle where
    another version judged it: versions add rules."""
    if before.limits is after.limits:
        return
    rules_differ = before.judged_by != after.judged_by
    for key, old in before.limits.items():
        name, new = key[1], after.limits.get(key)
        if key not in after.limits or old == new:
            continue
        if not (rules_differ and (old is None or new is None)):
            yield Difference(kind="targets", name=name, before=bound(old), after=bound(new))


def bound(target: Bound | None) -> str:
    """`<= 5,000`, or `no target`."""
    if target is None:
        return "no target"
    limit: Any = target.value
    number = isinstance(limit, int | float) and not isinstance(limit, bool)
    return f"{target.op} {separated(limit) if number else shown(limit)}"
