"""The five scenarios, in order. A new one is one file here and one line below."""

from haproof.lab.scenario import Scenario
from haproof.lab.scenarios import failover, quorum_loss, split_brain

SCENARIOS: tuple[Scenario, ...] = (
    failover.SCENARIO,
    split_brain.SCENARIO,
    quorum_loss.SCENARIO,
)
