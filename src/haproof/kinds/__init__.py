"""Every kind of evidence that this program knows, in the order of the report, and what is judged from them.

A new kind is one folder beside this file and one line below.
"""

from haproof.core.house import House
from haproof.core.kind import Kind
from haproof.kinds import (
    backup_restore,
    calibration,
    cluster,
    external,
    failover,
    pitr,
    quorum_loss,
    recovery,
    replication_lag,
    soak,
    split_brain,
)
from haproof.kinds.gaps import GAPS
from haproof.kinds.levels import LEVELS
from haproof.kinds.matrix import MATRIX

KINDS: tuple[Kind, ...] = (
    failover.KIND,
    replication_lag.KIND,
    backup_restore.KIND,
    split_brain.KIND,
    quorum_loss.KIND,
    cluster.KIND,
    recovery.KIND,
    pitr.KIND,
    soak.KIND,
    calibration.KIND,
    external.KIND,
)

HOUSE = House(kinds=KINDS, matrix=MATRIX, levels=LEVELS, gaps=GAPS, words="haproof.kinds.level_words")
"""What this program judges by."""
