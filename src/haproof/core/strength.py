"""How strong a claim is: the number of its trials, what they bound, and what a stronger claim needs.

Everything here is at 95 % confidence and takes trials as independent and alike: the next failover is drawn
from the same urn as the ones measured. Nothing is assumed about the shape of a distribution.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from haproof.core.bounds import failure_bound, quantile_bound, trials_for
from haproof.core.figures import number
from haproof.core.kind import Claim
from haproof.core.model import SliceResult

STRONGER = (0.05, 0.01)
"""Failure probabilities that a reader may ask for."""

TITLE = "Strength of the evidence"
"""What the section is called, and the risk that sums it up."""

VALUES = "distinct values"
"""What the trials of a percentile are called."""

ASSUMPTION = "at 95 % confidence, if trials are independent and alike"


class Strength(Struct, frozen=True, kw_only=True):
    """What one claim is based on.

    `word` is what its trials are called. `clean` counts those that passed (None where none can be said to);
    `fails_below` is the failure probability that the trials exclude (None where they exclude none); `more`
    pairs a share with the passing trials still missing for it, `quantiles` a share with the milliseconds that
    this share of cases stays within; `sentence` says all of it.
    """

    check: str
    claim: str
    trials: int
    word: str = "trials"
    clean: int | None = None
    fails_below: float | None = None
    quantiles: tuple[tuple[float, float], ...] = ()
    more: tuple[tuple[float, int], ...] = ()
    sentence: str

    @property
    def single(self) -> bool:
        """Whether the claim is based on a single run."""
        return self.trials == 1


def strength(results: Sequence[SliceResult]) -> tuple[Strength, ...]:
    """One entry for each claim that was tried, in the order of the checks; none where nothing was found."""
    entries = [
        _claimed(result, entry.check.id, entry.check.claim)
        for result in results
        if result.found
        for entry in result.checks
        if entry.check.claim is not None
    ]
    return tuple(entry for entry in entries if entry is not None)


def _claimed(result: SliceResult, check: str, claim: Claim) -> Strength | None:
    """One claim, by what says how often it was tried."""
    if claim.over_all:
        return _over_all(result, check, claim)
    if claim.share is not None:
        return _sampled(result, check, claim, claim.share)
    if claim.limit is not None:
        return _repeated(result, check, claim, claim.limit)
    return _once(result, check, claim)


def summary(entries: Sequence[Strength]) -> str:
    """What the claims with several trials support, in plain sentences; empty where there are none."""
    several = [f"{entry.claim} ({entry.check}): {entry.sentence}." for entry in entries if not entry.single]
    return " ".join([f"{ASSUMPTION[0].upper()}{ASSUMPTION[1:]}:", *several]) if several else ""


def single_runs(entries: Sequence[Strength]) -> str:
    """The claims that are based on a single run, and which of them failed; empty where there are none."""
    single = [entry for entry in entries if entry.single]
    passed = [entry.check for entry in single if entry.clean == 1]
    failed = [entry.check for entry in single if entry.clean != 1]
    if not single:
        return ""
    said = [basis(len(single), len(entries)) + "."]
    if passed:
        said.append(f"Passed, with no useful bound ({wanted(1)}): {', '.join(passed)}.")
    if failed:
        said.append(f"Failed: {', '.join(failed)}.")
    return " ".join(said)


def basis(single: int, claims: int) -> str:
    """`14 of 22 claims are based on a single run`; empty where nothing was tried."""
    verb = "is" if single == 1 else "are"
    return f"{single} of {claims} claims {verb} based on a single run" if claims else ""


def _values(result: SliceResult, claim: Claim) -> list[float | None]:
    """The trials of a claim, or else its single figure; none where it is not given at all."""
    return _figure(result, claim.trials) or ([_figure(result, claim.figure)] if claim.figure else [])


def _repeated(result: SliceResult, check: str, claim: Claim, limit: float) -> Strength | None:
    """A claim with an array of trials, or else with its single figure."""
    values = _values(result, claim)
    if not values:
        return None
    further = _figure(result, claim.also) if claim.also else None
    paired = further if further and len(further) == len(values) else values
    clean = sum(
        all(value is not None and value <= limit for value in pair)
        for pair in zip(values, paired, strict=True)
    )
    return _tried(result, check, claim, clean, values)


def _over_all(result: SliceResult, check: str, claim: Claim) -> Strength | None:
    """What is counted over all trials of a kind, such as lost rows: its trials are theirs."""
    others = [entry.check.claim for entry in result.checks if entry.check.claim and entry.check.claim.limit]
    count = sum(value is not None for other in others for value in _values(result, other))
    if not count:
        return None
    clean = count if _holds(result, check) else None
    return _tried(result, check, claim, clean, (None,) * count)


def _once(result: SliceResult, check: str, claim: Claim) -> Strength | None:
    """A claim that is tried once."""
    if getattr(result.source.record.metrics, claim.figure) is UNSET:
        return None
    return _tried(result, check, claim, int(_holds(result, check)), (None,))


def _sampled(result: SliceResult, check: str, claim: Claim, share: float) -> Strength | None:
    """A percentile of measured values: what it says of the values that were not measured."""
    values = [value for value in _figure(result, claim.trials) or () if value is not None]
    if not values:
        return None
    bound, n, name = quantile_bound(values, share), len(values), f"p{share * 100:.0f}"
    said = Strength(check=check, claim=claim.words, trials=n, word=VALUES, sentence="")
    if bound is None:
        missing = trials_for(1 - share) - n
        sentence = f"{n} distinct values, too few to bound the {name} ({missing} more needed)"
        return replace(said, more=((1 - share, missing),), sentence=sentence)
    sentence = f"{n} distinct values: {name} at most {_ms(bound)}"
    return replace(said, quantiles=((share, bound),), sentence=sentence)


def _tried(
    result: SliceResult, check: str, claim: Claim, clean: int | None, values: Sequence[float | None]
) -> Strength:
    """A claim whose trials are clean or not. All clean under a check that fails carries no bound."""
    n = len(values)
    holds = _holds(result, check)
    known = clean is not None and (holds or clean < n)
    bound = failure_bound(n, n - clean) if known and clean else None
    measured = [value for value in values if value is not None]
    quantiles = _quantiles(measured) if len(measured) == n and holds else ()
    more = tuple((share, max(0, trials_for(share) - n)) for share in STRONGER) if holds and clean == n else ()
    return Strength(
        check=check,
        claim=claim.words,
        trials=n,
        word=claim.word,
        clean=clean if known else None,
        fails_below=bound,
        quantiles=quantiles,
        more=more,
        sentence=_sentence(check, claim.word, n, clean, holds, bound, quantiles),
    )


def _sentence(
    check: str,
    word: str,
    n: int,
    clean: int | None,
    holds: bool,
    bound: float | None,
    quantiles: Sequence[tuple[float, float]],
) -> str:
    """The claim's strength in words."""
    if clean is None or (clean == n and not holds):
        return f"{f'{n} {word}' if n > 1 else 'one trial'}, but {check} failed: nothing is bounded"
    below = f"fails in fewer than {percent(bound)} of cases" if bound else ""
    if not holds or clean != n:
        if n == 1:
            return "one trial, and it failed: claim not supported"
        said = f"{n - clean} of {n} {word} failed: claim not supported"
        return f"{said}; {below}" if below else said
    if n == 1:
        return SINGLE_RUN
    shares = "".join(f", {bound}" for bound in within(quantiles))
    return f"{n} of {n} {word} passed: {below}{shares}{'; ' if wanted(n) else ''}{wanted(n)}"


