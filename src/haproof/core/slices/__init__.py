"""The five slices, in order. A new one is one file here and one line below."""

from haproof.core.check import AnySlice
from haproof.core.slices import backup_restore, failover, quorum_loss, replication_lag, split_brain

SLICES: tuple[AnySlice, ...] = (
    failover.SLICE,
    replication_lag.SLICE,
    backup_restore.SLICE,
    split_brain.SLICE,
    quorum_loss.SLICE,
)
