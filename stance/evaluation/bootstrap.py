"""Bootstrap intervals: counts of the cells of a table, resampled with replacement (Efron and Tibshirani 1993)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

RESAMPLES = 1000  # the ends of a 95 % interval are then steady to about a tenth of its width
MAX_DRAWS = 5_000_000  # numbers in memory while resampling: 40 MB
MIN_REPEATS = 8  # groups for each distinct row of counts, from which on drawing the distinct rows is faster
CountArray: TypeAlias = NDArray[np.int64]
Measure: TypeAlias = "Callable[[CountArray], NDArray[np.float64]]"
Groups: TypeAlias = "Sequence[str] | NDArray[np.intp]"  # name or number of the group of each row


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


def resample_cells(cells: NDArray[np.intp], groups: Groups | None, seed: int) -> tuple[NDArray[np.intp], CountArray]:
    """Count the U cells that occur among N, in resamples of the rows; (U,) cells and (RESAMPLES, U) counts."""
    occurring, codes = np.unique(cells, return_inverse=True)
    return occurring, resample_counts(codes.ravel(), len(occurring), groups, seed)


def count_groups(groups: Groups | None, n: int) -> int:
    """Count the groups of n rows; without any, each row is one."""
    return n if groups is None else len(np.unique(np.asarray(groups)))


def measure_resamples(measure: Measure, cells: NDArray[np.intp], counts: CountArray, k: int) -> NDArray[np.float64]:
    """Measure the confusion matrix of each of R resamples, a part at a time, so that many labels fit memory.

    Parameters
    ----------
    measure : callable
        From matrices, (P, k, k), to M scores of each, (M, P).
    cells : ndarray of shape (U,)
        Cells of the matrix, 0 to k * k - 1, each of which may occur several times.
    counts : ndarray of shape (R, U)
    k : int

    Returns
    -------
    ndarray of shape (M, R)
    """
    sums = csr_matrix((np.ones(len(cells), np.int64), (cells, np.arange(len(cells)))), (k * k, len(cells)))
    size = max(1, MAX_DRAWS // (k * k))
    parts = (counts[first : first + size] for first in range(0, len(counts), size))
    return np.concatenate([measure((sums @ part.T).T.reshape(-1, k, k)) for part in parts], axis=1)


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
