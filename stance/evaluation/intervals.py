"""95 % intervals of few rows or few groups, where the percentiles of a bootstrap are too narrow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

PERCENTILES = (2.5, 97.5)  # of a 95 % interval
ALPHA = 0.05
NORMAL_QUANTILE = 1.959964  # for a 95 % interval
MIN_GROUPS = 20  # articles, or rows without any; with fewer no difference is called significant (docs/reliability.md)
MIN_SUPPORT = 10  # rows of a label; with fewer the interval of a macro average is uncertain itself


@dataclass(frozen=True)
class Score:
    """A score with its 95 % interval."""

    value: float
    low: float
    high: float


ZERO_SCORE = Score(0.0, 0.0, 0.0)


def bootstrap_interval(
    value: float, resampled: NDArray[np.float64], n_groups: int, limits: tuple[float, float] = (0.0, 1.0)
) -> Score:
    """Return a score with the interval of its (R,) values in resamples of n groups.

    The percentiles are stretched by Student's t of n - 1 degrees of freedom over the normal quantile, and by the
    root of n / (n - 1), since a resample varies less than the sample does (Hesterberg 2015). A single group says
    nothing of how much others would differ: its interval is all that is possible.

    >>> bootstrap_interval(0.5, np.linspace(0.4, 0.6, 1000), 1)
    Score(value=0.5, low=0.0, high=1.0)
    """
    if n_groups < 2:
        return Score(value, *limits)
    low, middle, high = np.percentile(resampled, (PERCENTILES[0], 50, PERCENTILES[1]))
    factor = stretch(n_groups)
    return Score(
        value,
        min(value, max(limits[0], float(middle - factor * (middle - low)))),
        max(value, min(limits[1], float(middle + factor * (high - middle)))),
    )


def stretch(n_groups: int) -> float:
    """Return by how much the percentiles of n groups, 2 or more, are too narrow.

    >>> [round(stretch(n), 2) for n in (2, 5, 20, 200)]
    [9.17, 1.58, 1.1, 1.01]
    """
    return float(t_quantile(n_groups) / NORMAL_QUANTILE * np.sqrt(n_groups / (n_groups - 1)))


def t_quantile(n_groups: int, alpha: float = ALPHA) -> float:
    """Return Student's two-sided quantile for the mean of n groups, 2 or more."""
    return float(stdtrit(n_groups - 1, 1 - alpha / 2))


def p_value(value: float, reach: float, n_groups: int) -> float:
    """Return the two-sided p-value of a difference whose 95 % interval reaches so far toward 0.

    >>> round(p_value(0.1, 0.1, 50), 3), p_value(0.0, 0.1, 50)
    (0.05, 1.0)
    """
    if value == 0 or n_groups < 2:
        return 1.0
    if reach <= 0:
        return 0.0
    return float(2 * stdtr(n_groups - 1, -abs(value) * t_quantile(n_groups) / reach))


def widen(score: Score, low: float, high: float) -> Score:
    """Widen an interval to the ends of another."""
    return Score(score.value, min(score.low, low), max(score.high, high))


def share_interval(share: float, n: float, quantile: float = NORMAL_QUANTILE) -> tuple[float, float]:
    """Compute the 95 % interval of a share of n rows, which need not be a whole number.

    It is Wilson's; where all rows are hits, or none, it is the exact one (Clopper and Pearson 1934), the rule of three.

    >>> [round(end, 3) for end in share_interval(0.5, 10)], [round(end, 3) for end in share_interval(1.0, 10)]
    ([0.237, 0.763], [0.692, 1.0])
    """
    n = max(n, 1.0)
    if share >= 1:
        return float((ALPHA / 2) ** (1 / n)), 1.0
    if share <= 0:
        return 0.0, float(1 - (ALPHA / 2) ** (1 / n))
    return wilson_interval(share, n, quantile)


def mean_interval(values: NDArray[np.float64], ends: NDArray[np.float64]) -> tuple[float, float]:
    """Combine the intervals of K independent scores, (K, 2), to that of their mean (Zou and Donner 2008).

    >>> [round(end, 2) for end in mean_interval(np.array([0.5, 0.9]), np.array([[0.2, 0.8], [0.5, 1.0]]))]
    [0.45, 0.86]
    """
    reach = np.sqrt(((ends.T - values) ** 2).sum(axis=1)) / len(values)
    return float(values.mean() - reach[0]), float(values.mean() + reach[1])


def effective_rows(share: float, resampled: NDArray[np.float64], n: int, n_groups: int) -> float:
    """Return how many independent rows would give a share as steadily as n rows in groups do.

    That is n over Kish's design effect. Where all resamples are alike, nothing is known of it, and each group counts
    as one row.
    """
    variance = float(np.var(resampled)) * n_groups / max(1, n_groups - 1)
    if variance == 0:
        return n_groups
    return min(n, max(1.0, share * (1 - share) / variance))


def wilson_interval(share: float, n: float, quantile: float = NORMAL_QUANTILE) -> tuple[float, float]:
    """Compute the 95 % interval of a share of n rows, 1 or more (Wilson 1927).

    >>> [round(end, 3) for end in wilson_interval(0.5, 10)]
    [0.237, 0.763]
    """
    square = quantile**2 / n
    middle = (share + square / 2) / (1 + square)
    reach = quantile / (1 + square) * np.sqrt(share * (1 - share) / n + square / (4 * n))
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))
