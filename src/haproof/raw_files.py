"""Raw files beside the slice reports: opened by the rules of reports, and read line by line."""

import os
import stat
from collections.abc import Iterator
from typing import Any, BinaryIO

from msgspec.structs import replace

from haproof.core.kind import Recount
from haproof.core.source import Evidence, Recounted, Source
from haproof.inside import Unusable, open_inside

LARGEST_RAW_BYTES = 1024 * 1024 * 1024
"""A larger raw file is not recounted."""

PACKED = ".xz"
"""How the name of a raw file ends that lies there packed; read where the plain one is not there."""

LONGEST_LINE_BYTES = 64 * 1024 * 1024
"""A longer line of a raw file is a fault."""


def recount(evidence: Evidence) -> Evidence:
    """The evidence with what the raw files of each slice yield; a fault of a file becomes a value."""
    directory = evidence.directory
    return replace(evidence, sources=tuple(_recounted(directory, source) for source in evidence.sources))


def _recounted(directory: str, source: Source) -> Source:
    """One slice; one without a record has no figures to be held against."""
    if source.record is None:
        return replace(source, recounted=())
    found = tuple(_one(directory, source, raw) for raw in source.kind.recounts)
    return replace(source, recounted=found)


def _one(directory: str, source: Source, raw: Recount[Any]) -> Recounted:
    """One raw file: the figures that it yields, or why it cannot be used."""
    path = f"{source.kind.folder}/{raw.file}"
    if not os.path.lexists(os.path.join(directory, path)):
        if not os.path.lexists(os.path.join(directory, path + PACKED)):
            return Recounted(path=path)
        path += PACKED
    try:
        with _opened(directory, path) as stream:
            before = os.fstat(stream.fileno())
            values = raw.derive(_lines(_content(stream, path), path), source.record)
            after = os.fstat(stream.fileno())
    except (Unusable, ValueError) as fault:
        return Recounted(path=path, fault=str(fault))
    except OSError as fault:
        return Recounted(path=path, fault=f"cannot be read ({fault.strerror})")
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return Recounted(path=path, fault="changed while it was read")
    return Recounted(path=path, values=values)


def _opened(directory: str, path: str) -> BinaryIO:
    """A regular file of the evidence directory that is not too large. Raises Unusable."""
    handle = open_inside(directory, path)
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise Unusable(path, "not a regular file")
        if state.st_size > LARGEST_RAW_BYTES:
            raise Unusable(path, f"larger than 1 GiB ({state.st_size} bytes)")
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _content(stream: BinaryIO, path: str) -> BinaryIO:
    """What a file holds, unpacked where it is packed."""
    if not path.endswith(PACKED):
        return stream
    from haproof.packed import unpacked

    return unpacked(stream, path, LARGEST_RAW_BYTES)


def _lines(stream: BinaryIO, path: str) -> Iterator[bytes]:
    """The lines of a file, their ends included."""
    while line := stream.readline(LONGEST_LINE_BYTES + 1):
        if len(line) > LONGEST_LINE_BYTES:
            raise Unusable(path, "has a line longer than 64 MiB")
        yield line
