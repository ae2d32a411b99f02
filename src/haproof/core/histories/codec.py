"""Lines of a history to operations and back: strict, bounded, with the number of the line in every fault."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from haproof.core.figures import cut
from haproof.core.histories.operation import ENDS, MARKS, Operation
from haproof.core.parse import Mismatch, parse_json
from haproof.core.type_words import mismatch

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of one line, its end included: a `final` line holds a whole table."""

MOST_LINES = 10_000_000
"""Lines of one history."""

_KEY = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"\s*:')
_DECODER = msgspec.json.Decoder(Operation)
_ENCODER = msgspec.json.Encoder()


class Malformed(ValueError):
    """A history that is none; the message names the line and the fault."""

    def __init__(self, line: int, fault: str) -> None:
        super().__init__(f"line {line}: {fault}")
        self.line = line


def encode(operation: Operation) -> bytes:
    """One line, its end included; non-ASCII characters are written as they are, in UTF-8."""
    return _ENCODER.encode(operation) + b"\n"


def decode(lines: Iterable[bytes]) -> list[Operation]:
    """The operations of a history, in the order of its lines.

    Raises Malformed for a line that is not strict JSON of the declared types, that lacks what its kind needs,
    or that ends an operation which was never begun.
    """
    operations = []
    begun: set[tuple[str | None, str | None, str | None]] = set()
    for number, line in enumerate(lines, 1):
        if number > MOST_LINES:
            raise Malformed(number, f"more than {MOST_LINES:,} lines")
        operation = _one(line, number)
        fault = _lacks(operation) or _out_of_order(operation, begun)
        if fault:
            raise Malformed(number, fault)
        operations.append(operation)
    return operations


def _one(line: bytes, number: int) -> Operation:
    """One line by its types."""
    if len(line) > LONGEST_LINE:
        raise Malformed(number, f"longer than {LONGEST_LINE >> 20} MiB")
    if not line.endswith(b"\n"):
        raise Malformed(number, "has no end: the file was cut off")
    try:
        operation = _DECODER.decode(line)
        keys = _KEY.findall(line)
        if len(keys) != len(set(keys)) or b"\\" in b"".join(keys):
            parse_json(line)  # a key of two objects may be the same; one of the same object may not
    except msgspec.ValidationError as fault:
        place, words = mismatch(fault)
        raise Malformed(number, f"{cut(place)}: {words}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(number, "not JSON") from None
    except Mismatch as fault:
        raise Malformed(number, str(fault)) from None
    return operation


def _lacks(operation: Operation) -> str | None:
    """What a line of its kind must have and has not; None where nothing is missing."""
    for name in _needed(operation):
        if getattr(operation, name) is None:
            what = operation.kind if operation.op is None else f"{operation.kind} of {operation.op}"
            return f"$.{name}: missing in {what}"
    if operation.op == "read" and operation.kind == "ok" and not _texts(operation.value):
        return "$.value: expected the ids that were read"
    return None


def _needed(operation: Operation) -> Iterator[str]:
    """The keys that a line of this kind needs."""
    if operation.kind in MARKS:
        yield "trial"
    elif operation.kind == "final":
        yield "rows"
    else:
        yield "op"
        if operation.op in ("insert", "txn"):
            yield from ("client", "id")
        elif operation.op == "status" and operation.member is None:
            yield "node"


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _out_of_order(operation: Operation, begun: set[tuple[str | None, str | None, str | None]]) -> str | None:
    """Whether an insert or a transaction ends that was not begun, or begins twice; keeps the open ones."""
    if operation.op not in ("insert", "txn"):
        return None
    key = (operation.trial, operation.client, operation.id)
    if operation.kind == "invoke":
        if key in begun:
            return f"begins {operation.id!r} again, which has not ended"
        begun.add(key)
    elif operation.kind in ENDS:
        if key not in begun:
            return f"ends {operation.id!r}, which was never begun"
        begun.remove(key)
    return None
