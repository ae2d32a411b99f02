"""The ten VAL26 checks, in order. A new one is one file here and one line below."""

from haproof.core.checks.matrix import MatrixCheck
from haproof.core.checks.quorum_loss import CHECK as QUORUM_LOSS
from haproof.core.checks.readiness import CHECK as READINESS
from haproof.core.checks.restore_correctness import CHECK as RESTORE_CORRECTNESS
from haproof.core.checks.sigterm_failover import CHECK as SIGTERM_FAILOVER
from haproof.core.checks.slice_passes import slice_passes
from haproof.core.checks.zero_data_loss import CHECK as ZERO_DATA_LOSS

MATRIX: tuple[MatrixCheck, ...] = (
    slice_passes("VAL26-01", "VAL13", "failover"),
    slice_passes("VAL26-02", "VAL14", "replication lag"),
    slice_passes("VAL26-03", "VAL15", "backup/restore"),
    slice_passes("VAL26-04", "VAL16", "split-brain"),
    slice_passes("VAL26-05", "VAL17", "quorum loss"),
    SIGTERM_FAILOVER,
    ZERO_DATA_LOSS,
    RESTORE_CORRECTNESS,
    QUORUM_LOSS,
    READINESS,
)

PASSES = {check.id: check.passes for check in MATRIX if check.passes}
"""The checks that ask whether a slice passes, and which."""

__all__ = ["MATRIX", "PASSES", "MatrixCheck"]
