"""Whether two runs can be compared at all: the same schema, the same topology, held against the same targets.

Versions are no obstacle. A new version of the system under test, or of its database, is what a comparison is
usually made for; it is named as a condition, so that nobody misses that it changed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, Protocol

from haproof.core.comparison import Difference
from haproof.core.figures import separated, shown
from haproof.core.model import Metric, Metrics, SliceRow, Target, Topology

KNOWN_SCHEMA = "1"
"""The major version of the JSON artifact that this program understands."""

OWN_TARGETS = frozenset(
    (
        "checksum_cli",
        "checksum_file",
        "user_rows_after",
        "epoch_after_recovery",
        "healthy_ms",
        "degraded_ms",
        "alert_ms",
    )
)
"""Figures whose target is another figure of the same evidence: it differs from run to run, and may."""

_OWNERS = re.compile(r"(VAL1[3-7](?:, VAL1[3-7])*): ")
_DATABASE_VERSION = re.compile(r"(.*?) ?\(?version ([^()]*)\)?\Z", re.DOTALL)
_SYSTEM_VERSION = re.compile(r"(.*\S)\s+(v?\d\S*)\Z", re.DOTALL)


class Judged(Protocol):
    """What is looked at: a proof has it, and so has an entry of a history."""

    @property
    def schema_version(self) -> str:
        """Version of the artifact's schema."""

    @property
    def topology(self) -> Topology:
        """What was tested."""

    @property
    def slices(self) -> tuple[SliceRow, ...]:
        """The coverage."""

    @property
    def metrics(self) -> Metrics:
        """Every figure."""


def obstacles(before: Judged, after: Judged) -> tuple[Difference, ...]:
    """Why the two cannot be compared, each reason by name; empty where they can."""
    if not found(before) and not found(after):
        nothing = "no slice found"
        return (Difference(kind="evidence", name="slices", before=nothing, after=nothing),)
    return (*_schema(before, after), *_topology(before, after), *_targets(before, after))


def versions(before: Judged, after: Judged) -> tuple[Difference, ...]:
    """Versions that differ, of the system under test and of the database."""
    changed = [
        name
        for name, same in (("system", _system_name), ("database", _database_name))
        if _differs(before, after, name, str) and not _differs(before, after, name, same)
    ]
    return tuple(_row(before, after, "version", name) for name in changed)


def found(judged: Judged) -> tuple[str, ...]:
    """The slices of which there is evidence."""
    return tuple(row.id for row in judged.slices if row.status != "MISSING")


def _schema(before: Judged, after: Judged) -> Iterator[Difference]:
    """Another major version says other things under the same names."""
    versions = (before.schema_version, after.schema_version)
    if any(version.partition(".")[0] != KNOWN_SCHEMA for version in versions):
        yield Difference(kind="schema", name="schema_version", before=versions[0], after=versions[1])


def _topology(before: Judged, after: Judged) -> Iterator[Difference]:
    """Rows of the topology in which a slice that both sides have differs."""
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


def _row(before: Judged, after: Judged, kind: Literal["topology", "version"], name: str) -> Difference:
    """A row of the topology, as each side words it."""
    words = (getattr(before.topology, name), getattr(after.topology, name))
    return Difference(kind=kind, name=name, before=words[0], after=words[1])


def _differs(before: Judged, after: Judged, name: str, same: Callable[[str], str]) -> bool:
    """Whether any slice found on both sides has another value, versions left out by `same`."""
    old, new = (_by_slice(getattr(side.topology, name), found(side)) for side in (before, after))
    return any(same(old[owner]) != same(new[owner]) for owner in old.keys() & new.keys())


def _by_slice(text: str, owners: Sequence[str]) -> Mapping[str, str]:
    """A row of the topology for each slice found: `VAL13, VAL15: this; VAL14: that`, or one for all."""
    if not _OWNERS.match(text):
        return dict.fromkeys(owners, text)
    values: dict[str, list[str]] = {owner: [] for owner in owners}
    named: list[str] = []
    for part in text.split("; "):
        head = _OWNERS.match(part)
        if head:
            named = head[1].split(", ")
        for owner in named:
            values.setdefault(owner, []).append(part[head.end() if head else 0 :])
    return {owner: "; ".join(values[owner]) for owner in owners}


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


def _targets(before: Judged, after: Judged) -> Iterator[Difference]:
    """Figures that are held against other limits. One that has a limit on one side only is held against none
    on the other: a version without that rule wrote it, or its limit was not measured."""
    for stem in Metrics.__struct_fields__:
        old: dict[str, Metric] = getattr(before.metrics, stem) or {}
        new: dict[str, Metric] = getattr(after.metrics, stem) or {}
        for name in (name for name in old if name in new and name not in OWN_TARGETS):
            first, second = old[name].target, new[name].target
            if first and second and first != second:
                yield Difference(kind="targets", name=name, before=bound(first), after=bound(second))


def bound(target: Target | None) -> str:
    """`<= 5,000`, or `no target`."""
    if target is None:
        return "no target"
    limit = target.value
    number = isinstance(limit, int | float) and not isinstance(limit, bool)
    return f"{target.op} {separated(limit) if number else shown(limit)}"  # type: ignore[arg-type]
