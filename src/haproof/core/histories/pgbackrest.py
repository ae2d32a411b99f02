"""What `pgbackrest verify` says of a repository, read from its text: it ends with status 0 whatever it found.

    stanza: lab
    status: error
      archiveId: 15-1, total WAL checked: 16, total valid WAL: 15
        missing: 0, checksum invalid: 0, size invalid: 0, other: 1
      backup: 20261129-005154F, status: valid, total files checked: 967, total valid files: 967
        missing: 0, checksum invalid: 0, size invalid: 0, other: 0

This is the text of `--output=text --verbose`; without these options it may say nothing at all. A segment that
is not there between the last backup and the end of the archive is in none of its counts: the list of
segments has to be looked at as well.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from haproof.core.figures import cut

STATUS = re.compile(r"^status: (.+)$", re.MULTILINE)
PART = re.compile(
    r"^ +(?P<what>archiveId|backup): (?P<name>[^,\n]+)(?:, status: (?P<status>[^,\n]+))?"
    r", total (?:WAL|files) checked: (?P<checked>[0-9]+), total valid (?:WAL|files): (?P<valid>[0-9]+)$"
    r"(?:\n +(?P<counts>[a-z ]+: [0-9]+(?:, [a-z ]+: [0-9]+)*)$)?",
    re.MULTILINE,
)
COUNT = re.compile(r"([a-z ]+): ([0-9]+)")
GOOD = {"archiveId": (None,), "backup": ("valid",)}
"""The status that a part has where nothing is wrong with it: that of an archive is not said."""

NOTHING = "pgbackrest verify said nothing that can be read"


class Part(Struct, frozen=True):
    """An archive or a backup: how many of its files were looked at, and how many are good."""

    what: str
    name: str
    status: str | None
    checked: int
    valid: int
    wrong: tuple[str, ...]

    @property
    def fault(self) -> str | None:
        """What is wrong with it; None where nothing is."""
        if self.status in GOOD[self.what] and self.checked == self.valid and not self.wrong:
            return None
        kind = "WAL segments of archive" if self.what == "archiveId" else "files of backup"
        more = f" ({', '.join(self.wrong)})" if self.wrong else ""
        return f"{self.checked - self.valid} of {self.checked} {kind} {cut(self.name)} are not valid{more}"


class Verified(Struct, frozen=True):
    """The text, read. `status` is the one of the whole stanza; None where it is not said."""

    status: str | None
    archives: tuple[Part, ...]
    backups: tuple[Part, ...]

    def wal_fault(self) -> str | None:
        """What is wrong with the archived WAL, as far as verify looks. Silence is a fault."""
        if self.status is None:
            return NOTHING
        if not self.archives:
            return "pgbackrest verify names no archive"
        return _first(self.archives) or self._unexplained()

    def backup_fault(self, label: str) -> str | None:
        """What is wrong with the backup of this label. Silence is a fault."""
        if self.status is None:
            return NOTHING
        named = [part for part in self.backups if part.name == label]
        if not named:
            return f"pgbackrest verify does not name the backup {cut(label)}"
        return _first(named) or self._unexplained()

    def _unexplained(self) -> str | None:
        """A status that is not `ok` although every part is good."""
        if self.status == "ok" or _first((*self.archives, *self.backups)) is not None:
            return None
        return f"pgbackrest verify says status: {cut(self.status or '')}"


def _first(parts: Iterable[Part]) -> str | None:
    return next((part.fault for part in parts if part.fault is not None), None)


def read_verify(text: str) -> Verified:
    """The text of `pgbackrest verify --output=text --verbose`. What is not understood is not there."""
    status = STATUS.search(text)
    parts = [_part(found) for found in PART.finditer(text)]
    return Verified(
        status[1].strip() if status else None,
        tuple(part for part in parts if part.what == "archiveId"),
        tuple(part for part in parts if part.what == "backup"),
    )


def _part(found: re.Match[str]) -> Part:
    counts = COUNT.findall(found["counts"] or "")
    wrong = tuple(f"{name.strip()}: {number}" for name, number in counts if int(number))
    return Part(
        found["what"], found["name"], found["status"], int(found["checked"]), int(found["valid"]), wrong
    )
