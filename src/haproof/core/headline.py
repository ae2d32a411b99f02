"""Whose report it is: what a reader must know before the verdict means anything to them. Pure."""

from datetime import timedelta

from msgspec import Struct

from haproof.core.instant import parse_instant
from haproof.core.model import SliceResult
from haproof.core.platform import platform_words
from haproof.core.report import Report
from haproof.core.strength import Strength, basis
from haproof.core.targets import CLOCK_SKEW_SECONDS
from haproof.core.topology import platforms, tested
from haproof.core.window import evidence_of, spoken


class Headline(Struct, frozen=True, kw_only=True):
    """The facts that belong on a first screen, a title and a cover. The strings may hold producers' words.

    `system` and `machine` are "not recorded" where nothing is; `evidence_of` is the latest timestamp of the
    slices found (of the kinds beyond, where no slice was) and `age` how old that was at the time of
    judgement, in words (None without any); `trials` names the claims with several trials, `claims` and
    `single` count all of them and those with one. `beyond` names each kind beyond that fails, with its
    checks.
    """

    system: str
    machine: str
    scope: str
    evidence_of: str | None
    judged_at: str
    age: str | None
    trials: str
    claims: int
    single: int
    beyond: tuple[str, ...]

    @property
    def basis(self) -> str:
        """`14 of 22 claims are based on a single run`; empty where nothing was tried."""
        return basis(self.single, self.claims)


def headline(report: Report) -> Headline:
    """Whose report it is, from the judgement alone."""
    kinds = [platform_words(platform) for platform in platforms(tested(report.slices, report.beyond))]
    entries = report.strength
    latest, oldest = evidence_of(report.proof), report.proof.options.max_age_seconds
    return Headline(
        system=report.proof.topology.system,
        machine="; ".join(dict.fromkeys(kind.cluster for kind in kinds)),
        scope="; ".join(dict.fromkeys(kind.scope for kind in kinds)),
        evidence_of=latest,
        judged_at=report.proof.generated_at,
        age=None if latest is None else _age(report.generated_at - parse_instant(latest), oldest),
        trials=_trials(entries),
        claims=len(entries),
        single=sum(entry.single for entry in entries),
        beyond=tuple(_fails(result) for result in report.beyond if result.status == "FAIL"),
    )


def _fails(result: SliceResult) -> str:
    """`CLUSTER FAIL (CLUSTER-07)`: what has no say in the verdict, and is seen all the same."""
    failed = ", ".join(check.check.id for check in result.checks if not check.passed)
    return f"{result.id} FAIL ({failed})" if failed else f"{result.id} FAIL"


def _age(age: timedelta, max_age_seconds: int | None) -> str:
    """In words, and never rounded across what it may be."""
    if age < timedelta():
        return f"in the future by {spoken(-age, timedelta(seconds=CLOCK_SKEW_SECONDS))}"
    return spoken(age, None if max_age_seconds is None else timedelta(seconds=max_age_seconds))


def _trials(entries: tuple[Strength, ...]) -> str:
    """`10 × SIGTERM failover, 10 × SIGKILL failover`: failovers and losses, not sampled values."""
    tried = (entry for entry in entries if not entry.single and entry.word in ("trials", "cycles"))
    return ", ".join(f"{entry.trials} × {entry.claim}" for entry in tried)
