"""Checks and slices as values: an id, a sentence, and a pure function."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from haproof.core.findings import Findings
from haproof.core.record import Record

R = TypeVar("R", bound=Record)


class Check(Struct, Generic[R], frozen=True):
    """One of a slice's ten checks.

    `judge` looks at the record and returns a finding for each rule that applied: no findings mean "no
    facts given" (the producer's word stands, and the report says so), one broken finding means no.
    Its docstring says what the check means, why it matters, how the lab measures it and what it does
    not prove; `haproof explain` and `docs/checks.md` show it.
    """

    id: str
    title: str
    judge: Callable[[R], Findings]


class Raw(Struct, Generic[R], frozen=True):
    """A raw file beside a slice's report: its path below the slice's folder, the figures that it may yield,
    and how they are derived from its lines.

    `derive` is given the lines, their ends included, and the record (its settings say how a figure was
    measured). It gives those metrics and observations that these lines yield, by name: an older form of the
    file may yield fewer. Raises ValueError where the lines are none of the file's forms.
    """

    file: str
    figures: tuple[str, ...]
    derive: Callable[[Iterable[bytes], R], Mapping[str, Any]]


class Slice(Struct, Generic[R], frozen=True):
    """One kind of evidence: its code, its names, the type of its record, its ten checks and its raw files."""

    id: str
    stem: str
    name: str
    record: type[R]
    checks: tuple[Check[R], ...]
    raw: tuple[Raw[R], ...] = ()

    @property
    def folder(self) -> str:
        """The slice's folder in an evidence directory."""
        return self.id.lower()


AnySlice = Slice[Any]


def ten(slice_id: str, *judged: tuple[str, Callable[[R], Findings]]) -> tuple[Check[R], ...]:
    """The ten checks of a slice, numbered in order."""
    if len(judged) != 10:
        raise ValueError(f"{slice_id} must have ten checks, not {len(judged)}")
    return tuple(Check(f"{slice_id}-{n:02}", title, judge) for n, (title, judge) in enumerate(judged, 1))
