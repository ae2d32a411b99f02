"""VAL16's questions and injections: each answer is kept, and the figures follow from what was kept."""

import time
from typing import Any

from msgspec.structs import asdict

from haproof.core.histories.risks import ASKED, GHOSTS, REPEATED, Asked, of_asked
from haproof.core.record import LARGEST
from haproof.errors import LabError
from haproof.lab.client import Answer
from haproof.lab.cluster import Node
from haproof.lab.ground import ADMIN
from haproof.lab.measure import milliseconds
from haproof.lab.postgres import Server
from haproof.lab.row_versions import StateTables
from haproof.lab.scenario import Stage

EPOCHS = ("current_epoch", "local_epoch", "durable_epoch")
RISKS = ("none", "possible", "detected")
RECOVER_SECONDS = 8.0


class RiskQuestions:
    """Asks nodes for the risk of split-brain, and changes what it depends on."""

    def __init__(self, stage: Stage, server: Server, tables: StateTables) -> None:
        self._stage = stage
        self._server = server
        self._tables = tables
        self.asked: list[Asked] = []
        self.rubbish: str | None = None
        """What a node showed as an epoch and is none, in a sentence."""

    def inject(self, name: str, may_be_done: bool = False) -> float:
        """Run a statement of the target's, and make sure that it changed rows; the moment just before.

        `may_be_done`: a system may have done by itself what the statement does; then it changes none.
        """
        statement = self._stage.sql(name)
        at_s = time.monotonic()
        with self._tables.blamed():
            affected = self._server.affected(statement)
        self._stage.journal.act(f"sql.{name}", rows=affected)
        if affected == 0 and not may_be_done:
            raise LabError(f"[sql] {name} of the target {self._stage.target.name} changed no row")
        return at_s

    def ask(self, phase: str, node: Node, since_s: float | None = None, leads: bool = True) -> Answer:
        """A node's split-brain answer, as a line of the journal with the epochs in it."""
        open_before = self._open_epochs() if phase == GHOSTS else []
        answer = node.client.call("split_brain")
        hidden = _unlisted(answer, open_before, self._open_epochs()) if open_before else []
        if hidden and risk(answer) == "possible":
            names = ", ".join(map(str, hidden))
            said = f"{node.name} answered {answer.quoted_body()}, while PostgreSQL also holds {names} as open"
            self._stage.draft.quote("ghost_risk", said)
        self.note(phase, node, answer, since_s, leads, None if hidden else risk(answer))
        return answer

    def note(
        self,
        phase: str,
        node: Node,
        answer: Answer,
        since_s: float | None = None,
        leads: bool = True,
        found: str | None = None,
    ) -> None:
        """Keep an answer: after the recovery the epochs that were shown before it must all be over."""
        after_ms = None if since_s is None else milliseconds(answer.reply.done_s - since_s)
        self._keep(node, Asked(ASKED, phase, leads, found, after_ms, self._epochs_in(answer)))

    def contradicted(self, leader: Node, status: Answer) -> None:
        """A status that says something else than `detected`, where that had to be in every answer."""
        self._keep(leader, Asked(ASKED, REPEATED, True))
        self.tell()
        self._stage.draft.observe("repeated_risks", self.figures()["repeated_risks"])
        self.quote("repeated_risks", leader, status)

    def tell(self) -> None:
        """The figures that follow from the answers so far."""
        draft = self._stage.draft
        for name, value in self.figures().items():
            if name in draft.metrics:
                draft.metric(name, value)
            elif name in draft.observations and name != "repeated_risks":
                draft.observe(name, value)

    def figures(self) -> dict[str, Any]:
        """What a recount derives from the journal's lines."""
        return of_asked(self.asked)

    def quote(self, name: str, node: Node, answer: Answer) -> None:
        """What a node answered, for the detail of the check that it breaks."""
        said = f"{node.name} answered {answer.reply.status}: {answer.quoted_body()}"
        self._stage.draft.quote(name, said)

    def recover(self, node: Node, strategy: str) -> Answer:
        """Ask a node for a strategy, once."""
        answer = node.client.call("split_brain_recover", RECOVER_SECONDS, strategy=strategy)
        self._stage.journal.act(strategy, node=node.name, **answer.summary())
        return answer

    def await_risk(self, phase: str, node: Node, wanted: str, since_s: float) -> bool:
        """Ask for the risk until it is the wanted one; whether it came."""

        def probe() -> bool | None:
            answer = self.ask(phase, node, since_s)
            if self.asked[-1].risk != wanted:
                return None
            self._stage.journal.saw("risk", node=node.name, **answer.summary())
            return True

        seen = self._stage.waits.until(
            f"{node.name} to see the risk {wanted}",
            self._stage.target.timing.failover_deadline_s,  # the seed bounds no time for this
            probe,
            every_s=self._stage.target.timing.poll_interval_ms / 1000,
            since_s=since_s,
        )
        self.tell()
        return seen is not None

    def _keep(self, node: Node, line: Asked) -> None:
        self.asked.append(line)
        self._stage.journal.saw(node=node.name, **asdict(line))

    def _epochs_in(self, answer: Answer) -> list[int | None]:
        """The epochs that an answer shows; None for one that is none."""
        found: list[int | None] = []
        for name in EPOCHS:
            if answer.value(name) is not None:
                found.append(answer.count(name))
                if found[-1] is None:
                    self.rubbish = f"a node shows {name} {answer.quoted(name)}, which is no epoch"
        return found + [epoch for epoch in answer.items("unclosed_epochs") if _is_epoch(epoch)]

    def _open_epochs(self) -> list[int]:
        """The epochs that PostgreSQL holds as open; none where the target does not say where they are."""
        statement = self._stage.target.sql.open_epochs
        if statement is None:
            return []
        with self._tables.blamed():
            rows = self._server.rows(statement, ADMIN)
        return [row[0] for row in rows if isinstance(row[0], int)]


def risk(answer: Answer) -> str | None:
    """The risk that a node answers; None for anything that is none of the three."""
    text = answer.text("risk") if answer.ok else None
    return text if text in RISKS else None


def _unlisted(answer: Answer, before: list[int], after: list[int]) -> list[int]:
    """Epochs that were open before a question and after it, and that the answer's list leaves out.

    Nothing where the answer has no such list.
    """
    listed = answer.value("unclosed_epochs")
    if not isinstance(listed, list):
        return []
    return sorted(epoch for epoch in set(before).intersection(after) if epoch not in listed)


def _is_epoch(value: object) -> bool:
    """Whether an entry of a list is an epoch (the lowest ghost may be below 0)."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
