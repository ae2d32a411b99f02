"""`samples.jsonl`: append-only, locked by the one who writes it, taken up again where it ended."""

import contextlib
import fcntl
import os
from pathlib import Path

from haproof.core.histories.calibration import AnyLine, Sampled, Session, decode, encode
from haproof.core.instant import Instant, parse_instant
from haproof.errors import OutputError, UsageError


class SamplesFile:
    """The file of one calibration."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it. Raises UsageError where another process writes it or it is none of ours,
        OutputError where it cannot be written."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as fault:
            raise OutputError(
                f"cannot write {str(path)!r} ({fault.strerror}): check permissions, or name another folder "
                "with --evidence"
            ) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise UsageError(
                f"another haproof calibrate writes to {path}: wait for it, or name another folder with "
                "--evidence"
            ) from None
        self._pending: list[bytes] = []
        self.identifier: str | None = None
        self.began: Instant | None = None
        self.seconds = 0.0
        self._read()

    def _read(self) -> None:
        """What was measured before; a line that was cut off by a crash or a full disk is taken away."""
        size = os.fstat(self._handle).st_size
        content = b"" if size == 0 else self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        try:
            for line in decode(content[:whole].splitlines(keepends=True)):
                if isinstance(line, Session):
                    self.identifier = line.system_identifier
                    self.began = self.began or parse_instant(line.at)
                elif isinstance(line, Sampled):
                    self.seconds += line.seconds
        except ValueError as fault:
            self.close()
            raise UsageError(
                f"{self.path} is no file of samples ({fault}): name another folder with --evidence"
            ) from None
        if whole < len(content):
            os.ftruncate(self._handle, whole)

    def idle_days(self, at: str) -> float:
        """Days since the first session in which nothing was sampled, as of an instant; 0 before it."""
        if self.began is None:
            return 0.0
        return max((parse_instant(at) - self.began).total_seconds() - self.seconds, 0.0) / 86_400

    def add(self, line: AnyLine) -> None:
        """Keep a line until the next `flush`."""
        self._pending.append(encode(line))
        if isinstance(line, Sampled):
            self.seconds += line.seconds

    def flush(self, sync: bool = False) -> None:
        """Write what is pending. Raises OutputError; what was written before stays as it is."""
        content = b"".join(self._pending)
        try:
            while content:
                content = content[os.write(self._handle, content) :]
            if sync:
                os.fsync(self._handle)
        except OSError as fault:
            raise self._refused(fault) from None
        self._pending.clear()

    def _refused(self, fault: OSError) -> OutputError:
        return OutputError(
            f"cannot write {str(self.path)!r} ({fault.strerror}): what was measured until now is kept; check "
            "permissions and free space, then run the same command again to go on"
        )

    def close(self) -> None:
        """Give up the lock."""
        with contextlib.suppress(OSError):
            os.close(self._handle)
