"""Exact bounds from few trials, at 95 % confidence and without a word about the shape of a distribution.

- n passing trials of n bound the failure probability below 1 − 0.05^(1/n); with f failures the limit is the p
  at which f or fewer of n are seen in 5 % of cases (Clopper and Pearson 1934).
- The k-th smallest of n values is at least the q-quantile with probability P(Binomial(n, q) < k): order
  statistics, whatever the distribution. The smallest such k gives the bound (Conover, Practical Nonparametric
  Statistics, 3.2).
"""

from collections.abc import Sequence
from math import ceil, exp, lgamma, log

CONFIDENCE = 0.95


def failure_bound(n: int, failures: int) -> float:
    """Upper limit of the failure probability after `failures` of `n` trials (n ≥ 1), 95 % confidence."""
    if failures == 0:
        bound: float = 1 - (1 - CONFIDENCE) ** (1 / n)
        return bound
    if failures >= n:
        return 1.0
    low, high = failures / n, 1.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (low, middle) if at_most(failures, n, middle) <= 1 - CONFIDENCE else (middle, high)
    return high


def trials_for(share: float) -> int:
    """Clean trials that bound a failure probability below `share`; also the values that bound the
    (1 − `share`)-quantile by their maximum."""
    return ceil(log(1 - CONFIDENCE) / log(1 - share))


def quantile_bound(values: Sequence[float], share: float) -> float | None:
    """A value that the `share`-quantile does not exceed, 95 % confidence; None where n is too small."""
    n = len(values)
    if 1 - share**n < CONFIDENCE:
        return None
    low, high = 1, n
    while low < high:
        rank = (low + high) // 2
        low, high = (low, rank) if at_most(rank - 1, n, share) >= CONFIDENCE else (rank + 1, high)
    return sorted(values)[high - 1]


def at_most(k: int, n: int, share: float) -> float:
    """P(Binomial(n, share) ≤ k) for 0 < share < 1: summed outwards from k, into the thinner tail."""
    if k < 0 or k >= n:
        return float(k >= n)
    lower = k < n * share
    i = k if lower else k + 1
    odds = share / (1 - share)
    term = exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(share) + (n - i) * log(1 - share))
    total = 0.0
    while term > total * 1e-16 and 0 <= i <= n:
        total += term
        term *= i / (n - i + 1) / odds if lower else (n - i) / (i + 1) * odds
        i += -1 if lower else 1
    return total if lower else 1 - total
