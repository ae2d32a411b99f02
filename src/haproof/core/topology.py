"""What was tested, in the producers' own words: one statement where all slices agree, else each variant."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from haproof.core.figures import cut
from haproof.core.model import SliceResult, Topology, Window
from haproof.core.platform import NOT_RECORDED, platform_words
from haproof.core.record import Environment


class TopologyRow(Struct, frozen=True):
    """One labelled row of the tested topology, one string for each printed line."""

    label: str
    lines: tuple[str, ...]


Lines = tuple[str, ...]


def _platform(environment: Environment) -> Lines:
    return (environment.platform,) if environment.platform else ()


def _cluster(environment: Environment) -> Lines:
    return (environment.cluster,) if environment.cluster else ()


def _database(environment: Environment) -> Lines:
    name, version = environment.database, environment.database_version
    if name and version and version not in name:
        return (f"{name} (version {version})",)
    return (name,) if name else ((f"version {version}",) if version else ())


def _chaos(environment: Environment) -> Lines:
    chaos = environment.chaos
    return tuple(line for line in ((chaos,) if isinstance(chaos, str) else chaos or ()) if line)


def _system(environment: Environment) -> Lines:
    system = environment.system
    if system is None:
        return ()
    words = " ".join(word for word in (system.name, system.version) if word)
    return (words,) if words else ()


ROWS: tuple[tuple[str, Callable[[Environment], Lines]], ...] = (
    ("Platform", _platform),
    ("Cluster", _cluster),
    ("Database", _database),
    ("System", _system),
    ("Chaos", _chaos),
)
"""Label of each row, and how it is read from a slice's environment."""


def recorded_platform(slices: Sequence[SliceResult], slice_id: str) -> str | None:
    """The platform that a slice names; for one without evidence, the one that all others agree on."""
    result = next(result for result in slices if result.id == slice_id)
    if result.found:
        environment = result.source.record.environment
        return environment.platform if environment else None
    named = {lines for lines, _ in _variants(slices, _platform)}
    return next(iter(named.pop()), None) if len(named) == 1 else None


def platforms(slices: Sequence[SliceResult]) -> list[str | None]:
    """Each platform that the slices found name, in their order; None where one names none."""
    return [lines[0] if lines else None for lines, _ in _variants(slices, _platform)] or [None]


def system_names(slices: Sequence[SliceResult]) -> tuple[str, ...]:
    """Each system under test that the slices found name, without its version, in their order."""
    environments = [result.source.record.environment for result in slices if result.found]
    names = [each.system.name for each in environments if each is not None and each.system is not None]
    return tuple(dict.fromkeys(cut(name) for name in names if name))


def tested(slices: Sequence[SliceResult], beyond: Sequence[SliceResult]) -> Sequence[SliceResult]:
    """Those that say what was tested: the required kinds; where nothing of them was found, those beyond that
    were and that name what they are of."""
    if any(result.found for result in slices):
        return slices
    named = [one for one in beyond if one.found and one.source.record.environment]
    return named or slices


def describe(slices: Sequence[SliceResult], window: Window) -> tuple[TopologyRow, ...]:
    """The rows of the tested topology, each value cut to a length that a person can read."""
    rows = [TopologyRow(label, _lines(_variants(slices, read))) for label, read in ROWS]
    coherent = "single coherent evidence window"
    evidence = coherent if window.coherent else f"NOT coherent ({window.detail})"
    rows.append(TopologyRow("Evidence", (evidence,)))
    rows.append(TopologyRow("Note", _note(slices)))
    return tuple(rows)


def artifact(rows: Sequence[TopologyRow]) -> Topology:
    """The same for the JSON artifact: the lines of a row joined."""
    joined = {row.label.lower(): "; ".join(row.lines) for row in rows}
    return Topology(**joined)


def differing(slices: Sequence[SliceResult]) -> tuple[str, ...]:
    """The labels of the rows in which the slices do not agree and should.

    What was started for a slice and what was done in it is that slice's own: those rows may differ.
    """
    own = ("Cluster", "Chaos")
    return tuple(label for label, read in ROWS if label not in own and len(_variants(slices, read)) > 1)


def _variants(
    slices: Sequence[SliceResult], read: Callable[[Environment], Lines]
) -> list[tuple[Lines, list[str]]]:
    """Each distinct value, with the slices found that have it, in the order of the slices."""
    variants: dict[Lines, list[str]] = {}
    for result in slices:
        if result.found:
            environment = result.source.record.environment
            lines = read(environment) if environment else ()
            variants.setdefault(lines, []).append(result.id)
    return list(variants.items())


def _lines(variants: list[tuple[Lines, list[str]]]) -> Lines:
    """One value as it is; several each with the slices that have it. Cut only here: values that differ in
    what is not shown differ all the same. A line that they all have is given once, at the end."""
    if len(variants) <= 1:
        return tuple(cut(line) for line in (variants[0][0] if variants else ()) or (NOT_RECORDED,))
    common = [line for line in variants[0][0] if all(line in lines for lines, _ in variants)]
    each = [
        (ids, [line for line in lines if line not in common] or ([] if common else [NOT_RECORDED]))
        for lines, ids in variants
    ]
    each.append(([name for _, ids in variants for name in ids], common))
    return tuple(f"{', '.join(sorted(ids))}: {cut(line)}" for ids, lines in each for line in lines)


def _note(slices: Sequence[SliceResult]) -> Lines:
    """What the figures do not stand for, on each platform that was recorded."""
    lines: list[str] = []
    for platform in platforms(slices):
        lines += [line for line in platform_words(platform).note if line not in lines]
    return tuple(lines)
