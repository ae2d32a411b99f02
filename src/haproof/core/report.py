"""The whole judgement as one frozen value."""

from datetime import datetime

from msgspec import Struct

from haproof.core.house import House
from haproof.core.level import Level
from haproof.core.metrics import slice_metrics
from haproof.core.model import Metric, Proof, Readiness, Reason, SliceResult
from haproof.core.strength import Strength
from haproof.core.topology import TopologyRow


class Report(Struct, frozen=True, kw_only=True):
    """The whole judgement: the only thing a renderer sees.

    `house` is what it was judged by; `slices` are the required kinds, `beyond` those optional ones that were
    found or not run; `strength` says how much the claims of the required kinds are worth; `says_no` tells
    whether anything that was found fails.
    """

    house: House
    proof: Proof
    generated_at: datetime
    topology: tuple[TopologyRow, ...]
    slices: tuple[SliceResult, ...]
    beyond: tuple[SliceResult, ...] = ()
    strength: tuple[Strength, ...]
    says_no: bool

    @property
    def ready(self) -> bool:
        """Whether the evidence carries the lowest level."""
        return self.proof.readiness[self.house.levels[0].key].ready

    @property
    def results(self) -> tuple[SliceResult, ...]:
        """Every kind that was judged, in the order of the report."""
        return (*self.slices, *self.beyond)

    def metrics(self, result: SliceResult) -> dict[str, Metric] | None:
        """The figures of one kind with target and status; None where it has none."""
        stem = result.source.kind.stem
        return self.proof.metrics[stem] if stem in self.proof.metrics else slice_metrics(result)

    @property
    def levels(self) -> tuple[tuple[Level, Readiness], ...]:
        """Each readiness level and what was found of it, lowest first."""
        return tuple((level, self.proof.readiness[level.key]) for level in self.house.levels)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it is not ready, worst first; none where it is."""
        return self.proof.reasons
