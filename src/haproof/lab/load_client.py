"""One client of the lab: its connections, its session for reading back, its place in the history."""

from collections.abc import Callable

from haproof.lab.cluster import Node
from haproof.lab.history import History
from haproof.lab.readback import ReadBack
from haproof.lab.transport import Line
from haproof.lab.writes import DirectRows, Row, Sent, Write


class Client:
    """Writes rows, one after the other.

    `pooled`: it keeps one connection to each node, else it makes a new one for each write. `direct` is a
    session for rows that go straight to PostgreSQL, `back` one that reads what was acknowledged; `note` is
    told what came of each write.
    """

    def __init__(
        self,
        name: str,
        pooled: bool,
        history: History,
        direct: DirectRows | None,
        back: ReadBack | None,
        note: Callable[[Write], None],
    ) -> None:
        self.name = name
        self.via = "pooled" if pooled else "connect"
        self.direct = direct
        self._lines: dict[str, Line] | None = {} if pooled else None
        self._history = history
        self._back = back
        self._note = note

    def write(self, node: Node, row: Row) -> Write:
        """Write one row through a node (or straight to PostgreSQL); read it back if it was acknowledged."""
        if self.direct is not None:
            self._history.invoked(self, row, None)
            return self.ended(self.direct.write(row))
        self._history.invoked(self, row, node.name)
        return self.ended(Sent(node, row, self._line(node)).answer()[0])

    def ended(self, write: Write) -> Write:
        """What came of a write: read back at once where it was acknowledged, and then written down."""
        reads = self._back if write.outcome == "acknowledged" else None
        found = reads.row(write.row.id) if reads is not None else None
        self._history.ended(self, write)
        if reads is not None:
            self._history.read_back(self, write.row, found)
        self._note(write)
        return write

    def close(self) -> None:
        """Let go of its connections."""
        for line in (self._lines or {}).values():
            line.close()
        for session in (self.direct, self._back):
            if session is not None:
                session.close()

    def _line(self, node: Node) -> Line | None:
        return None if self._lines is None else self._lines.setdefault(node.name, Line())
