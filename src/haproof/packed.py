"""Raw files that lie packed beside a report (`NAME.xz`): read as what was packed, with bounds."""

import io
import lzma
from typing import BinaryIO

from haproof.inside import Unusable

PART_BYTES = 256 * 1024
MEMORY_BYTES = 128 * 1024 * 1024
"""What unpacking may take: xz at its highest level needs 65 MiB, and a file can ask for four gigabytes."""


class Unpacked(io.RawIOBase):
    """The content of one xz file, from its packed stream. Reading raises Unusable where it is not a whole
    one, or is more than `largest` bytes."""

    def __init__(self, packed: BinaryIO, path: str, largest: int) -> None:
        super().__init__()
        self._packed = packed
        self._path = path
        self._left = largest
        self._xz = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY_BYTES)

    def readable(self) -> bool:
        """It is for nothing else."""
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        """The next bytes; 0 at the end."""
        while not self._xz.eof:
            part = self._packed.read(PART_BYTES) if self._xz.needs_input else b""
            if not part and self._xz.needs_input:
                raise Unusable(self._path, "ends in the middle (xz)")
            try:
                found = self._xz.decompress(part, len(buffer))
            except lzma.LZMAError as fault:
                raise Unusable(self._path, f"cannot be unpacked (xz: {fault})") from None
            if found:
                return self._given(found, buffer)
        if self._xz.unused_data or self._packed.read(1):
            raise Unusable(self._path, "goes on after its end (xz)")
        return 0

    def _given(self, found: bytes, buffer: "memoryview | bytearray") -> int:
        self._left -= len(found)
        if self._left < 0:
            raise Unusable(self._path, "is too large once it is unpacked")
        buffer[: len(found)] = found
        return len(found)


def unpacked(packed: BinaryIO, path: str, largest: int) -> BinaryIO:
    """A stream of what was packed."""
    return io.BufferedReader(Unpacked(packed, path, largest), PART_BYTES)
