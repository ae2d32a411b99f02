"""A database in a few lines: list-append transactions at each isolation level, correct by construction.

Rows are locked as PostgreSQL locks them: who appends to a list holds it until the end. Read committed reads
what is committed now; repeatable read what was when the transaction began, and refuses to append to a list
that changed since; serializable refuses also where anything changed that the transaction read.
"""

import random
from typing import Any

from haproof.core.histories.transactions.levels import IsolationLevel
from haproof.core.histories.transactions.recorder import Transactions
from haproof.core.histories.transactions.transaction import Step

Lists = dict[int, list[int]]


class Open:
    """A transaction that has begun."""

    def __init__(self, client: str, number: int, plan: list[Step], snapshot: Lists) -> None:
        self.client, self.number, self.plan, self.snapshot = client, number, plan, snapshot
        self.done: list[Step] = []
        self.own: Lists = {}
        self.read: set[int] = set()


class Store:
    """Clients that take turns at random; `answers` is how likely an answer arrives."""

    def __init__(self, level: IsolationLevel, seed: int, keys: int = 3, answers: float = 0.95) -> None:
        self.level, self.answers = level, answers
        self.random = random.Random(seed)
        self.lists: Lists = {at: [] for at in range(keys)}
        self.log: list[Lists] = []
        self.locks: dict[int, str] = {}
        self.open: dict[str, Open] = {}
        self.history = Transactions()
        self.timeline = 1
        self.now = 0.0
        self.appended = 0

    def run(self, transactions: int, clients: int = 4) -> None:
        """So many transactions, and the end of those that are open then."""
        begun = 0
        while begun < transactions or self.open:
            self.now += 1
            client = f"c{self.random.randrange(clients)}"
            if client not in self.open and begun < transactions:
                self._begin(client)
                begun += 1
            elif client in self.open:
                self._step(self.open[client])

    def fail_over(self, lost: int) -> None:
        """Another server goes on; the last commits are lost, open transactions stay without an answer."""
        for _ in range(min(lost, len(self.log))):
            self.lists = self.log.pop()
        self.open.clear()
        self.locks.clear()
        self.timeline += 1

    def _begin(self, client: str) -> None:
        plan: list[Step] = []
        for _ in range(self.random.randint(1, 4)):
            at = self.random.choice(list(self.lists))
            if self.random.random() < 0.5:
                self.appended += 1
                plan.append(("append", at, self.appended))
            else:
                plan.append(("r", at, None))
        number = self.history.begin(plan, client, f"t{len(self.history.all)}", self.now)
        snapshot = {at: list(all_) for at, all_ in self.lists.items()}
        self.open[client] = Open(client, number, plan, snapshot)

    def _step(self, one: Open) -> None:
        if len(one.done) == len(one.plan):
            self._commit(one)
            return
        kind, at, value = one.plan[len(one.done)]
        if kind == "append":
            self._append(one, at, value)
            return
        seen = self.lists if self.level == "read committed" else one.snapshot
        one.read.add(at)
        one.done.append(("r", at, [*seen[at], *one.own.get(at, ())]))

    def _append(self, one: Open, at: int, value: Any) -> None:
        holder = self.locks.setdefault(at, one.client)
        if holder != one.client:
            if self.random.random() < 0.2:
                self._refuse(one)  # a deadlock, or somebody's patience
        elif self.level != "read committed" and self.lists[at] != one.snapshot[at]:
            self._refuse(one)
        else:
            one.own.setdefault(at, []).append(value)
            one.done.append(("append", at, value))

    def _commit(self, one: Open) -> None:
        if self.level == "serializable" and any(self.lists[at] != one.snapshot[at] for at in one.read):
            self._refuse(one)
            return
        if self.random.random() > self.answers and self.random.random() < 0.5:
            self._end(one)
            return
        self.log.append({at: list(all_) for at, all_ in self.lists.items()})
        for at, values in one.own.items():
            self.lists[at] = [*self.lists[at], *values]
        self._end(one)
        if self.random.random() < self.answers:
            self.history.answered(one.number, one.done)
            self.history.end(one.number, "acknowledged", self.now, "pg1", self.timeline)

    def _refuse(self, one: Open) -> None:
        self._end(one)
        self.history.end(one.number, "refused", self.now, "pg1", self.timeline)

    def _end(self, one: Open) -> None:
        del self.open[one.client]
        self.locks = {at: client for at, client in self.locks.items() if client != one.client}
