"""What an operator asks of the leader, handed from the HTTP thread that heard it to the thread that leads."""

import threading
from collections import deque
from typing import Literal

from haproof.node.session import SessionLost, Wakeup


class NotLeader(Exception):
    """The node lost its claim before the command was carried out; nothing was done."""


class Command:
    """Something an operator asks of the leader; `wait` gives the answer or raises what went wrong."""

    def __init__(self, kind: Literal["failover", "promote"], operator: str, reason: str) -> None:
        self.kind = kind
        self.operator = operator
        self.reason = reason
        self._done = threading.Event()
        self._answer: dict[str, object] | Exception = NotLeader("this node is not the leader")

    def finish(self, answer: dict[str, object] | Exception) -> None:
        """Give the answer to whoever waits."""
        self._answer = answer
        self._done.set()

    def wait(self, seconds: float) -> dict[str, object]:
        """Wait for the answer; raises `SessionLost` when there is none in time."""
        if not self._done.wait(seconds):
            raise SessionLost("PostgreSQL did not answer in time")
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class Commands:
    """Commands that wait for the leader's thread, in order, and the bell that wakes it."""

    def __init__(self) -> None:
        self.bell = Wakeup()
        self._waiting: deque[Command] = deque()

    def __bool__(self) -> bool:
        """Whether one waits."""
        return bool(self._waiting)

    def submit(self, command: Command) -> None:
        """Hand a command to the leader's thread."""
        self._waiting.append(command)
        self.bell.ring()

    def take(self) -> Command:
        """The one that waits longest; only the leader's thread takes any, so it is there if it was seen."""
        return self._waiting.popleft()
