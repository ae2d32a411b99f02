"""Writes under an older epoch: into a leader that hangs, and behind the back of one that does not.

None of them may be stored once a newer epoch is durable, whatever was answered.
"""

import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from haproof.core.histories.stale import RAISED as RAISED_TRIAL
from haproof.core.histories.stale import STALE
from haproof.core.targets import LOCK_TAKEOVER_SLACK_MS
from haproof.errors import LabError
from haproof.lab.accounting import table_again, whole_table
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.faults import nodes as faults
from haproof.lab.in_flight import await_commits, rows_held, slow_commits
from haproof.lab.load import CROWD, Load
from haproof.lab.scenario import Profile, Stage
from haproof.lab.takeover import OLD_LEADER_WRITES, await_takeover
from haproof.lab.writes import Sent

HANG = "hang-1"
HUNG, RAISED = f"{STALE}hung", f"{STALE}epoch"
HUNG_MARGIN_SECONDS = 1.0
LATE_ANSWER_SECONDS = 3.0
LATE_WRITES = 3
"""Sent to the leader that hangs once another one leads: the first that it reads when it is continued."""

RECOVER_SECONDS = 8.0
RAISES: dict[Profile, int] = {"quick": 2, "default": 4, "full": 8}
"""How often the epoch is raised: in turn while rows wait to be inserted, and commits to be flushed."""

RAISE_SECONDS = 8.0
"""No further raise begins after so long: a system that recovers slowly is asked less often."""

RAISED_SECONDS = 0.15
"""A raise that has not come through after so long waits for the writes in flight, as it should: a fence that
is part of the write keeps it waiting. They are let go then."""

VISIBLE_AT_ONCE = "set synchronous_commit = off; "
"""The lab's own commit is not slow."""

Stored = list[tuple[str, Any, Any]]
"""Rows of the database: id, payload and epoch."""


