"""Bad soaks, as the journal that they leave: each fails the check that it breaks."""

from collections.abc import Callable
from typing import Any

import pytest

from bad_systems import breaks
from haproof.core.soak.figures import metrics as soak_figures
from haproof.kinds import soak
from soaks import Machine, plan
from unit.histories.test_bad_systems import failed


class SlowFailovers(Machine):
    """Each planned failover takes 11 s."""

    def failover(self, ms: int = 11_000) -> None:
        super().failover(ms)


class SkipsRounds(Machine):
    """Makes every third round."""

    asked = 0

    def round(self) -> str:
        self.asked += 1
        return super().round() if self.asked % 3 == 1 else "left out"


class LosesRows(Machine):
    """A round finds that an acknowledged row is gone."""

    def append(self, kind: str, **fields: Any) -> None:
        super().append(kind, **fields | ({"lost": 1} if kind == "round-end" else {}))


def soaked(machine: Machine) -> Machine:
    """A day, which is all that was agreed on."""
    machine.healthy_days(1)
    machine.probes(20)
    return machine


def agreed(**given: Any) -> Any:
    return plan(**{"goal_days": 1, "interval_hours": 1} | given)


def of_soak(machine: Machine) -> set[str]:
    return failed(soak.KIND, soak_figures(machine.judged()))


def short() -> Machine:
    machine = Machine(agreed(goal_days=1.02))
    return soaked(machine)


def down(seconds: int) -> Machine:
    """No answer for so long, from the same server."""
    machine = soaked(Machine(agreed()))
    machine.probes(seconds // 10, ok=False)
    machine.probe()
    return machine


def slow_takeover() -> Machine:
    """The server is lost, and the next one answers after 70 s."""
    machine = soaked(Machine(agreed()))
    machine.probes(7, ok=False)
    machine.promote()
    machine.probes(2)
    return machine


def unseen() -> Machine:
    """The prober is away for 20 minutes of the day, a little at a time."""
    machine = soaked(Machine(agreed()))
    for _ in range(60):
        machine.absent(19_000)
        machine.probe()
    return machine


def edited() -> Machine:
    machine = soaked(Machine(agreed()))
    machine.journal[100] = machine.journal[100].replace(b'"took_ms":1.5', b'"took_ms":1.4')
    return machine


def test_a_soak_that_survives_passes() -> None:
    assert of_soak(soaked(Machine(agreed()))) == set()


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(short, marks=breaks("VAL18-01"), id="too short"),
        pytest.param(
            lambda: soaked(Machine(agreed(scheduled_failovers=2))),
            marks=breaks("VAL18-02"),
            id="two failovers",
        ),
        pytest.param(lambda: soaked(SlowFailovers(agreed())), marks=breaks("VAL18-03"), id="slow failovers"),
        pytest.param(lambda: soaked(LosesRows(agreed())), marks=breaks("VAL18-04"), id="loses a row"),
        pytest.param(lambda: down(100), marks=breaks("VAL18-05"), id="down for 100 s"),
        pytest.param(
            lambda: soaked(Machine(agreed(probe_interval_ms=11_000))),
            marks=breaks("VAL18-06"),
            id="looks rarely",
        ),
        pytest.param(unseen, marks=breaks("VAL18-07"), id="looks away"),
        pytest.param(edited, marks=breaks("VAL18-08"), id="an edited journal"),
        pytest.param(lambda: soaked(SkipsRounds(agreed())), marks=breaks("VAL18-09"), id="skips rounds"),
        pytest.param(slow_takeover, marks=breaks("VAL18-10"), id="takes over after 70 s"),
    ],
)
def test_a_soak_that_does_not_survive(broken: set[str], made: Callable[[], Machine]) -> None:
    assert of_soak(made()) == broken
