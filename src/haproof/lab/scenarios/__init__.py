"""The five scenarios, in order. A new one is one file here and one line below."""

from haproof.lab.scenario import Scenario
from haproof.lab.scenarios import failover

SCENARIOS: tuple[Scenario, ...] = (failover.SCENARIO,)
