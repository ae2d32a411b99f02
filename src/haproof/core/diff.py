"""Two runs compared: Report or Proof on either side, Comparison out. Pure, and the same from both ends.

The rules: runs that differ in schema, topology or targets are not compared at all; a state that held and no
longer holds is worse, whatever took its place; a figure is better or worse only where the data can carry
that (`core.drift`); and FAIL against no evidence is unknown.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from haproof.core.comparable import bound, comparable, obstacles, versions
from haproof.core.comparison import (
    Comparison,
    Counts,
    Difference,
    Direction,
    NotJudged,
    Side,
    StateChange,
    direction,
    outcome,
)
from haproof.core.drift import TOLERANCE_PERCENT, figure_changes
from haproof.core.figures import shown
from haproof.core.foreign import Artifact, not_judged
from haproof.core.house import House
from haproof.core.model import MatrixRow, Proof, SliceResult, Target
from haproof.core.report import Report
from haproof.core.slice_checks import SliceChecks, slice_checks, titles
from haproof.core.window import evidence_of

SCHEMA_VERSION = "1.0"

Comparand = Proof | Report
States = dict[str, tuple[str, str]]
"""Id to title and state."""


def compare(
    first: Comparand | Artifact,
    second: Comparand | Artifact,
    house: House,
    tolerance_percent: float = TOLERANCE_PERCENT,
) -> Comparison:
    """What changed from the first run to the second. `tolerance_percent` bounds what counts as a difference
    between two sets of trials (of the smaller median)."""
    before, after = _readable(first), _readable(second)
    old, new = proof_of(before), proof_of(after)
    sides = comparable(old, house), comparable(new, house)
    stops = (*obstacles(*sides), *_window_limit(old, new))
    base = Comparison(
        schema_version=SCHEMA_VERSION,
        report="VAL26-DIFF",
        before=_side(before),
        after=_side(after),
        outcome="not comparable",
        obstacles=stops,
        conditions=(
            *versions(*sides),
            *_generators(old, new),
            *_rejudged(before, after),
            *_hosts(before, after),
        ),
        same_evidence=_digests(old) == _digests(new) != (),
        unseen=tuple(row.id for row in old.slices if row.id not in {*sides[0].found, *sides[1].found}),
        compared=Counts(checks=0, slice_checks=0, figures=0),
        verdict=None,
        levels=(),
        requirements=(),
        slices=(),
        checks=(),
        slice_checks=(),
        figures=(),
        not_judged=_not_judged(first, second, house),
    )
    return base if stops else _filled(base, before, after, house, tolerance_percent)


def _filled(
    base: Comparison, before: Comparand, after: Comparand, house: House, tolerance_percent: float
) -> Comparison:
    """The comparison with everything that differs."""
    old, new = proof_of(before), proof_of(after)
    sides = slice_checks(before, house), slice_checks(after, house)
    figures = tuple(figure_changes(old, new, house, tolerance_percent))
    made = replace(
        base,
        compared=Counts(
            checks=len(old.checks),
            slice_checks=_checks_compared(*sides, house),
            figures=len(figures),
        ),
        verdict=_verdict(old, new, house.levels[0].key),
        levels=_changed(_levels(old, house), _levels(new, house)),
        requirements=_changed(_requirements(old), _requirements(new)),
        slices=_changed(_coverage(old), _coverage(new)),
        checks=_changed(_matrix(old, house), _matrix(new, house)),
        slice_checks=_slice_checks(*sides, house),
        figures=tuple(figure for figure in figures if figure.direction != "same"),
    )
    return replace(made, outcome=outcome(made.changes))


def proof_of(judged: Comparand | Artifact) -> Proof:
    """The part that every kind of run has."""
    return judged if isinstance(judged, Proof) else judged.proof


def _readable(judged: Comparand | Artifact) -> Comparand:
    return judged.proof if isinstance(judged, Artifact) else judged


def _not_judged(
    before: Comparand | Artifact, after: Comparand | Artifact, house: House
) -> tuple[NotJudged, ...]:
    """What either side has of a newer version."""
    old, new = (_unknown(side, house) for side in (before, after))
    names = dict.fromkeys([*old, *new])
    return tuple(NotJudged(name=name, before=old.get(name), after=new.get(name)) for name in names)


def _unknown(judged: Comparand | Artifact, house: House) -> dict[str, str]:
    unread = judged.unread if isinstance(judged, Artifact) else ()
    return not_judged(proof_of(judged), house) | dict.fromkeys(unread, "of unknown form")


def _side(judged: Comparand) -> Side:
    """One of the two, by name."""
    proof = proof_of(judged)
    return Side(
        evidence_dir=proof.evidence_dir,
        source="evidence" if isinstance(judged, Report) else "artifact",
        evidence_of=evidence_of(proof),
        verdict=proof.verdict,
        generator=f"{proof.generator.name} {proof.generator.version}",
    )


def _digests(proof: Proof) -> tuple[tuple[str, str], ...]:
    """What was judged, byte for byte."""
    return tuple((file.slice, file.sha256) for file in proof.evidence.files)


def _window_limit(old: Proof, new: Proof) -> Iterator[Difference]:
    """The window is a target too."""
    limits = tuple(bound(Target("<=", side.evidence.window.limit_seconds)) for side in (old, new))
    if limits[0] != limits[1]:
        yield Difference(kind="targets", name="window.span_seconds", before=limits[0], after=limits[1])


def _generators(old: Proof, new: Proof) -> Iterator[Difference]:
    """Judged by different versions of the program."""
    words = tuple(f"{side.generator.name} {side.generator.version}" for side in (old, new))
    if words[0] != words[1]:
        yield Difference(kind="version", name="generator", before=words[0], after=words[1])


def _rejudged(before: Comparand, after: Comparand) -> Iterator[Difference]:
    """Slices whose figures cover more checks on one side: the same PASS is then based on less, or on more.
    Artifacts of version 1.0 do not say it."""
    rows = {row.id: row for row in proof_of(after).slices}
    for old in proof_of(before).slices:
        new = rows.get(old.id)
        if new and None not in (old.rejudged, new.rejudged) and old.rejudged != new.rejudged:
            words = [f"{side.rejudged} of {side.total} checks re-judged" for side in (old, new)]
            yield Difference(kind="evidence", name=old.id, before=words[0], after=words[1])


def _hosts(before: Comparand, after: Comparand) -> Iterator[Difference]:
    """What the evidence says of the machines, where both sides are evidence: figures follow the machine."""
    if not (isinstance(before, Report) and isinstance(after, Report)):
        return
    old, new = _host(before.results), _host(after.results)
    for key in sorted(old.keys() | new.keys()):
        words = tuple(shown(host[key]) if key in host else "not recorded" for host in (old, new))
        if words[0] != words[1]:
            yield Difference(kind="host", name=shown(key), before=words[0], after=words[1])


def _host(results: Sequence[SliceResult]) -> dict[str, object]:
    """The host of the first kind that describes one."""
    for result in results:
        environment = result.source.record.environment if result.found else None
        if environment is not None and environment.host:
            # What is itself an object or a list tells of one slice's time, such as its load.
            return {
                key: value for key, value in environment.host.items() if not isinstance(value, dict | list)
            }
    return {}


def _verdict(old: Proof, new: Proof, lowest: str) -> StateChange | None:
    """The verdict, where its words changed; better or worse only where the level did."""
    if old.verdict == new.verdict:
        return None
    levels = tuple(_ready(side.readiness[lowest].ready) for side in (old, new))
    word = direction(levels[0], levels[1])
    return StateChange(
        id="verdict",
        title="Verdict",
        before=old.verdict,
        after=new.verdict,
        direction="changed" if word == "same" else word,
    )


def _ready(ready: bool) -> str:
    return "ready" if ready else "not ready"


def _levels(proof: Proof, house: House) -> States:
    """The levels: ready or not."""
    names = {level.key: level.name for level in house.levels}
    return {key: (names.get(key, key), _ready(level.ready)) for key, level in proof.readiness.items()}


def _requirements(proof: Proof) -> States:
    """Every requirement of every level."""
    return {
        requirement.id: (requirement.text, requirement.state)
        for level in proof.readiness.values()
        for requirement in level.requirements
    }


def _coverage(proof: Proof) -> States:
    """The slices, and the kinds of evidence beyond them."""
    states: States = {row.id: (row.name, row.status) for row in proof.slices}
    return states | {row.id: (row.name, row.status) for row in proof.beyond}


def _matrix(proof: Proof, house: House) -> States:
    """The checks of the matrix; a FAIL that is based on nothing is no evidence, not a failure."""
    states: States = {}
    says_no = False
    for row in proof.checks:
        state = _state(row, says_no if row.id in house.sums_up else bool(row.evidence))
        says_no = says_no or state == "FAIL"
        states[row.id] = (row.description, state)
    return states


def _state(row: MatrixRow, known: bool) -> str:
    """A row's status, FAIL told from no evidence: `known` is whether it is based on something."""
    if row.status == "PASS":
        return "PASS"
    return "FAIL" if known else "NO EVIDENCE"


