"""How strong a claim is: the number of its trials, what they bound, and what a stronger claim needs.

Everything here is at 95 % confidence and takes trials as independent and alike: the next failover is drawn
from the same urn as the ones measured. Nothing is assumed about the shape of a distribution.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any

from msgspec import UNSET, Struct

from haproof.core.bounds import failure_bound, quantile_bound, trials_for
from haproof.core.figures import number
from haproof.core.model import SliceResult
from haproof.core.targets import FAILOVER_MS, LOSS_DETECTION_MS, RECOVERY_MS

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


REPEATED = (
    ("VAL13-03", "SIGTERM failover", "trials", "sigterm_failover_ms", "sigterm_trials_ms", FAILOVER_MS),
    ("VAL13-05", "SIGKILL failover", "trials", "sigkill_failover_ms", "sigkill_trials_ms", FAILOVER_MS),
    ("VAL13-08", "Rapid failover cycles", "cycles", "", "rapid_cycle_ms", FAILOVER_MS),
    (
        "VAL17-02",
        "Loss detection",
        "trials",
        "loss_detection_ms",
        "loss_detection_trials_ms",
        LOSS_DETECTION_MS,
    ),
    ("VAL17-06", "Recovery after loss", "trials", "recovery_ms", "recovery_trials_ms", RECOVERY_MS),
)
"""Check, claim, what a trial is called, the single figure, the array of its trials, limit in milliseconds."""

LOSSLESS = "VAL13-04"
"""The check whose trials are all failovers of its slice."""

ALSO = {"VAL13-03": "sigterm_accepting_trials_ms", "VAL13-05": "sigkill_accepting_trials_ms"}
"""Check to the second array of the same trials that its limit holds for: a trial passes if both do."""

SAMPLED = (
    ("VAL14-03", "Light load write_lag p95", "light_samples_ms", 0.95),
    ("VAL14-05", "Heavy load write_lag p99", "heavy_samples_ms", 0.99),
)
"""Check, claim, the array of distinct values, the quantile that is claimed."""

ONCE = (
    ("VAL13-09", "Hung leader replaced, its late write refused", "stale_write_refused"),
    ("VAL14-04", "Drain after light load (worst of its rounds)", "light_drain_ms"),
    ("VAL14-06", "Drain after heavy load (worst of its rounds)", "heavy_drain_ms"),
    ("VAL14-08", "Standby catches up", "catch_up_ms"),
    ("VAL15-03", "Backup in time", "backup_ms"),
    ("VAL15-05", "Restore in time", "restore_ms"),
    ("VAL15-06", "Restore correct", "row_counts_match"),
    ("VAL15-07", "Checksum agrees", "checksum_cli"),
    ("VAL16-02", "Epoch divergence detected", "divergence_risk"),
    ("VAL16-03", "Ghost epochs noticed", "ghost_risk"),
    ("VAL16-06", "Split-brain recovery", "recovered_risk"),
    ("VAL16-07", "User data untouched", "user_data_intact"),
    ("VAL17-03", "Write block during loss", "write_block_active"),
    ("VAL17-04", "Protected write refused during loss", "can_accept_protected_writes"),
)
"""Check, claim, and the figure that shows that it was tried; these slices try it once."""


def strength(slices: Sequence[SliceResult]) -> tuple[Strength, ...]:
    """One entry for each claim that was tried, in the order of the checks; none for a MISSING slice."""
    found = {result.id: result for result in slices if result.found}
    entries = [_repeated(found[owner], *row) for row in REPEATED if (owner := _owner(row[0])) in found]
    entries += [_lossless(found[owner]) for owner in (_owner(LOSSLESS),) if owner in found]
    entries += [_sampled(found[owner], *row) for row in SAMPLED if (owner := _owner(row[0])) in found]
    entries += [_once(found[owner], *row) for row in ONCE if (owner := _owner(row[0])) in found]
    return tuple(sorted((entry for entry in entries if entry), key=lambda entry: entry.check))


def _owner(check: str) -> str:
    """The slice that a check belongs to."""
    return check.rpartition("-")[0]


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


def _repeated(
    result: SliceResult, check: str, claim: str, word: str, single: str, series: str, limit: float
) -> Strength | None:
    """A claim with an array of trials, or else with its single figure."""
    values = _figure(result, series) or ([_figure(result, single)] if single else [])
    if not values:
        return None
    further = _figure(result, ALSO[check]) if check in ALSO else None
    paired = further if further and len(further) == len(values) else values
    clean = sum(
        all(value is not None and value <= limit for value in pair)
        for pair in zip(values, paired, strict=True)
    )
    return _tried(result, check, claim, word, clean, values)


def _lossless(result: SliceResult) -> Strength | None:
    """Loss of rows is counted over the whole slice, so its trials are the failovers, not the rows."""
    count = sum(
        value is not None
        for check, _, _, single, series, _ in REPEATED
        if _owner(check) == result.id
        for value in _figure(result, series) or ([_figure(result, single)] if single else [])
    )
    if not count:
        return None
    clean = count if _holds(result, LOSSLESS) else None
    return _tried(result, LOSSLESS, "No acknowledged row lost", "failovers", clean, (None,) * count)


def _once(result: SliceResult, check: str, claim: str, figure: str) -> Strength | None:
    """A claim that the slice tries once."""
    if getattr(result.source.record.metrics, figure) is UNSET:
        return None
    return _tried(result, check, claim, "trials", int(_holds(result, check)), (None,))


def _sampled(result: SliceResult, check: str, claim: str, series: str, share: float) -> Strength | None:
    """A percentile of measured values: what it says of the values that were not measured."""
    values = [value for value in _figure(result, series) or () if value is not None]
    if not values:
        return None
    bound, n, name = quantile_bound(values, share), len(values), f"p{share * 100:.0f}"
    if bound is None:
        missing = trials_for(1 - share) - n
        sentence = f"{n} distinct values, too few to bound the {name} ({missing} more needed)"
        more = ((1 - share, missing),)
        return Strength(check=check, claim=claim, trials=n, word=VALUES, more=more, sentence=sentence)
    sentence = f"{n} distinct values: {name} at most {_ms(bound)}"
    bounds = ((share, bound),)
    return Strength(check=check, claim=claim, trials=n, word=VALUES, quantiles=bounds, sentence=sentence)


def _tried(
    result: SliceResult, check: str, claim: str, word: str, clean: int | None, values: Sequence[float | None]
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
        claim=claim,
        trials=n,
        word=word,
        clean=clean if known else None,
        fails_below=bound,
        quantiles=quantiles,
        more=more,
        sentence=_sentence(check, word, n, clean, holds, bound, quantiles),
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
    value = getattr(result.source.record.metrics, name)
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
