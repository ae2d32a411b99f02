"""What is there at the end against what was sent and acknowledged."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from haproof.core.histories.clusters.lines import Line
from haproof.core.histories.clusters.reading import Row, Trial, Write
from haproof.core.histories.clusters.service import NAMELESS


class Stored(Struct, frozen=True, kw_only=True):
    """A comparison with one server's rows. `lost` are the acknowledged rows that are not there; `duplicated`
    counts further copies of an id; `phantom` rows that nobody sent, and rows of which the server said no."""

    lost: list[Row]
    unknown_present: int
    duplicated: int
    phantom: int


def authority(finals: Sequence[Line]) -> Line | None:
    """The table that counts: of the server that takes writes on the highest timeline."""
    writing = [line for line in finals if line.read_write]
    return max(writing, key=lambda line: (line.timeline or 0, line.member or ""), default=None)


def lists(final: Line) -> dict[int, list[int]] | None:
    """The lists at the end by key; None where they were not read. Raises ValueError for a key that is no
    whole number."""
    if final.lists is None:
        return None
    if not all(key.isascii() and key.isdecimal() for key in final.lists):
        raise ValueError(f"trial {final.trial!r}: a list's key is a whole number")
    return {int(key): values for key, values in final.lists.items()}


def compare(trial: Trial, final: Line) -> Stored:
    """The rows of one server against those that were sent in the trial."""
    copies = Counter(final.rows)
    there = set(copies)
    refused = {row.id for row in trial.rows if row.outcome == "refused"}
    return Stored(
        lost=[row for row in trial.rows if row.outcome == "acknowledged" and row.id not in there],
        unknown_present=sum(row.outcome == "unknown" and row.id in there for row in trial.rows),
        duplicated=sum(copies.values()) - len(copies),
        phantom=len({id_ for id_ in there | trial.strange if id_ not in trial.places or id_ in refused}),
    )


def by_member(lost: Sequence[Write]) -> dict[str, int]:
    """Lost writes by the member that acknowledged them."""
    return dict(sorted(Counter(write.member or NAMELESS for write in lost).items()))


def equal(finals: Sequence[Line], members: int) -> bool:
    """Whether every member answered, and with the same rows and lists."""
    contents: list[tuple[Mapping[str, int], Mapping[str, Sequence[int]]]] = [
        (Counter(line.rows), {key: values for key, values in (line.lists or {}).items() if values})
        for line in finals
    ]
    return len(finals) >= members and all(content == contents[0] for content in contents)