Checks = Mapping[str, SliceChecks]
"""Kind id to what is known of its checks."""


def _checks_compared(old: Checks, new: Checks, house: House) -> int:
    """How many checks of kinds found on both sides are compared; where only their number is, that is one."""
    names = titles(house)
    return sum(
        1 if None in (old[kind].failed, new[kind].failed) else len(names[kind])
        for kind in old.keys() & new.keys()
    )


def _slice_checks(old: Checks, new: Checks, house: House) -> tuple[StateChange, ...]:
    """The checks of the kinds found on both sides (a kind that one side lacks is one change, not ten)."""
    names = titles(house)
    changes: list[StateChange] = []
    for slice_id in sorted(old.keys() & new.keys()):
        a, b = old[slice_id], new[slice_id]
        if a.failed is None or b.failed is None:
            changes += _counted(slice_id, a.passed, b.passed)
            continue
        states = (
            {name: (title, "FAIL" if name in failed else "PASS") for name, title in names[slice_id].items()}
            for failed in (a.failed, b.failed)
        )
        changes += _changed(*states)
    return tuple(changes)


def _counted(slice_id: str, before: int, after: int) -> Iterator[StateChange]:
    """Where nobody can say which checks failed: by their number; the same number may be other checks."""
    word: Direction = "cannot tell" if before == after else "better" if after > before else "worse"
    yield StateChange(
        id=slice_id,
        title="which of its checks failed is not named",
        before=f"{before} passed",
        after=f"{after} passed",
        direction=word,
    )


def _changed(old: States, new: States) -> tuple[StateChange, ...]:
    """What is not in the same state on both sides, by id."""
    changes = []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        states = (before[1] if before else "NO EVIDENCE", after[1] if after else "NO EVIDENCE")
        if states[0] != states[1]:
            title = (before or after or ("",))[0]
            changes.append(
                StateChange(
                    id=name, title=title, before=states[0], after=states[1], direction=direction(*states)
                )
            )
    return tuple(changes)
