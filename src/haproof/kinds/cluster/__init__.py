"""CLUSTER, PostgreSQL HA Cluster under a Matrix of Faults."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="CLUSTER",
    stem="cluster",
    folder="cluster",
    name="PostgreSQL HA Cluster",
    rules="haproof.kinds.cluster.checks",
    recount="haproof.kinds.cluster.recount",
    making="haproof.kinds.cluster.making",
    terms="haproof.kinds.cluster.terms",
    role="beyond",
    max_age_days=90,
    about=Words(
        meaning="What a PostgreSQL HA cluster does under each fault: who serves, what is lost, for how long.",
        why="The control plane's data is as available as the database under it.",
        how="One fault at a time under load; every acknowledged write is accounted for; SQL says who leads.",
        not_proved="Faults of two members at once, slow links, clusters across regions.",
    ),
    view="haproof.kinds.cluster.view",
)
