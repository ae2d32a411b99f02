"""Histories made for tests, one line a call; times are milliseconds, and every write takes `TOOK`."""

from typing import Any

from haproof.core.histories.operation import Operation

TOOK = 4.0


class Story:
    """A history under construction: `story.ack(10, "a")`, `story.fault(50, "sigkill-1", "node1")`, …

    The payload of row `a` is `A`. Nothing is sorted: lines stand in the order in which they were told.
    """

    def __init__(self) -> None:
        self.lines: list[Operation] = []

    def line(self, t_ms: float, kind: str, **keys: Any) -> "Story":
        self.lines.append(Operation(t_ms=t_ms, kind=kind, **keys))  # type: ignore[arg-type]
        return self

    def begin(
        self, at: float, row: str, node: str | None = "node1", client: str = "w1", **keys: Any
    ) -> "Story":
        value = keys.pop("value", row.upper())
        return self.line(at, "invoke", op="insert", client=client, id=row, value=value, node=node, **keys)

    def finish(self, at: float, row: str, kind: str = "ok", client: str = "w1", **keys: Any) -> "Story":
        return self.line(at, kind, op="insert", client=client, id=row, **keys)

    def write(
        self,
        at: float,
        row: str,
        kind: str = "ok",
        node: str | None = "node1",
        client: str = "w1",
        **keys: Any,
    ) -> "Story":
        """One attempt, from `at` to `at + TOOK`."""
        begun = {key: keys.pop(key) for key in ("value", "via", "trial") if key in keys}
        self.begin(at, row, node, client, **begun)
        if "trial" in begun:
            keys["trial"] = begun["trial"]
        return self.finish(at + TOOK, row, kind, client, node=node, **keys)

    def ack(
        self, at: float, row: str, node: str | None = "node1", epoch: int | None = 1, **keys: Any
    ) -> "Story":
        return self.write(at, row, "ok", node, epoch=epoch, **keys)

    def refuse(self, at: float, row: str, node: str = "node1", **keys: Any) -> "Story":
        return self.write(at, row, "fail", node, status=503, **keys)

    def lose_sight(self, at: float, row: str, node: str = "node1", **keys: Any) -> "Story":
        return self.write(at, row, "unknown", node, **keys)

    def read(self, at: float, row: str, *found: str, kind: str = "ok") -> "Story":
        return self.line(at, kind, op="read", client="lab", id=row, value=list(found))

    def status(self, at: float, node: str, holder: str | None, epoch: int | None, **keys: Any) -> "Story":
        return self.line(
            at, keys.pop("kind", "ok"), op="status", node=node, holder=holder, epoch=epoch, **keys
        )

    def event(self, at: float, epoch: int | None, holder: str | None) -> "Story":
        return self.line(at, "ok", op="event", epoch=epoch, holder=holder)

    def mark(self, t_ms: float, kind: str, trial: str, node: str | None = None, /, **keys: Any) -> "Story":
        return self.line(t_ms, kind, trial=trial, node=node, **keys)

    def epochs(self, at: float, trial: str, *epochs: str) -> "Story":
        """The epochs that the database holds as open."""
        return self.line(at, "ok", op="read", via="open_epochs", trial=trial, value=list(epochs))

    def stored(self, at: float, trial: str, *rows: tuple[str, str, int | None]) -> "Story":
        """The whole table in the middle of a trial."""
        return self.line(at, "ok", op="read", via="table", trial=trial, value=[], rows=list(rows))

    def final(self, at: float, *rows: Any) -> "Story":
        """The table; a row given by its id has the payload that it was sent with, and epoch 1."""
        full = [row if isinstance(row, tuple) else (row, row.upper(), 1) for row in rows]
        return self.line(at, "final", rows=full)
