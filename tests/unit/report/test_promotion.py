"""GA-2, to the last word: what CLUSTER, RECOVERY and VAL13 come to together, and which is made again."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from builders import NOON
from every_evidence import ABSENT, Shelf
from haproof.core.judged import Judged
from haproof.core.level import Held
from haproof.core.model import State
from haproof.kinds.promotion import FEWEST, REPEATED
from requirements import held, judged, with_metrics, with_record

BOTH = ("CLUSTER", "RECOVERY")
C, R, F = "CLUSTER", "RECOVERY", "VAL13"
UNTIL = datetime(2026, 6, 18, 10, tzinfo=UTC)
MET: State = "MET"
NOT_MET: State = "NOT MET"
NO_EVIDENCE: State = "NO EVIDENCE"

BOUNDS = ", ".join(
    f"5 passing trials of {fault} bound its failure rate below 45.1 % (95 % confidence)"
    for fault in ("host-kill", "cut-full", "manager-kill")
)
PRIMARIES = "two primaries are not excluded: overlap_ms was not measured"
FEW = "too few trials: host-kill 4 of 5, cut-full 4 of 5, manager-kill 4 of 5"
OLD = "is 90 days 1 s old (at most 90 days): run it again"
OTHER_PLANE = "RECOVERY is of somebody else's, VAL13 of haproof-node"
UNKNOWN_PLANE = "VAL13 MISSING, so it is not known whether RECOVERY is of the same control plane"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.mark.parametrize(
    ("cluster", "recovery", "failover", "state", "said", "again"),
    [
        (ABSENT, ABSENT, "good", NO_EVIDENCE, "not among the evidence of VAL13-VAL17", (C, R)),
        (ABSENT, "good", "good", NO_EVIDENCE, "CLUSTER not found", (C, R)),
        ("good", ABSENT, "good", NO_EVIDENCE, "RECOVERY not found", (R,)),
        ("not run", "good", "good", NO_EVIDENCE, "CLUSTER MISSING (not run: no root here)", (C, R)),
        ("good", "not run", "good", NO_EVIDENCE, "RECOVERY MISSING (not run: no root here)", (R,)),
        (
            "not run", "not run", "good", NO_EVIDENCE,
            "CLUSTER MISSING (not run: no root here); RECOVERY MISSING (not run: no root here)", (C, R),
        ),
        (ABSENT, "not run", ABSENT, NO_EVIDENCE,
            "CLUSTER not found; RECOVERY MISSING (not run: no root here)", (C, R, F)),
        ("good", "good", ABSENT, NO_EVIDENCE, UNKNOWN_PLANE, (F,)),
        ("unnamed", "good", "good", NO_EVIDENCE, "the system is not recorded: CLUSTER", (C, R)),
        ("good", "unnamed", "good", NO_EVIDENCE, "the system is not recorded: RECOVERY", (R,)),
        ("unnamed", "unnamed", "good", NO_EVIDENCE, "the system is not recorded: CLUSTER, RECOVERY", (C, R)),
        ("unnamed", "good", ABSENT, NO_EVIDENCE,
            f"{UNKNOWN_PLANE}; the system is not recorded: CLUSTER", (C, R, F)),
        ("failed", "good", "good", NOT_MET, "CLUSTER FAIL (CLUSTER-12)", (C,)),
        ("good", "failed", "good", NOT_MET, "RECOVERY FAIL (RECOVERY-07)", (R,)),
        ("failed", ABSENT, "good", NOT_MET, "CLUSTER FAIL (CLUSTER-12)", (C, R)),
        ("not run", "failed", "good", NOT_MET, "RECOVERY FAIL (RECOVERY-07)", (C, R)),
        ("async", "async", "good", NOT_MET,
            "CLUSTER was measured asynchronous; RECOVERY was measured asynchronous", (C, R)),
        ("too old", "good", "good", NOT_MET, f"CLUSTER {OLD}", (C,)),
        ("good", "too old", "good", NOT_MET, f"RECOVERY {OLD}", (R,)),
        ("few trials", "good", "good", NOT_MET, FEW, (C,)),
        ("overlap not measured", "good", "good", NOT_MET, PRIMARIES, (C,)),
        ("another system", "good", "good", NOT_MET, "RECOVERY is of Patroni, CLUSTER of repmgr", (R,)),
        ("good", "another cluster", "good", NOT_MET, "RECOVERY is of repmgr, CLUSTER of Patroni", (R,)),
        ("good", "another system", "good", NOT_MET, OTHER_PLANE, (R,)),
        ("another system", "another system", "good", NOT_MET,
            f"RECOVERY is of Patroni, CLUSTER of repmgr; {OTHER_PLANE}", (R,)),
        ("few trials", "another system", "good", NOT_MET, FEW, (C, R)),
        ("not run", "another cluster", "good", NO_EVIDENCE,
            "CLUSTER MISSING (not run: no root here)", (C, R)),
    ],
)  # fmt: skip
def test_what_the_three_come_to(
    shelf: Shelf, cluster: str, recovery: str, failover: str, state: State, said: str, again: tuple[str, ...]
) -> None:
    of = judged(shelf, CLUSTER=cluster, RECOVERY=recovery, VAL13=failover)
    assert held("GA-2", of) == Held(state, said, BOTH, again)


def test_both_pass_and_are_of_one_system(shelf: Shelf) -> None:
    age = "3 days old, valid until 2026-06-18T10:00:00Z"
    met = Held(MET, f"CLUSTER and RECOVERY PASS, {age}; {BOUNDS}", BOTH, until=UNTIL)
    assert held("GA-2", judged(shelf)) == met
    older = held("GA-2", judged(shelf, RECOVERY="just fresh"))
    assert older.until == NOON
    assert "PASS, 3 days and 90 days old, valid until 2026-03-23T12:00:00Z; 5 passing" in older.detail


def test_reports_that_never_grow_too_old_are_met_without_an_end(shelf: Shelf) -> None:
    last = datetime(9999, 12, 31, tzinfo=UTC)
    of = replace(judged(shelf), generated_at=last)
    for kind in BOTH:
        of = with_record(of, kind, generated_at=last)
    assert held("GA-2", of) == Held(MET, f"CLUSTER and RECOVERY PASS; {BOUNDS}", BOTH)


def trials(of: Judged) -> list[Any]:
    result = of.kind(C)
    assert result is not None
    return list(result.source.record.metrics.trials)


@pytest.mark.parametrize("fault", REPEATED)
def test_each_fault_of_the_three_is_tried_often_enough(shelf: Shelf, fault: str) -> None:
    assert (REPEATED, FEWEST) == (("host-kill", "cut-full", "manager-kill"), 5)
    good = judged(shelf)
    those = [trial for trial in trials(good) if trial.fault == fault]
    others = [trial for trial in trials(good) if trial.fault != fault]
    fewer = with_metrics(good, C, trials=others + those[1:])
    assert held("GA-2", fewer) == Held(NOT_MET, f"too few trials: {fault} 4 of 5", BOTH, (C,))
    for count, percent in ((6, 39.4), (7, 34.9)):
        more = held("GA-2", with_metrics(good, C, trials=others + [those[0]] * count))
        assert f"{count} passing trials of {fault} bound its failure rate below {percent} % (" in more.detail
    unknown = [*those[1:], replace(those[0], overlap_ms=None)]
    assert held("GA-2", with_metrics(good, C, trials=others + unknown)).detail == PRIMARIES


def test_of_other_faults_once_is_enough_and_two_primaries_need_not_be_excluded(shelf: Shelf) -> None:
    good = judged(shelf)
    unknown = [
        trial if trial.fault in REPEATED else replace(trial, overlap_ms=None) for trial in trials(good)
    ]
    assert held("GA-2", with_metrics(good, C, trials=unknown)) == held("GA-2", good)


def test_what_nobody_named_is_not_the_same(shelf: Shelf) -> None:
    good = judged(shelf)
    nameless = with_metrics(good, R, cluster=None)
    said = "the system is not recorded: RECOVERY's cluster"
    assert held("GA-2", nameless) == Held(NO_EVIDENCE, said, BOTH, (R,))
    bare = with_record(good, F, environment=None)
    assert held("GA-2", bare) == Held(NO_EVIDENCE, "the system is not recorded: VAL13", BOTH, (F,))
    all_of_them = with_record(
        with_record(with_record(nameless, F, environment=None), C, environment=None), R, environment=None
    )
    said = "the system is not recorded: CLUSTER, RECOVERY, VAL13, RECOVERY's cluster"
    assert held("GA-2", all_of_them) == Held(NO_EVIDENCE, said, BOTH, (C, R, F))
