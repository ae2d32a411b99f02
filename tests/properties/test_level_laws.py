"""The levels over all evidence that they ask for: what is taken away takes exactly its levels away, with
the right reason. What is expected is written here from the contract, and asks nothing of what judges.
"""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import NOON
from every_evidence import ABSENT, GOOD, SLICES, STATEMENTS, VARIANTS, Shelf
from haproof.api import assess
from haproof.cli.judging import exit_status
from haproof.core.judged import Judged
from haproof.core.level import judge_levels, reached
from haproof.core.model import Levels, Options
from haproof.core.report import Report
from haproof.core.window import judge_window
from haproof.kinds import HOUSE
from haproof.kinds.levels import LEVELS

Choice = dict[str, str]
MET, NOT_MET, NO_EVIDENCE = "MET", "NOT MET", "NO EVIDENCE"


class Expected(NamedTuple):
    """The state of a requirement, and words that its detail holds."""

    state: str
    said: tuple[str, ...] = ()


def of_slices(choice: Choice) -> dict[str, Expected]:
    """The design partner's six, from the five slices alone."""
    missing = {part for part in SLICES if choice[part] == ABSENT}
    failed = {part for part in SLICES if choice[part] == "failed"}
    all_pass = NOT_MET if failed else NO_EVIDENCE if missing else MET
    found = {"DP-1": Expected(all_pass, (*failed, *missing))}
    owners = {"DP-2": "VAL13", "DP-3": "VAL13", "DP-4": "VAL15", "DP-5": "VAL17"}
    for name, owner in owners.items():
        found[name] = Expected(NO_EVIDENCE, (f"{owner} MISSING",)) if owner in missing else Expected(MET)
    found["DP-6"] = Expected(NO_EVIDENCE if len(missing) == len(SLICES) else MET)
    return found


WHY = {
    "too old": (NOT_MET, "90 days 1 s old (at most 90 days)"),
    "failed": (NOT_MET, " FAIL"),
    "not run": (NO_EVIDENCE, "not run: no root here"),
    ABSENT: (NO_EVIDENCE, ""),
}
"""What takes any single kind's requirement away."""


def of_the_soak(variant: str) -> Expected:
    short = {"compressed": "the soak is compressed", "29 days": "agreed on 29 days, not 30"}
    if variant in short:
        return Expected(NOT_MET, (short[variant],))
    state, said = WHY.get(variant, (MET, "VAL18 PASS"))
    return Expected(state, (said,))


def of_the_calibration(variant: str) -> Expected:
    state, said = WHY.get(variant, (MET, "CALIBRATION PASS"))
    return Expected(state, (said,))


AGAINST_CLUSTER = {
    "too old": "CLUSTER is 90 days 1 s old",
    "failed": "CLUSTER FAIL (CLUSTER-12)",
    "async": "CLUSTER was measured asynchronous",
    "few trials": "host-kill 4 of 5, cut-full 4 of 5, manager-kill 4 of 5",
    "overlap not measured": "two primaries are not excluded",
}
AGAINST_RECOVERY = {
    "too old": "RECOVERY is 90 days 1 s old",
    "failed": "RECOVERY FAIL (RECOVERY-07)",
    "async": "RECOVERY was measured asynchronous",
}


def of_the_promotion(cluster: str, recovery: str, failover: str) -> Expected:
    """CLUSTER, RECOVERY and the control plane of VAL13 together."""
    against = [AGAINST_CLUSTER.get(cluster, ""), AGAINST_RECOVERY.get(recovery, "")]
    if any(against):
        return Expected(NOT_MET, tuple(against))
    lost = [
        name
        for name, variant in (("CLUSTER", cluster), ("RECOVERY", recovery))
        if variant in (ABSENT, "not run")
    ]
    if not lost:
        others = []
        if cluster != "unnamed" and (cluster == "another system") != (recovery == "another cluster"):
            others.append("RECOVERY is of ")
        known = recovery != "unnamed" and failover != ABSENT
        if known and (recovery == "another system") != (failover == "another system"):
            others.append("VAL13 of ")
        if others:
            return Expected(NOT_MET, tuple(others))
    if lost:
        return Expected(NO_EVIDENCE, tuple(lost) if len(lost) == 1 else ())
    if failover == ABSENT:
        return Expected(NO_EVIDENCE, ("VAL13 MISSING",))
    unnamed = [n for n, variant in (("CLUSTER", cluster), ("RECOVERY", recovery)) if variant == "unnamed"]
    if unnamed:
        return Expected(NO_EVIDENCE, ("the system is not recorded", *unnamed))
    return Expected(MET, ("5 passing trials of host-kill bound its failure rate below 45.1 %",))


OF_A_STATEMENT = {
    GOOD: Expected(MET, ("attested by Example Audits Ltd on 2026-03-01",)),
    "last day": Expected(MET, ("attested by Example Audits Ltd on 2026-03-01",)),
    "expired": Expected(NOT_MET, ("only valid until 2026-03-22",)),
    "FAIL": Expected(NOT_MET, ("Example Audits Ltd says FAIL (2026-03-01): Nothing above low",)),
    "stranger": Expected(NO_EVIDENCE, ("which is not trusted (--trust KEY)",)),
    "another document": Expected(NO_EVIDENCE, ("has another digest than the statement says",)),
    ABSENT: Expected(NO_EVIDENCE, ("not among the evidence of VAL13-VAL17",)),
}


