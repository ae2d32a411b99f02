"""Every scenario, in the order of the report. A new one is one file here and one line below."""

from haproof.lab.scenario import Scenario
from haproof.lab.scenarios import backup_restore, failover, pitr, quorum_loss, replication_lag, split_brain

SCENARIOS: tuple[Scenario, ...] = (
    failover.SCENARIO,
    replication_lag.SCENARIO,
    backup_restore.SCENARIO,
    split_brain.SCENARIO,
    quorum_loss.SCENARIO,
    pitr.SCENARIO,
)