def wanted(n: int) -> str:
    """`49 more passing trials would bound the failure rate below 5 %, 289 below 1 %`; empty where n already
    does."""
    further = [(share, trials_for(share) - n) for share in STRONGER if trials_for(share) > n]
    told = "more passing trials would bound the failure rate below"
    words = [f"{count} {told} {percent(share)}" for share, count in further]
    return ", ".join(words[:1] + [f"{count} below {percent(share)}" for share, count in further[1:]])


def within(quantiles: Sequence[tuple[float, float]]) -> list[str]:
    """`median at most 58 ms`, for each quantile that is bounded."""
    return [f"{_share(share)} at most {_ms(value)}" for share, value in quantiles]


def _share(share: float) -> str:
    return "median" if share == 0.5 else f"p{share * 100:.0f}"


def _figure(result: SliceResult, name: str) -> Any:
    """A figure as given; None where it is null or absent."""
    value = getattr(result.source.record.metrics, name, None) if name else None
    return None if value is UNSET else value


def _holds(result: SliceResult, check: str) -> bool:
    entry = result.check(check)
    return entry is not None and entry.passed


def percent(share: float) -> str:
    """A share that is claimed as an upper limit: rounded up to a tenth of a percent, never down."""
    return f"{ceil(share * 1000 - 1e-9) / 10:g} %"


def _ms(value: float) -> str:
    """Milliseconds that are claimed as an upper limit: rounded up, never down."""
    return f"{number(value if isinstance(value, int) else ceil(value * 1000 - 1e-6) / 1000)} ms"


def _quantiles(values: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """The shares that this many values can bound: median from 5, p95 from 59, p99 from 299."""
    bounds = ((share, quantile_bound(values, share)) for share in (0.5, 0.95, 0.99))
    return tuple((share, bound) for share, bound in bounds if bound is not None)


SINGLE_RUN = f"one trial: no useful bound; {wanted(1)}"
"""What is said of a claim that was tried once and passed."""
