"""Bootstrap intervals: counts of a table's cells, drawn again with replacement (Efron and Tibshirani 1993)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000  # the ends of a 95 % interval are then steady to about a tenth of its width
PERCENTILES = (2.5, 97.5)  # percentiles of a 95 % interval
DRAWS_AT_ONCE = 5_000_000  # numbers in memory while resampling: 40 MB
REPEATED = 8  # times more groups than kinds of them: drawing kinds is then the faster way
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Score:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


ZERO = Score(0.0, 0.0, 0.0)


def with_interval(value: float, resampled: NDArray[np.float64]) -> Score:
    """Give a figure its interval.

    Parameters
    ----------
    value : float
    resampled : ndarray of shape (RESAMPLES,)
        The same figure of each resample.

    Returns
    -------
    Score
    """
    low, high = np.percentile(resampled, PERCENTILES)
    return Score(value, float(low), float(high))


def resample_counts(cells: NDArray[np.intp], size: int, groups: Sequence[str] | None, seed: int) -> Counts:
    """Count cells in resamples of the rows.

    Parameters
    ----------
    cells : ndarray of shape (N,)
        Number of each row's cell, 0 to `size` - 1; N is 1 or more.
    size : int
    groups : sequence of str or None
        N names; whole groups are drawn (the cluster bootstrap of Field and Welsh 2007), else single rows.
    seed : int

    Returns
    -------
    ndarray of shape (RESAMPLES, size)

    Examples
    --------
    >>> resample_counts(np.array([0, 1, 1, 1]), 2, None, 0).sum(axis=1)[:3]
    array([4, 4, 4])
    """
    rng = np.random.default_rng(seed)
    if groups is None:  # drawing N rows with replacement is drawing the counts of the cells
        counts = np.bincount(cells, minlength=size)
        return rng.multinomial(len(cells), counts / len(cells), RESAMPLES)
    names, numbers = np.unique(np.asarray(groups), return_inverse=True)
    by_group = np.bincount(numbers * size + cells, minlength=len(names) * size).reshape(len(names), size)
    kinds, kind, often = np.unique(by_group, axis=0, return_inverse=True, return_counts=True)
    if len(kinds) * REPEATED < len(names):  # likewise for groups with the same counts
        return rng.multinomial(len(names), often / len(names), RESAMPLES) @ kinds
    return np.concatenate(
        [_times_drawn(rng, kind.ravel(), len(kinds), some) @ kinds for some in _portions(RESAMPLES, len(names))]
    )


def _times_drawn(rng: np.random.Generator, kind: NDArray[np.intp], kinds: int, resamples: int) -> Counts:
    drawn = kind[rng.integers(0, len(kind), (resamples, len(kind)))]
    first = np.arange(resamples)[:, None] * kinds
    return np.bincount((drawn + first).ravel(), minlength=resamples * kinds).reshape(resamples, kinds)


def _portions(resamples: int, groups: int) -> list[int]:
    most = max(1, DRAWS_AT_ONCE // groups)
    return [min(most, resamples - done) for done in range(0, resamples, most)]
