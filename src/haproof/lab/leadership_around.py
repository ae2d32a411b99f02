"""Leadership around a restore: moved on before it, none during it, and newer after it."""

from haproof.core.histories.restores import BESIDE, EPOCHS, FORBIDDEN, turned_back
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.scenario import Stage

HANDOVER_SECONDS = 10.0
LED = "while a node in maintenance mode takes writes"


class LeadershipAround:
    """What the nodes of VAL15 say and do about leadership between the backup and the end."""

    def __init__(self, stage: Stage, cluster: Cluster) -> None:
        self._stage = stage
        self._cluster = cluster
        self._epoch: int | None = None

    def next_leader(self, settled: Settled) -> Settled:
        """Let the other node lead, where the target hands over: a restore must not bring its epoch back."""
        if not self._stage.target.lacks("api.failover"):
            self._stage.step("ask the leader to hand over")
            answer = settled.leader.client.call("failover", HANDOVER_SECONDS)
            self._stage.journal.act("failover", node=settled.leader.name, **answer.summary())
            settled = self._stage.must(
                self._cluster.settle(), "no leader that all nodes agree on after the handover"
            )
        self._epoch = settled.answers[settled.leader.name].count("current_epoch")
        return settled

    def led_in_maintenance(self) -> None:
        """Nobody leads while every node is in maintenance mode: what it accepted, the restore would undo."""
        draft = self._stage.draft
        for node in self._cluster.nodes:
            said = self._accepts(node)
            if said is None or draft.observations["restore_beside_leader_refused"] is None:
                continue
            self._stage.journal.saw(FORBIDDEN, of=BESIDE, how=LED, refused=False, unchanged=True)
            draft.observe("restore_beside_leader_refused", False)
            draft.quote("restore_beside_leader_refused", f"{node.name}, in maintenance mode, {said}")

    def compare_epochs(self, settled: Settled) -> None:
        """Leadership after the restore is newer than any before: an epoch that comes back has two holders."""
        epoch = settled.answers[settled.leader.name].count("current_epoch")
        self._stage.journal.saw(EPOCHS, before=self._epoch, after=epoch)
        if turned_back(self._epoch, epoch):
            self._stage.draft.metric("payload_match", False)
            said = f"the restore turned the epoch back: {self._epoch} before it, {epoch} after it"
            self._stage.draft.quote("payload_match", said)

    def _accepts(self, node: Node) -> str | None:
        """What shows that a node takes protected writes; None where nothing does."""
        if node.status().flag("can_accept_protected_writes") is True:
            return "answered can_accept_protected_writes true"
        if not self._stage.target.writes_through_node:
            return None
        write = node.client.call("protected_write", id=f"maintenance-{node.name}", payload="none")
        return "accepted a write" if write.status in (200, 201) else None
