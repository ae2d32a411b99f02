"""The connection to a keeper, which says how its child does and is told to finish."""

import contextlib
import select
import socket
import time


class KeeperLine:
    """What a keeper says, sentence by sentence."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._heard = b""
        # Not select(), which knows no handle beyond 1023: a caller may hold many.
        self._poll = select.poll()
        self._poll.register(end, select.POLLIN)

    def heard(self, seconds: float) -> str | None:
        """The next sentence; empty where no more can come, None where none came in time."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._heard:
            if not self._poll.poll(max(deadline - time.monotonic(), 0) * 1000):
                return None
            if not (more := self._received()):
                return ""
            self._heard += more
        sentence, _, self._heard = self._heard.partition(b"\n")
        return sentence.decode("utf-8", "replace")

    def _received(self) -> bytes:
        """What has come; empty at the end, which is a reset where the keeper was killed with words unread."""
        try:
            return self._end.recv(4096)
        except ConnectionResetError:
            return b""

    def finish(self) -> None:
        """Tell the keeper to end what is left of the family."""
        with contextlib.suppress(OSError):
            self._end.sendall(b"finish\n")

    def close(self) -> None:
        """Nothing more is said: a keeper that was not told to finish takes this for the end of the lab."""
        self._end.close()