def expected(choice: Choice) -> dict[str, Expected]:
    """Every requirement."""
    return {
        **of_slices(choice),
        "GA-1": of_the_soak(choice["VAL18"]),
        "GA-2": of_the_promotion(choice["CLUSTER"], choice["RECOVERY"], choice["VAL13"]),
        "GA-3": of_the_calibration(choice["CALIBRATION"]),
        **{name: OF_A_STATEMENT[choice[name]] for name in STATEMENTS},
    }


NAMES = {
    "DP": "HA DESIGN PARTNER READY",
    "GA": "HA GA READY",
    "PUB": "HA PUBLIC PRODUCTION CLAIM",
}


def level(states: dict[str, str]) -> str | None:
    """The highest level, each resting on the one below."""
    highest = None
    for group, name in NAMES.items():
        if any(state != MET for known, state in states.items() if known.startswith(group)):
            break
        highest = name
    return highest


def compare(choice: Choice, readiness: Levels) -> None:
    """Every state and every reason, and the level that follows."""
    wanted = expected(choice)
    rows = {row.id: row for found in readiness.values() for row in found.requirements}
    assert {name: row.state for name, row in rows.items()} == {n: one.state for n, one in wanted.items()}
    for name, one in wanted.items():
        for said in one.said:
            assert said in rows[name].detail, (name, rows[name].detail)
    highest = level({name: one.state for name, one in wanted.items()})
    assert reached(LEVELS, readiness) == highest


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


def judged(shelf: Shelf, choice: Choice) -> Report:
    return assess(shelf.evidence(choice), NOON, Options(trusted_keys=shelf.trusted.ids))


def everything(**changed: str) -> Choice:
    return dict.fromkeys(VARIANTS, GOOD) | changed


def each_change() -> Iterator[Choice]:
    """One part after the other in each of its variants, everything else good."""
    yield everything()
    for part, names in VARIANTS.items():
        for name in names[1:]:
            yield everything(**{part: name})


def test_everything_together_may_be_claimed_in_public(shelf: Shelf) -> None:
    report = judged(shelf, everything())
    assert report.proof.verdict == "HA PUBLIC PRODUCTION CLAIM"
    assert exit_status(report, "public") == 0
    assert report.reasons == ()


def told(choice: Choice) -> str:
    return ", ".join(f"{part} {name}" for part, name in choice.items() if name != GOOD) or "nothing"


@pytest.mark.parametrize("choice", list(each_change()), ids=told)
def test_one_change_takes_exactly_its_levels_away(shelf: Shelf, choice: Choice) -> None:
    report = judged(shelf, choice)
    compare(choice, report.proof.readiness)
    assert_statuses(choice, report)


def assert_statuses(choice: Choice, report: Report) -> None:
    """Verdict and exit statuses: 1 where something says no, 3 where something is not there."""
    states = {name: one.state for name, one in expected(choice).items()}
    highest = level(states)
    verdict = report.proof.verdict
    assert verdict == highest or (highest is None and verdict.startswith("NOT READY ("))
    failed = any(choice[part] == "failed" for part in SLICES)
    beyond = [state for name, state in states.items() if not name.startswith("DP")]
    says_no = failed or NOT_MET in beyond
    ready = level(states) == NAMES["PUB"]
    assert exit_status(report, "public") == (0 if ready else 1 if says_no else 3)
    assert exit_status(report) == (0 if highest else 1 if failed else 3)


def test_every_subset_of_the_parts(shelf: Shelf) -> None:
    """All 4,096: what is there is good. Each part is judged once, the levels for each subset."""
    trusted = Options(trusted_keys=shelf.trusted.ids)
    parts = {
        (part, there): judged(shelf, everything(**{part: GOOD if there else ABSENT}))
        for part in VARIANTS
        for there in (True, False)
        if part not in STATEMENTS
    }
    statements = {
        these: judged(shelf, everything(**{name: GOOD if name in these else ABSENT for name in STATEMENTS}))
        for size in range(len(STATEMENTS) + 1)
        for these in itertools.combinations(STATEMENTS, size)
    }
    count = 0
    for there in itertools.product((True, False), repeat=len(VARIANTS)):
        present = dict(zip(VARIANTS, there, strict=True))
        these = tuple(name for name in STATEMENTS if present[name])
        found = {}
        for kind in (kind for kind in HOUSE.kinds if kind.gathered or kind.id in VARIANTS):
            report = statements[these] if kind.gathered else parts[kind.id, present[kind.id]]
            results = {result.id: result for result in report.results}
            if kind.id in results:
                found[kind.id] = results[kind.id]
        slices = tuple(found[part] for part in SLICES)
        beyond = tuple(result for name, result in found.items() if name not in SLICES)
        window = judge_window(slices, NOON, None)
        whole = Judged(slices=slices, beyond=beyond, window=window, generated_at=NOON, options=trusted)
        choice = {part: GOOD if present[part] else ABSENT for part in VARIANTS}
        compare(choice, judge_levels(LEVELS, whole))
        count += 1
    assert count == 2 ** len(VARIANTS) == 4_096


choices = st.fixed_dictionaries({part: st.sampled_from(names) for part, names in VARIANTS.items()})
mostly_good = st.fixed_dictionaries(
    {part: st.sampled_from((GOOD,) * len(names) + names) for part, names in VARIANTS.items()}
)


@settings(max_examples=150, deadline=None)
@given(choice=choices | mostly_good)
def test_any_mixture_of_what_may_become_of_the_parts(shelf: Shelf, choice: Choice) -> None:
    report = judged(shelf, choice)
    compare(choice, report.proof.readiness)
    assert_statuses(choice, report)
