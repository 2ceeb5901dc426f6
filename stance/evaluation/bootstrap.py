"""Bootstrap intervals: counts of the cells of a table, resampled with replacement (Efron and Tibshirani 1993)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000  # the ends of a 95 % interval are then steady to about a tenth of its width
PERCENTILES = (2.5, 97.5)  # of a 95 % interval
MAX_DRAWS = 5_000_000  # numbers in memory while resampling: 40 MB
MIN_REPEATS = 8  # groups for each distinct row of counts, from which on drawing the distinct rows is faster
CountArray: TypeAlias = NDArray[np.int64]
Groups: TypeAlias = "Sequence[str] | NDArray[np.intp]"  # name or number of the group of each row


@dataclass(frozen=True)
class Score:
    """A score with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


ZERO_SCORE = Score(0.0, 0.0, 0.0)


def with_interval(value: float, resampled: NDArray[np.float64]) -> Score:
    """Return a score with the 95 % interval of its (RESAMPLES,) values in resamples."""
    low, high = np.percentile(resampled, PERCENTILES)
    return Score(value, float(low), float(high))


def resample_counts(cells: NDArray[np.intp], size: int, groups: Groups | None, seed: int) -> CountArray:
    """Count cells in resamples of the rows.

    Parameters
    ----------
    cells : ndarray of shape (N,)
        Cell of each row, 0 to `size` - 1; N is 1 or more.
    size : int
        Number of cells.
    groups : sequence of str, or ndarray of int, or None
        N names or numbers; whole groups are resampled (the cluster bootstrap of Field and Welsh 2007), else single
        rows.
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
    if groups is None:  # resampling N rows is drawing the counts of the cells
        counts = np.bincount(cells, minlength=size)
        return rng.multinomial(len(cells), counts / len(cells), RESAMPLES)
    names, codes = np.unique(np.asarray(groups), return_inverse=True)
    by_group = np.bincount(codes * size + cells, minlength=len(names) * size).reshape(len(names), size)
    rows, row_of_group, repeats = np.unique(by_group, axis=0, return_inverse=True, return_counts=True)
    if len(rows) * MIN_REPEATS < len(names):  # likewise for groups with the same counts
        return _add_up(rng.multinomial(len(names), repeats / len(names), RESAMPLES), rows)
    portions = _portions(RESAMPLES, len(names))
    return np.concatenate([_add_up(_draw(rng, row_of_group.ravel(), len(rows), some), rows) for some in portions])


def _draw(rng: np.random.Generator, row_of_group: NDArray[np.intp], rows: int, resamples: int) -> CountArray:
    """Resample G groups; how often each distinct row is drawn, (resamples, rows)."""
    drawn = row_of_group[rng.integers(0, len(row_of_group), (resamples, len(row_of_group)))]
    drawn += np.arange(resamples)[:, None] * rows
    return np.bincount(drawn.ravel(), minlength=resamples * rows).reshape(resamples, rows)


def _add_up(times: CountArray, rows: CountArray) -> CountArray:
    # floats add whole numbers below 2**53 exactly, and NumPy multiplies matrices of floats ten times as fast
    return (times.astype(np.float64) @ rows.astype(np.float64)).astype(np.int64)


def _portions(resamples: int, groups: int) -> list[int]:
    size = max(1, MAX_DRAWS // groups)
    return [min(size, resamples - done) for done in range(0, resamples, size)]
