"""Reading a kind of evidence that is every file of its folder with one ending, by the rules of reports."""

import hashlib
import os
from collections.abc import Iterator, Sequence

from haproof.core.gathered import Digested, Unreadable
from haproof.core.kind import Kind
from haproof.core.source import ReadFile, Source
from haproof.core.trust import Trusted
from haproof.inside import Unusable, parts_inside


def gathered(directory: str, kind: Kind, trusted: Trusted) -> Source:
    """What the files of a kind hold; the record is made of it as of the time of judgement."""
    folder = Folder(directory, kind.folder, kind.ending)
    if kind.gathered is None or not folder.names:
        return Source(kind=kind, path=kind.usual_path, fault=folder.fault)
    found = kind.gathered.read(folder, trusted.signer)
    return Source(
        kind=kind,
        path=kind.usual_path,
        gathered=found,
        files=tuple(folder.files),
        digested=tuple(folder.digested.values()),
    )


class Folder:
    """The folder of such a kind. `files` and `digested` are those that were read so far; `fault` says why
    there are none."""

    def __init__(self, directory: str, folder: str, ending: str) -> None:
        self._directory = directory
        self._folder = folder
        self.fault, self.files = "not found", list[ReadFile]()
        self.digested: dict[str, ReadFile] = {}
        self.names: Sequence[str] = ()
        try:
            listed = os.listdir(os.path.join(directory, folder))
            self.names = sorted(name for name in listed if name.endswith(ending) and name[0] != ".")
        except OSError as fault:
            if not isinstance(fault, FileNotFoundError | NotADirectoryError):
                self.fault = f"folder cannot be read ({fault.strerror})"

    def path(self, name: str) -> str:
        """Where a file lies, relative to the evidence directory."""
        return f"{self._folder}/{name}"

    def read(self, name: str, largest: int) -> bytes:
        """All of a file that is evidence. Raises Unreadable."""
        content = b"".join(self._parts(name, largest))
        self.files.append(ReadFile(self.path(name), hashlib.sha256(content).hexdigest(), len(content)))
        return content

    def digest(self, name: str, largest: int, small: int) -> Digested:
        """A file that evidence is about, read in parts. Raises Unreadable."""
        if not os.path.lexists(os.path.join(self._directory, self.path(name))):
            raise Unreadable("not there")
        hasher, size, kept = hashlib.sha256(), 0, b""
        for part in self._parts(name, largest):
            hasher.update(part)
            size += len(part)
            kept = kept + part if size <= small else b""
        digest = hasher.hexdigest()
        self.digested[name] = ReadFile(self.path(name), digest, size)
        return Digested(digest, size, kept if size <= small else None)

    def _parts(self, name: str, largest: int) -> Iterator[bytes]:
        try:
            yield from parts_inside(self._directory, self.path(name), largest)
        except Unusable as fault:
            raise Unreadable(str(fault)) from None
