"""What is said of a figure, where it is declared: the metadata of its field, read once for each record.

A figure without a description is shown all the same: by its name.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from haproof.core.record import Count, MaybeCount
from haproof.core.words import Words

Unit = Literal["ms", "rows", "bytes", "count"]


class Figure(Struct, frozen=True, kw_only=True):
    """What is known of a figure or an observation besides its type.

    `label` is what people call it in a table, `subject` how it begins a sentence that goes on with `took`,
    `was` or a colon. A number that counts says `counts`: one of it, and any other number of it. A yes or no
    says what it `asks`, and what it says where it is not the one asked for (`broken`). `elements` is what the
    elements of an array are called.

    `trials` names the array of its trials. `polled` figures cannot be finer than the poll that sees them.
    `under` are the settings that it was measured under: under others it is another figure. A `setting` is
    neither better nor worse, whichever way it changes; an `own_target` is held against another figure of the
    same evidence, called `compared_with` where it is of another group. `about` is what `explain` says; what
    it leaves out is said by the check that is tied to it.
    `unit` follows from name and type.
    """

    name: str = ""
    label: str = ""
    subject: str = ""
    counts: tuple[str, str] | None = None
    asks: str = ""
    broken: str = ""
    elements: str = "trials"
    trials: str = ""
    polled: bool = False
    under: tuple[str, ...] = ()
    setting: bool = False
    own_target: bool = False
    compared_with: str = ""
    about: Words = Words(meaning="")
    unit: Unit | None = None

    @property
    def called(self) -> str:
        """Its label, or its name in words."""
        words = self.name.replace("_", " ").removesuffix(" ms")
        return self.label or words[:1].upper() + words[1:]


def figure(
    *,
    label: str = "",
    subject: str = "",
    counts: tuple[str, str] | None = None,
    asks: str = "",
    broken: str = "",
    elements: str = "trials",
    trials: str = "",
    polled: bool = False,
    under: tuple[str, ...] = (),
    setting: bool = False,
    own_target: bool = False,
    compared_with: str = "",
    meaning: str = "",
    why: str = "",
    how: str = "",
    not_proved: str = "",
) -> Figure:
    """Describe a figure at its field: `Annotated[Number | None, figure(label="…", meaning="…")]`.

    (msgspec passes over it. Inside a `msgspec.Meta` it would slow every report down: all of these have the
    same hash, by which `typing` looks up each `Annotated` type among those before it.)
    """
    return Figure(
        label=label,
        subject=subject,
        counts=counts,
        asks=asks,
        broken=broken,
        elements=elements,
        trials=trials,
        polled=polled,
        under=under,
        setting=setting,
        own_target=own_target,
        compared_with=compared_with,
        about=Words(meaning=meaning, why=why, how=how, not_proved=not_proved),
    )


def plain(kind: Any) -> Any:
    """The type of a field without its description."""
    return _parted(kind)[0]


def _parted(kind: Any) -> tuple[Any, Figure | None]:
    """The type of a field, and what is said of the figure; None where nothing is."""
    for said in getattr(kind, "__metadata__", ()):
        if isinstance(said, Figure):
            return kind.__origin__, said
    return kind, None


PLAIN = Figure()
"""A figure of which nothing is said."""


def declared(group: Any) -> list[tuple[str, Any]]:
    """Every field of a record with its type, in order. (The types are no words to be looked up, so this takes
    a tenth of the time of `msgspec.structs.fields`, in every report.)"""
    types: dict[str, Any] = {}
    for base in reversed(group.__mro__):
        types |= getattr(base, "__annotations__", {})
    return [(name, types[name]) for name in group.__struct_fields__]


@cache
def described(group: Any) -> Mapping[str, Figure]:
    """Every figure of a group of a report, by name, in its order."""
    found = {}
    for name, kind in declared(group):
        bare, said = _parted(kind)
        found[name] = replace(said or PLAIN, name=name, unit=unit(name, bare))
    return found


_COUNTS = (MaybeCount, Count | None)


def unit(name: str, kind: Any) -> Unit | None:
    """A figure's unit: milliseconds and bytes by its name, rows and counts where its type is an integer; None
    for booleans, risks, digests and words."""
    if name.endswith("_ms"):
        return "ms"
    if name.endswith("_bytes"):
        return "bytes"
    if kind not in _COUNTS:
        return None
    return "rows" if "rows" in name else "count"


@cache
def groups(record: Any) -> Mapping[str, Mapping[str, Figure]]:
    """The groups of a kind's record, `metrics` and `observations`: name to figures by name."""
    found = {}
    for name, kind in declared(record):
        for option in (kind, *get_args(kind)) if name in ("metrics", "observations") else ():
            if isinstance(option, type) and issubclass(option, Struct):
                found[name] = described(option)
    return found


def metrics(record: Any) -> Mapping[str, Figure]:
    """The figures of a kind's record."""
    return groups(record)["metrics"]


def listed(record: Any) -> Mapping[str, Figure]:
    """The figures of the objects that a kind's metrics list, such as those of each trial."""
    found: dict[str, Figure] = {}
    options = [kind for name, kind in declared(record) if name == "metrics"]
    for _, kind in (each for option in options for each in declared(option)):
        for item in _structs(kind):
            found |= {name: figure for name, figure in described(item).items() if name not in found}
    return found


def _structs(kind: Any) -> Iterator[Any]:
    """The record types that a field's type holds, itself or in a list."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        yield kind
    for option in get_args(kind):
        yield from _structs(option)
