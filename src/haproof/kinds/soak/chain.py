"""The chain: each line of a journal carries the SHA-256 of the line before it. Pure but for the digest."""

from collections.abc import Iterable
from hashlib import sha256

import msgspec

from haproof.core.soak.fold import Fold, NoSoak
from haproof.core.soak.lines import Line

FIRST = "0" * 64
"""`prev` of the first line."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode


def encoded(line: Line) -> bytes:
    """A line as it stands in the file, its line feed included."""
    return _encode(line) + b"\n"


def decoded(raw: bytes) -> Line:
    """The line of these bytes. Raises ValueError where they are none."""
    return _decode(raw)


def digest(raw: bytes) -> str:
    """SHA-256 of a line's bytes, its line feed left out."""
    return sha256(raw.rstrip(b"\n")).hexdigest()


class Head(msgspec.Struct, frozen=True):
    """The last line that somebody saw: its number and its digest."""

    n: int
    sha256: str


class Reading:
    """A journal that is read on as it grows; `head` is a line that must be there."""

    def __init__(self, head: Head | None = None) -> None:
        self.offset = 0
        self._fold: Fold | None = None
        self._expected, self._number = FIRST, 0
        self._head = head
        self._at_head = ""

    def feed(self, lines: Iterable[bytes]) -> Fold:
        """Further lines, from `offset` on; each is held against the one before it.

        Raises NoSoak where the very first line is no setup. A line that cannot be read is a fault of the
        journal; half a line at the end is left for its writer.
        """
        fold, expected, number = self._fold, self._expected, self._number
        wanted = 0 if self._head is None else self._head.n
        for raw in lines:
            if raw[-1:] != b"\n":
                break
            self.offset += len(raw)
            raw = raw[:-1]
            try:
                line = _decode(raw)
            except ValueError:
                if fold is None:
                    raise NoSoak("the first line is not the setup of a soak") from None
                fold.fault(f"the line after line {number} cannot be read")
                expected = sha256(raw).hexdigest()
                continue
            if fold is None:
                fold = Fold.begun(line)
                if line.prev != expected or line.n != 1:
                    fold.fault("the first line is not numbered as one")
            else:
                fold.step(line, line.prev == expected and line.n == number + 1)
            number, expected = line.n, sha256(raw).hexdigest()
            if number == wanted:
                self._at_head = expected
        if fold is None:
            raise NoSoak("there is no line")
        self._fold, self._expected, self._number = fold, expected, number
        self._check_head(fold)
        return fold

    def _check_head(self, fold: Fold) -> None:
        head, self._head = self._head, None
        if head is not None and self._at_head != head.sha256:
            where = "is another one in" if self._at_head else "is gone from"
            fold.state_fault = f"line {head.n}, the last one that state.json knows of, {where} the journal"
            fold.fault(fold.state_fault)


def added_up(lines: Iterable[bytes]) -> Fold:
    """Every line of a journal. Raises NoSoak."""
    return Reading().feed(lines)
