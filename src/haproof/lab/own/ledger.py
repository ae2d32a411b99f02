"""What the lab has broken and not undone yet: kept by the lab, and by a process beside it."""

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from haproof.lab.own import warden
from haproof.lab.own.reach import shown

END_SECONDS = 60.0
"""It ends by itself once nothing is open; on a busy machine it may not even have begun."""


@dataclass
class Broken:
    """One thing that is broken: what undoes it, and (of a cut) when it undoes itself."""

    number: int
    fault: str
    member: str
    argv: list[str]
    undoes_itself_s: float | None = None
    since_s: float = field(default_factory=time.monotonic)

    @property
    def words(self) -> str:
        """What a person is to do about it."""
        return f"{self.fault} on {self.member} may not be undone; run: {shown(self.argv)}"


class Ledger:
    """Everything that is open. What is entered here is undone even where the lab is killed."""

    def __init__(self) -> None:
        self._count = 0
        self.open: list[Broken] = []
        self.left: list[Broken] = []
        """What could not be undone."""
        self._warden = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(warden.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=dict(os.environ),
            start_new_session=True,
        )

    def enter(self, fault: str, member: str, argv: list[str], seconds: float | None) -> Broken:
        """To be called before anything is broken. `seconds`: it undoes itself after so long."""
        self._count += 1
        one = Broken(self._count, fault, member, argv, seconds)
        self.open.append(one)
        self._tell(open=one.number, argv=argv)
        return one

    def close(self, one: Broken, undone: bool) -> None:
        """It is undone, or (False) nobody knows and a person is to look at it."""
        if one in self.open:
            self.open.remove(one)
            self._tell(closed=one.number)
        if not undone:
            self.left.append(one)

    def end(self) -> None:
        """Nothing more is broken."""
        if self._warden.stdin is not None:
            with contextlib.suppress(OSError):
                self._warden.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._warden.wait(END_SECONDS)

    def _tell(self, **what: object) -> None:
        """A warden that is gone cannot help; the lab itself still undoes everything."""
        if self._warden.stdin is not None:
            with contextlib.suppress(OSError):
                self._warden.stdin.write(json.dumps(what).encode() + b"\n")
                self._warden.stdin.flush()
