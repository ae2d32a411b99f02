"""CLUSTER, PostgreSQL HA Cluster under a Matrix of Faults."""

from haproof.core.kind import Closes, Kind
from haproof.core.words import Words
from haproof.kinds.cluster.checks import CHECKS
from haproof.kinds.cluster.gaps import concurrent_writes, partitions, promotion, tolerated_loss
from haproof.kinds.cluster.record import ClusterRecord, disagreement, incomplete
from haproof.kinds.cluster.recount import RECOUNTS

KIND = Kind(
    id="CLUSTER",
    stem="cluster",
    folder="cluster",
    name="PostgreSQL HA Cluster",
    record=ClusterRecord,
    checks=CHECKS,
    role="beyond",
    max_age_days=90,
    about=Words(
        meaning="What a PostgreSQL HA cluster does under each fault: who serves, what is lost, for how long.",
        why="The control plane's data is as available as the database under it.",
        how="One fault at a time under load; every acknowledged write is accounted for; SQL says who leads.",
        not_proved="Faults of two members at once, slow links, clusters across regions.",
    ),
    closes=(
        Closes(gap="GAP-2", measured=promotion),
        Closes(gap="GAP-3", measured=partitions),
        Closes(gap="GAP-4", measured=concurrent_writes),
    ),
    tolerated_loss=tolerated_loss,
    recounts=RECOUNTS,
    disagreement=disagreement,
    incomplete=incomplete,
    view="haproof.kinds.cluster.view",
)
