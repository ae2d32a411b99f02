"""`writes.jsonl` as haproof 0.1.0 wrote it: a line for each attempt, with its outcome, and no stored rows."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Literal

import msgspec
from msgspec import Struct

from haproof.core.histories.codec import Malformed
from haproof.core.type_words import mismatch


class OldWrite(Struct, frozen=True):
    """One attempt; times are seconds of a monotonic clock whose origin nobody knows."""

    id: str
    payload: str
    outcome: Literal["acknowledged", "refused", "unknown"]
    node: str | None
    status: int | None
    sent_s: float
    done_s: float


_DECODER = msgspec.json.Decoder(OldWrite)


def told_apart(lines: Iterable[bytes]) -> tuple[bool, Iterator[bytes]]:
    """Whether these are lines of the old form, and all of them again."""
    rest = iter(lines)
    first = next(rest, b"")
    return b'"outcome"' in first and b'"kind"' not in first, chain([first] if first else [], rest)


def old_figures(lines: Iterable[bytes]) -> dict[str, Any]:
    """What the old form yields: rows acknowledged, and attempts refused and of unknown outcome.

    Raises Malformed.
    """
    acknowledged: set[str] = set()
    counts = {"refused": 0, "unknown": 0}
    for number, line in enumerate(lines, 1):
        try:
            write = _DECODER.decode(line)
        except msgspec.ValidationError as fault:
            raise Malformed(number, ": ".join(mismatch(fault))) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Malformed(number, "not JSON") from None
        if write.outcome == "acknowledged":
            acknowledged.add(write.id)
        else:
            counts[write.outcome] += 1
    return {
        "rows_acknowledged": len(acknowledged),
        "rows_refused": counts["refused"],
        "rows_unknown": counts["unknown"],
    }