class StaleWrites:
    """The two attempts, and what of them is stored."""

    def __init__(self, stage: Stage, cluster: Cluster, load: Load) -> None:
        self._stage = stage
        self._cluster = cluster
        self._load = load

    def hang(self, settled: Settled, bound_ms: int) -> None:
        """Stop the leader, write to it, wait for the other one to lead, continue it."""
        load, stage, leader = self._load, self._stage, settled.leader
        limit_s = (bound_ms + LOCK_TAKEOVER_SLACK_MS) / 1000 + HUNG_MARGIN_SECONDS
        sent: list[Sent] = []
        load.history.mark("fault", HANG, leader.name)
        with faults.node_hung(stage.journal, leader) as fault:
            if stage.target.writes_through_node:
                sent.append(self._send(leader, HUNG))
            seen = await_takeover(stage, settled.follower, fault, limit_s)
            if seen is None:
                words = f"while the leader hung {stage.portrait(settled.follower)}"
                stage.draft.quote("hung_leader_failover_ms", words)
            while seen is not None and sent and sent[-1].left and len(sent) <= LATE_WRITES:
                sent.append(self._send(leader, f"{HUNG}-{len(sent)}"))
            if seen is not None:
                load.history.mark("gone", HANG, leader.name)
            load.history.mark("heal", HANG, leader.name)
        load.burst(leader, OLD_LEADER_WRITES)
        until_s = time.monotonic() + LATE_ANSWER_SECONDS
        for one in sent:
            _, answer = load.answered(one, until_s)
            stage.journal.saw("late answer of the leader that hung", id=one.row.id, **answer.summary())
        load.history.mark("end", HANG, leader.name)

    def raise_epochs(self) -> None:
        """Raise the durable epoch while writes are in flight, write to the leader at once, and recover."""
        count = RAISES[self._stage.options.profile]
        if self._stage.target.lacks("api.split_brain_recover"):
            count = 1
        until_s = time.monotonic() + RAISE_SECONDS
        for number in range(1, count + 1):
            if time.monotonic() > until_s:
                return
            self._stage.step(f"raise the epoch behind the leader's back, {number} of {count}")
            settled = self._stage.must(
                self._cluster.settle(), "no leader that all nodes agree on before the epoch was raised"
            )
            clean = self._raise(settled, number)
            self._recover(settled.leader)
            if not clean:
                return

    def _raise(self, settled: Settled, number: int) -> bool:
        """One raise; False where another would show nothing new: a stale write is stored."""
        row_id, trial = RAISED if number == 1 else f"{RAISED}-{number}", f"{RAISED_TRIAL}-{number}"
        load, stage, leader = self._load, self._stage, settled.leader
        epoch = settled.answers[leader.name].count("current_epoch")
        load.history.mark("fault", trial, leader.name, epoch=epoch)
        raised = self._raised_over_rows(number) if number % 2 else self._raised_over_commits(number)
        sent = self._send(leader, row_id)
        load.relax()
        load.history.stored(trial, raised)
        write, answer = load.answered(sent)
        with load.no_writers():
            stored = self._stored_after("")
        late = _late(stored, epoch, raised)
        stage.journal.saw(
            "write under an older epoch", node=write.node, outcome=write.outcome, **answer.summary()
        )
        stage.journal.saw("rows of an older epoch, stored after it was raised", epoch=epoch, rows=late)
        return not late and row_id not in {row[0] for row in stored}

    def _raised_over_rows(self, number: int) -> Stored:
        """Raise the epoch while writes wait to insert their row: a fence that was before is behind them."""
        stage, load = self._stage, self._load
        with ThreadPoolExecutor(1) as pool:
            with rows_held(stage.journal, load.cluster.server, stage.sql("protected_rows")) as held:
                load.hurry()
                stage.journal.saw("rows that wait inside PostgreSQL", sessions=held.await_waiting(CROWD))
                raised = pool.submit(self._raise_now, number)
                came, _ = wait((raised,), RAISED_SECONDS)
            stage.journal.saw("epoch raised", at_once=bool(came))
            return raised.result()

    def _raised_over_commits(self, number: int) -> Stored:
        """Raise the epoch while commits wait to be flushed: a fence that has let go is behind them."""
        server, load = self._load.cluster.server, self._load
        with slow_commits(server):
            load.hurry()
            self._stage.journal.saw("commits in flight", sessions=await_commits(server, CROWD))
            return self._raise_now(number)

    def _raise_now(self, number: int) -> Stored:
        self._stage.journal.act("sql.raise_epoch", number=number)
        return self._stored_after(f"{VISIBLE_AT_ONCE}begin; {self._stage.sql('raise_epoch')}; commit; ")

    def _stored_after(self, statements: str) -> Stored:
        """Run statements, and read the table in the same exchange with PostgreSQL: nothing comes between."""
        server, statement = self._load.cluster.server, self._stage.sql("protected_rows")
        try:
            rows = whole_table(server, statements + statement)
        except LabError:
            table_again(server, statement)  # the system's doing where it is the table that is gone
            raise
        return rows

    def _send(self, node: Node, row_id: str) -> Sent:
        self._stage.journal.act("write under an older epoch", node=node.name, id=row_id)
        return self._load.send(node, row_id)

    def _recover(self, leader: Node) -> None:
        """Ask for promote-leader until it is done; a target that cannot is seen at the end of the slice."""
        if self._stage.target.lacks("api.split_brain_recover"):
            leader.stop()
            leader.start()
            return

        def promoted() -> bool | None:
            answer = leader.client.call("split_brain_recover", RECOVER_SECONDS, strategy="promote-leader")
            self._stage.journal.act("promote-leader", node=leader.name, **answer.summary())
            return True if answer.ok else None

        self._stage.waits.until("promote-leader to be carried out", RECOVER_SECONDS, promoted, every_s=0.1)


def _late(stored: Stored, epoch: int | None, raised: Stored) -> list[str]:
    """Rows that were not there when the epoch was raised, and are of that epoch or one before it."""
    there = {row[0] for row in raised}
    return [
        row_id
        for row_id, _, found in stored
        if epoch is not None and row_id not in there and isinstance(found, int) and found <= epoch
    ]
