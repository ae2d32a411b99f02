"""A backup's file as the lab sees it: size, digest, table of contents, and damaged copies of it."""

import contextlib
import hashlib
import os
import random
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from haproof.errors import HaproofError
from haproof.lab.ground import DATABASE, TOOL_SECONDS, Ground, clean_environment
from haproof.lab.journal import Journal

MAGIC = b"PGDMP"
"""What a custom-format archive begins with; pg_restore lists other formats too."""

HEADER_BYTES = 256
ENTRY = re.compile(r"^\d+; ", re.MULTILINE)


class NoArchive(HaproofError):
    """The system under test made no archive where it says that there is one."""

    exit_status = 1


@dataclass(frozen=True)
class ArchiveFile:
    """One archive on disk."""

    path: Path

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def sha256(self) -> str:
        """Digest of the content, in hex."""
        with open(self.path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def contents(self, ground: Ground) -> str:
        """What `pg_restore -l` lists of a custom-format archive; empty where it is none, or broken."""
        with open(self.path, "rb") as stream:
            if stream.read(len(MAGIC)) != MAGIC:
                return ""
        argv = [str(ground.binaries.folder / "pg_restore"), "-l", str(self.path)]
        done = ground.children.run("pg_restore-list", argv, seconds=TOOL_SECONDS, env=clean_environment())
        return done.output if done.status == 0 else ""

    def places_to_damage(self, choices: random.Random) -> dict[str, int]:
        """Offsets of bytes that a restore must not overlook.

        One lies in the name of the database, which pg_restore reads past: only a checksum finds it. One lies
        anywhere behind the header, most likely in the rows, and one at the very end, where a checksum of the
        beginning does not reach.
        """
        size = self.size
        with open(self.path, "rb") as stream:
            name = stream.read(HEADER_BYTES).find(DATABASE.encode())
        anywhere = choices.randrange(min(HEADER_BYTES, size - 1), size)
        places = {"a random byte": anywhere, "the last byte": size - 1}
        return places if name < 0 else {"the header's database name": name, **places}

    @contextlib.contextmanager
    def damaged(self, journal: Journal, offset: int) -> Iterator[None]:
        """A copy with one bit flipped takes the archive's place until the block ends."""
        whole = self.path.with_name(f"whole-{secrets.token_hex(8)}")  # a longer name might be too long
        os.rename(self.path, whole)
        try:
            shutil.copy2(whole, self.path)
            with open(self.path, "r+b") as stream:
                stream.seek(offset)
                byte = stream.read(1)[0]
                stream.seek(offset)
                stream.write(bytes([byte ^ 1]))
            journal.act("archive.damage", file=self.path.name, offset=offset, was=byte, became=byte ^ 1)
            yield
        finally:
            os.replace(whole, self.path)
            journal.act("archive.mend", file=self.path.name)


def entries(contents: str) -> int:
    """How many entries a table of contents has."""
    return len(ENTRY.findall(contents))


def find(folder: Path, file: str | None) -> ArchiveFile:
    """The archive that an inventory names, by a path from the backup folder. Raises NoArchive."""
    if not file:
        raise NoArchive("its entry in the inventory names no file")
    try:
        path = folder / file
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise NoArchive(f"the file {file} that the inventory names is no regular file")
        if path.stat().st_size == 0:
            raise NoArchive(f"the file {file} that the inventory names is empty")
    except OSError as fault:
        raise NoArchive(f"the file {file} that the inventory names: {fault.strerror}") from fault
    except ValueError:  # a NUL in the name
        raise NoArchive(f"the inventory names {file!a}, which no file can be called") from None
    return ArchiveFile(path)
