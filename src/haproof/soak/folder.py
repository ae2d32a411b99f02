"""The folder of a soak: its journal, its state, what it observes, its locks.

::

    soak/
    ├── journal.jsonl   everything that happened, chained line by line; the only truth
    ├── state.json      the last line that was seen: a journal that was cut off is noticed
    ├── target.json     how the system is reached (mode 0600: it may hold a password)
    ├── days/           a summary of each finished day, with the digest to anchor
    └── units/          systemd units and cron lines for this folder
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from haproof.core import raw_names
from haproof.core.soak.fold import Fold, NoSoak
from haproof.core.soak.lines import Plan
from haproof.errors import OutputError, UsageError
from haproof.files import write_files
from haproof.kinds.soak.chain import Head, Reading
from haproof.soak.journal import Journal, NotWritten

JOURNAL, STATE, TARGET = raw_names.JOURNAL, "state.json", "target.json"


class State(msgspec.Struct, frozen=True):
    """What `state.json` holds."""

    soak: str
    head: Head


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """How the system is reached and failed over. Commands are argument lists; `file`, `nodes` and
    `token_file` are of a control plane (`reference` is the built-in target file)."""

    dsn: str
    failover_command: list[str] = []
    anchor_command: list[str] = []
    anchored_to: str = ""
    file: str = ""
    nodes: list[str] = []
    token_file: str = ""


class Busy(Exception):
    """The lock is held by another process."""


class SoakFolder:
    """A folder in which a soak was set up. Raises UsageError where it is none, or no longer whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reading: Reading | None = None
        if not path.is_dir():
            raise UsageError(f"there is no folder {str(path)!r}: set a soak up with  haproof soak setup")
        if not (path / JOURNAL).is_file():
            missing = "it holds no soak" if not (path / STATE).exists() else f"its {JOURNAL} is gone"
            raise UsageError(
                f"{str(path)!r} cannot be resumed, because {missing}: name the soak's folder, restore "
                "the journal from a copy, or set up a new soak in a new folder"
            )
        try:
            self.journal = Journal(path / JOURNAL)
        except OSError as fault:
            raise UsageError(
                f"{path / JOURNAL} cannot be opened ({fault.strerror}): check its permissions"
            ) from None

    @classmethod
    def create(cls, path: Path, agreed: Plan, target: Target) -> "SoakFolder":
        """A new soak. Raises UsageError where the folder holds anything: a soak is never started again."""
        try:
            path.mkdir(parents=True, exist_ok=True)
            used = any(path.iterdir())
        except OSError as fault:
            raise UsageError(
                f"{path} cannot be used ({fault.strerror}): name a new or empty folder"
            ) from None
        if used:
            raise UsageError(
                f"{str(path)!r} is not empty, and a soak is never begun again over another one: go on "
                "with it (haproof soak status), or name a new folder"
            )
        _write_private(path / TARGET, msgspec.json.format(msgspec.json.encode(target), indent=2) + b"\n")
        Journal.create(path / JOURNAL, plan=agreed).close()
        folder = cls(path)
        folder.save(agreed)
        return folder

    def target(self) -> Target:
        """How the system is reached. Raises UsageError."""
        try:
            return msgspec.json.decode((self.path / TARGET).read_bytes(), type=Target)
        except OSError as fault:
            raise UsageError(
                f"{self.path / TARGET} cannot be read ({fault.strerror}): restore it from a copy"
            ) from None
        except ValueError as fault:
            raise UsageError(
                f"{self.path / TARGET} is not what setup wrote: {fault}: restore it from a copy"
            ) from None

    def read(self) -> Fold:
        """The journal added up, as far as it goes now; the first time it is held against the state.

        Raises UsageError where it is no soak's.
        """
        if self._reading is not None:
            return self.journal.read(self._reading)
        state, fault = self._state()
        self._reading = Reading(None if state is None else state.head)
        try:
            fold = self.journal.read(self._reading)
        except NoSoak:
            raise UsageError(
                f"{self.path / JOURNAL} does not begin with the setup of a soak: its beginning was cut off, "
                "or it is another file; restore it from a copy"
            ) from None
        if state is not None and state.soak != fold.plan.soak:
            fault = f"{STATE} is that of another soak"
        if fault is not None:
            fold.state_fault = fault
            fold.fault(fault)
        return fold

    @property
    def read_bytes(self) -> int:
        """How much of the journal `read` has added up."""
        return 0 if self._reading is None else self._reading.offset

    def resume(self) -> Fold:
        """The same, to go on with: what the state said otherwise is put down in the journal, for good, and
        the state made anew. Raises UsageError, NotWritten."""
        fold = self.read()
        if fold.state_fault is not None:
            self.journal.append("fault", why=fold.state_fault)
        self.save(fold.plan)
        return fold

    def save(self, agreed: Plan) -> None:
        """Write down the last line of the journal. A disk that is full now costs nothing: the state that was
        there before stays, and is still true."""
        state = State(agreed.soak, self.journal.head())
        with suppress(OutputError, NotWritten):
            write_files(str(self.path), {STATE: msgspec.json.encode(state) + b"\n"})

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Hold the lock of this name (`prober` or `round`); it ends with the process, however that ends.
        Raises Busy."""
        try:
            handle = os.open(self.path / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as fault:
            raise UsageError(
                f"{self.path / name}.lock cannot be opened ({fault.strerror}): check the folder's permissions"
            ) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise Busy(name) from None
        try:
            yield
        finally:
            os.close(handle)

    def write_day(self, number: int, content: dict[str, Any]) -> Path:
        """The summary of a finished day. Raises OutputError."""
        name = f"day-{number:03}.json"
        text = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
        write_files(str(self.path / "days"), {name: text})
        return self.path / "days" / name

    def _state(self) -> tuple[State | None, str | None]:
        """The state, and what is wrong where there is none."""
        try:
            return msgspec.json.decode((self.path / STATE).read_bytes(), type=State), None
        except FileNotFoundError:
            return None, f"{STATE} is gone"
        except (OSError, ValueError):
            return None, f"{STATE} cannot be read"


def _write_private(path: Path, content: bytes) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(handle, "wb") as stream:
            stream.write(content)
    except OSError as fault:
        raise UsageError(
            f"{path} cannot be written ({fault.strerror}): check permissions and free space"
        ) from None
