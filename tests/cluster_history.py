"""Histories of a cluster's trial, written by hand: who was acknowledged what by whom, and when."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from haproof.core.histories.clusters.figures import Figures, figures
from haproof.core.histories.clusters.reading import trials


def line(**keys: Any) -> bytes:
    """One line, as the lab writes it."""
    return json.dumps(keys, separators=(",", ":")).encode() + b"\n"


class Written:
    """The lines of one trial. Times are milliseconds."""

    def __init__(self, trial: str = "host-kill-1") -> None:
        self.trial = trial
        self.lines: list[bytes] = []
        self.count = 0

    def put(self, kind: str, t_ms: float, **keys: Any) -> None:
        given = {key: value for key, value in keys.items() if value is not None}
        self.lines.append(line(trial=self.trial, t_ms=t_ms, kind=kind, **given))

    def insert(
        self, done: float | None, member: str = "pg1", timeline: int = 1, via: str = "pooled", *,
        sent: float | None = None, kind: str = "ok", warnings: Sequence[str] | None = None,
        id_: str | None = None, sqlstate: str | None = None,
    ) -> str:  # fmt: skip
        """One row, answered at `done` (None: never), by default sent a millisecond before."""
        self.count += 1
        row, client = id_ or f"r{self.count}", f"c{self.count}"
        begun = sent if sent is not None else (done or 1) - 1
        self.put("invoke", begun, op="insert", client=client, via=via, id=row)
        if done is not None:
            self.put(
                kind, done, op="insert", client=client, via=via, id=row, member=member, timeline=timeline,
                warnings=warnings, sqlstate=sqlstate,
            )  # fmt: skip
        return row

    def inserts(self, times: Iterable[float], *given: Any, **more: Any) -> list[str]:
        return [self.insert(time, *given, **more) for time in times]

    def read(self, sent: float, done: float, rows: Sequence[str]) -> None:
        self.count += 1
        keys = {"op": "read", "client": f"c{self.count}", "via": "reader", "id": f"q{self.count}"}
        self.put("invoke", sent, **keys)
        self.put("ok", done, **keys, member="pg1", timeline=1, value=list(rows))

    def txn(self, sent: float, done: float | None, steps: list[Any], kind: str = "ok", **more: Any) -> None:
        self.count += 1
        keys = {"op": "txn", "client": f"c{self.count}", "via": "pooled", "id": f"t{self.count}"}
        planned = [[*step[:2], step[2] if step[0] == "append" else None] for step in steps]
        self.put("invoke", sent, **keys, value=planned)
        if done is not None:
            more = {"member": "pg1", "timeline": 1} | more
            self.put(kind, done, **keys, value=steps, **more)

    def final(
        self, member: str, rows: Sequence[str], timeline: int = 1, *, writes: bool = False,
        lists: dict[str, list[int]] | None = None,
    ) -> None:  # fmt: skip
        self.put(
            "final",
            999_999,
            member=member,
            timeline=timeline,
            read_write=writes,
            rows=list(rows),
            lists=lists,
        )

    def figures(self, mode: str = "sync", members: int = 2, local_writers: int = 2) -> Figures:
        (trial,) = trials(self.lines)
        return figures(trial, mode=mode, members=members, local_writers=local_writers)
