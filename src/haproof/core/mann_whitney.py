"""The Mann-Whitney rank test: do two sets of trials differ, whatever the shape of their distributions?

It asks how often a random split of all trials into groups of these sizes would set the groups' ranks at
least as far apart as they were found. That probability is counted exactly, ties included, up to
`LARGEST_EXACT` trials; beyond, by the normal approximation with the correction for ties. (Mann and Whitney,
Annals of Mathematical Statistics 18, 1947; the exact count is the permutation distribution of midranks.)
"""

import itertools
import math
from collections.abc import Sequence

LARGEST_EXACT = 100
"""Trials of both sides together up to which the probability is counted exactly (0.1 s at the limit)."""


def p_value(before: Sequence[float], after: Sequence[float]) -> float:
    """Two-sided probability under "no difference", 0 to 1. Infinities rank as the largest; no NaN.

    The same for swapped sides. 1.0 where a side is empty.
    """
    if not before or not after:
        return 1.0
    ranks, ties = _doubled_midranks([*before, *after])
    n, total = len(before), len(ranks)
    distance = abs(sum(ranks[:n]) - n * (total + 1))
    if total <= LARGEST_EXACT:
        return _exact(ranks, n, distance)
    return _approximate(n, total - n, ties, distance)


def score(before: Sequence[float], after: Sequence[float]) -> float:
    """How far apart the ranks lie, in standard deviations under "no difference"; 0 where all are the same.

    Quick to find, and good enough to choose where `p_value` is worth its time.
    """
    ranks, ties = _doubled_midranks([*before, *after])
    n, total = len(before), len(ranks)
    deviation = _deviation(n, total - n, ties)
    return abs(sum(ranks[:n]) - n * (total + 1)) / 2 / deviation if deviation else 0.0


def smallest_p_value(n_before: int, n_after: int) -> float:
    """The smallest two-sided probability that trials of these numbers can reach at all."""
    return min(1.0, 2 / math.comb(n_before + n_after, n_before))


def _doubled_midranks(values: Sequence[float]) -> tuple[list[int], list[int]]:
    """Each value's rank times two (so that tied ranks stay whole), and the sizes of the groups of ties."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, ties, first = [0] * len(values), [], 1
    for _, group in itertools.groupby(order, key=values.__getitem__):
        tied = list(group)
        for index in tied:
            ranks[index] = 2 * first + len(tied) - 1
        ties.append(len(tied))
        first += len(tied)
    return ranks, ties


def _exact(ranks: Sequence[int], n: int, distance: int) -> float:
    """The share of all choices of `n` ranks whose sum lies at least `distance` from the middle.

    `sums[k]` counts the choices of k ranks by their sum: a polynomial whose coefficients are packed into one
    whole number, so that adding a rank is one shift and one addition.
    """
    n = min(n, len(ranks) - n)
    choices = math.comb(len(ranks), n)
    width = (choices.bit_length() + 7) // 8
    sums = [1] + [0] * n
    for position, rank in enumerate(ranks, 1):
        for size in range(min(position, n), 0, -1):
            sums[size] += sums[size - 1] << (8 * width * rank)
    packed = sums[n].to_bytes((sums[n].bit_length() + 7) // 8 + width, "little")
    middle, far = n * (len(ranks) + 1), 0
    for total in range(len(packed) // width):
        if abs(total - middle) >= distance:
            far += int.from_bytes(packed[total * width : (total + 1) * width], "little")
    return far / choices


def _approximate(n: int, m: int, ties: Sequence[int], distance: int) -> float:
    """The normal approximation; `distance` is in doubled ranks, the continuity correction half a rank."""
    deviation = _deviation(n, m, ties)
    if deviation == 0:
        return 1.0
    return math.erfc(max(distance / 2 - 0.5, 0) / deviation / math.sqrt(2))


def _deviation(n: int, m: int, ties: Sequence[int]) -> float:
    """The standard deviation of a rank sum, ties corrected for."""
    total = n + m
    if total < 2:
        return 0.0
    tied = sum(size**3 - size for size in ties) / (total * (total - 1))
    return math.sqrt(n * m / 12 * max(total + 1 - tied, 0))
