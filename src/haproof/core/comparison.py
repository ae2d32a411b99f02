"""What a comparison of two runs says, as frozen records: the JSON of `haproof diff`, key for key.

Every record reads the same from both ends: the comparison of B with A is that of A with B, its sides swapped
and its directions turned round.
"""

from typing import Any, Literal

from msgspec import Struct

from haproof.core.model import Target

Direction = Literal["same", "better", "worse", "cannot tell", "not shown", "changed"]
"""`cannot tell`: one side failed and the other has no evidence. `not shown`: two values that differ, in data
that cannot carry a difference. `changed`: values without a better or worse."""

Conclusion = Literal["no regression", "regression", "cannot tell", "not comparable"]

HOLDS = ("PASS", "MET", "ready")
UNKNOWN = ("NO EVIDENCE", "MISSING", "not given")


class Side(Struct, frozen=True, kw_only=True):
    """One of the two runs, and whether it came as evidence or as a JSON artifact.

    `evidence_of` is the latest timestamp of the slices, or of the kinds beyond them where no slice was found;
    None where there is none.
    """

    evidence_dir: str
    source: Literal["evidence", "artifact"]
    evidence_of: str | None
    verdict: str
    generator: str


class Difference(Struct, frozen=True, kw_only=True):
    """Something in which the runs differ that is no result: an obstacle, or a condition worth knowing."""

    kind: Literal["schema", "topology", "targets", "evidence", "version", "host"]
    name: str
    before: str
    after: str


class StateChange(Struct, frozen=True, kw_only=True):
    """A verdict, level, requirement, slice or check that is not what it was."""

    id: str
    title: str
    before: str
    after: str
    direction: Direction


class Sample(Struct, frozen=True, kw_only=True):
    """The trials behind a figure: how many, how many of them not measured, and their median.

    The median is None where it falls on trials that were not measured.
    """

    n: int
    not_measured: int
    median: int | float | None


class FigureChange(Struct, frozen=True, kw_only=True):
    """One metric with both values. Margins are distances to the target in percent of the target.

    `target` is None too where each side is held against another figure of its own evidence (a checksum).
    `given` tells a value that was null (not measured) from one that a side does not give at all.
    `margin_*` is None without a numeric target or without a value; `drift_points` is after minus before, in
    percentage points. `p_value` is that of the rank test over the trials, where both sides have some.
    `direction` rests on what `reason` says.
    """

    slice: str
    name: str
    unit: str | None
    target: Target | None
    given: Literal["both", "before", "after"]
    before: Any
    after: Any
    status_before: str | None
    status_after: str | None
    margin_before_percent: float | None
    margin_after_percent: float | None
    drift_points: float | None
    trials_before: Sample | None
    trials_after: Sample | None
    p_value: float | None
    direction: Direction
    reason: str


class Counts(Struct, frozen=True, kw_only=True):
    """How many of each were compared; checks and figures of a kind that a side lacks are left out, and where
    it is not known which checks of a kind failed, their number is compared and counts as one."""

    checks: int
    slice_checks: int
    figures: int


class NotJudged(Struct, frozen=True, kw_only=True):
    """Something that this version of the program does not know, with its states as the artifacts report them;
    None on a side that does not have it."""

    name: str
    before: str | None
    after: str | None


class Comparison(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Two runs compared. With an obstacle nothing is compared, and the lists of changes are empty.

    The lists hold what differs; `compared` says out of how many. `unseen` names the slices that neither side
    has evidence of. `same_evidence` is true where both judged the same bytes. `not_judged` is what a newer
    version of the program wrote and this one does not know; the key is left out where there is nothing.
    """

    schema_version: str
    report: str
    before: Side
    after: Side
    outcome: Conclusion
    obstacles: tuple[Difference, ...]
    conditions: tuple[Difference, ...]
    same_evidence: bool
    unseen: tuple[str, ...]
    compared: Counts
    verdict: StateChange | None
    levels: tuple[StateChange, ...]
    requirements: tuple[StateChange, ...]
    slices: tuple[StateChange, ...]
    checks: tuple[StateChange, ...]
    slice_checks: tuple[StateChange, ...]
    figures: tuple[FigureChange, ...]
    not_judged: tuple[NotJudged, ...] = ()

    @property
    def changes(self) -> tuple[StateChange | FigureChange, ...]:
        """Everything that differs, most general first."""
        verdict = (self.verdict,) if self.verdict else ()
        states = verdict + self.levels + self.requirements + self.slices + self.checks + self.slice_checks
        return states + self.figures


def direction(before: str, after: str) -> Direction:
    """From one state to another. PASS to anything else is worse; FAIL against no evidence is unknown."""
    if before == after:
        return "same"
    if before in HOLDS:
        return "worse"
    return "better" if after in HOLDS else "cannot tell"


def outcome(changes: tuple[StateChange | FigureChange, ...]) -> Conclusion:
    """One worse thing is a regression; without one, a thing that nobody can tell keeps it open."""
    directions = {change.direction for change in changes}
    if "worse" in directions:
        return "regression"
    return "cannot tell" if "cannot tell" in directions else "no regression"
