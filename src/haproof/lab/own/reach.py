"""Carries a command to a member, by the words that the file puts in front of it."""

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from haproof.errors import LabError
from haproof.lab.own.described import OwnTarget
from haproof.lab.target import fill, fill_all

LARGEST_OUTPUT_BYTES = 16 * 1024 * 1024
LONGEST_WORDS = 300
CHECK = ("a  b", "$HOME")
"""Words that only arrive unchanged where nothing on the way takes them apart."""


@dataclass(frozen=True)
class Said:
    """How a command ended: its exit status (None: not in time, so it was killed here) and what it printed."""

    status: int | None
    output: str
    errors: str

    @property
    def done(self) -> bool:
        """It did what it was told, by its own account."""
        return self.status == 0

    @property
    def words(self) -> str:
        """How it ended, in words that follow its name."""
        lines = (self.errors.strip() or self.output.strip()).splitlines()
        quoted = f": {' / '.join(lines[-2:])[-LONGEST_WORDS:]}" if lines else ""
        if self.status is None:
            return f"did not end in time{quoted}"
        return f"ended with status {self.status}{quoted}"


class Reach:
    """Every member's own way."""

    def __init__(self, target: OwnTarget) -> None:
        self._target = target

    def values(self, member: str) -> dict[str, str]:
        """Template values of one member."""
        one = self._target.member(member)
        return self._target.constants | {
            "member": one.name,
            "host": one.host,
            "port": str(one.port),
            "others": ",".join(other.host for other in self._target.members if other is not one),
        }

    def argv(self, member: str, words: Sequence[str]) -> list[str]:
        """The whole command line that runs these words on one member, as this machine runs it."""
        front = fill_all(self._target.member(member).exec, self.values(member))
        return [*front, *(map(shlex.quote, words) if self._quotes(front) else words)]

    def named(self, member: str, name: str, seconds: float | None = None) -> list[str]:
        """The same for one of the file's commands. Raises LabError for one that it does not have."""
        if name not in self._target.commands:
            raise LabError(f"the target file gives no command {name}")
        values = self.values(member) | ({} if seconds is None else {"seconds": str(round(seconds))})
        return self.argv(member, fill_all(self._target.commands[name], values))

    def probe(self, member: str, seconds: float) -> str | None:
        """Why commands do not reach a member unchanged; None where they do."""
        front = self._target.member(member).exec
        said = run(self.argv(member, ("printf", "%s,", *CHECK)), seconds)
        way = f"{member} ({fill(front[0], self._target.constants)})" if front else f"{member} (this machine)"
        if not said.done:
            return f"{way} cannot be reached by its exec: it {said.words}"
        if said.output != "".join(f"{word}," for word in CHECK):
            other = "false" if self._quotes(list(front)) else "true"
            return f"{way} does not hand on the words of a command unchanged: set [cluster] quote = {other}"
        return None

    def _quotes(self, front: Sequence[str]) -> bool:
        """Whether a shell at the other end takes the line apart, as that of ssh does."""
        if self._target.quote is not None:
            return self._target.quote
        return any(PurePath(word).name == "ssh" for word in front)


def run(argv: Sequence[str], seconds: float) -> Said:
    """Run a command line to its end, in a session of its own, which no key of the terminal reaches.

    Its output goes through files: what it leaves running in the background holds no pipe open.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True
            )
        except OSError as fault:
            return Said(127, "", f"{argv[0]} cannot be run: {fault.strerror}")
        try:
            status: int | None = process.wait(seconds)
        except BaseException as fault:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(fault, subprocess.TimeoutExpired):
                raise
            status = None
        return Said(status, _text(output), _text(errors))


def shown(argv: Sequence[str]) -> str:
    """A command line as a person types it."""
    return shlex.join(argv)


def _text(stream: BinaryIO) -> str:
    stream.seek(0)
    return stream.read(LARGEST_OUTPUT_BYTES).decode("utf-8", "replace")
