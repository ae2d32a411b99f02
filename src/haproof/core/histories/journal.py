"""Lines of a slice's journal: of all that is in it, those that say what figures follow from."""

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

import msgspec
from msgspec import Struct

from haproof.core.histories.codec import Malformed
from haproof.core.type_words import mismatch

T = TypeVar("T", bound=Struct)


class _Line(Struct, frozen=True):
    what: str = ""


_LINES = msgspec.json.Decoder(_Line)


def saws(lines: Iterable[bytes], kind: type[T], whats: Collection[str]) -> Iterator[T]:
    """The lines whose `what` is one of these, by their types; others have other keys. Raises Malformed."""
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(lines, 1):
        try:
            if _LINES.decode(line).what in whats:
                yield decoder.decode(line)
        except msgspec.ValidationError as fault:
            raise Malformed(number, ": ".join(mismatch(fault))) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Malformed(number, "not JSON") from None
