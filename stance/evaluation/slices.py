"""How well parts of the comments are labelled, beside the rest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.bootstrap import RESAMPLES, Score, resample_counts, with_interval
from stance.evaluation.metrics import confusion_matrix, macro_f1

MIN_SLICE_ROWS = 30  # rows inside and outside; fewer say little (see `report.LEAST`)
MAX_COLUMN_VALUES = 20  # of a column, the commonest first


@dataclass(frozen=True)
class Slice:
    """Rows of one kind.

    Parameters
    ----------
    by, value : str
        What they have in common, such as `length` and `up to 24 words`.
    inside : ndarray of shape (N,)
        Whether each row is one of them.
    """

    by: str
    value: str
    inside: NDArray[np.bool_]


@dataclass(frozen=True)
class SliceScores:
    """Macro F1 of a slice, of how many rows, and by how much it is above that of the rest."""

    n: int
    macro_f1: Score
    difference: Score

    @property
    def worse(self) -> bool:
        """Whether the slice is surely labelled worse than the rest."""
        return self.difference.high < 0


def by_length(texts: Sequence[str]) -> list[Slice]:
    """Cut at the quartiles of the number of words.

    Parameters
    ----------
    texts : sequence of str
        N comments.

    Returns
    -------
    list of Slice
        Up to four; fewer where quartiles coincide.

    Examples
    --------
    >>> [found.value for found in by_length(["a", "a b", "a b c", "a b c d"])]
    ['up to 1 words', '2 words', '3 words', '4 words or more']
    """
    words = np.array([len(text.split()) for text in texts])
    ends = np.unique(np.quantile(words, (0.25, 0.5, 0.75), method="lower")) if len(words) else np.array([])
    numbers = np.searchsorted(ends, words)
    last = len(ends)
    names = [_span(0 if k == 0 else int(ends[k - 1]) + 1, int(ends[k])) for k in range(last)]
    names += [f"{int(ends[-1]) + 1} words or more"] if last else []
    return [Slice("length", name, np.isin(numbers, [k])) for k, name in enumerate(names) if k in numbers]


def by_names(named: NDArray[np.bool_], targets: Sequence[str]) -> list[Slice]:
    """Cut by the targets that comments name; one that names two is in two slices.

    Parameters
    ----------
    named : ndarray of shape (N, T)
    targets : sequence of str
        T names.

    Returns
    -------
    list of Slice
    """
    found = [Slice("names", target, named[:, number]) for number, target in enumerate(targets)]
    found.append(Slice("names", "no country", np.logical_not(named.any(axis=1))))
    return [each for each in found if each.inside.any()]


def by_column(name: str, cells: Sequence[str]) -> list[Slice]:
    """Cut by the values of a column.

    Parameters
    ----------
    name : str
    cells : sequence of str
        N values.

    Returns
    -------
    list of Slice
        Of the commonest values, an empty one among them.

    Examples
    --------
    >>> [(found.value, int(found.inside.sum())) for found in by_column("site", ["a", "b", "b", ""])]
    [('b', 2), ('', 1), ('a', 1)]
    """
    values, codes, counts = np.unique(np.array(cells, dtype=object), return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MAX_COLUMN_VALUES]
    return [Slice(name, str(values[code]), np.isin(codes, [code])) for code in order]


def score_slice(
    true: NDArray[np.intp],
    predicted: NDArray[np.intp],
    k: int,
    inside: NDArray[np.bool_],
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> SliceScores | None:
    """Measure a slice of one head, and the rest on the same resamples.

    Parameters
    ----------
    true, predicted : ndarray of shape (N,)
        Numbers of labels, 0 to `k` - 1.
    k : int
    inside : ndarray of shape (N,)
    groups : sequence of str, optional
        N names; whole groups are resampled.
    seed : int

    Returns
    -------
    SliceScores or None
        None where slice or rest has fewer than `LEAST` rows.

    Examples
    --------
    >>> true, inside = np.array([0, 1] * 60), np.arange(120) < 60
    >>> found = score_slice(true, np.where(inside, 0, true), 2, inside)
    >>> found.worse, round(found.difference.value, 2)
    (True, -0.67)
    """
    if min(inside.sum(), len(inside) - inside.sum()) < MIN_SLICE_ROWS:
        return None
    slice_, rest = (confusion_matrix(true[rows], predicted[rows], k) for rows in (inside, ~inside))
    cells = (inside.astype(np.intp) * k + true) * k + predicted
    drawn = resample_counts(cells, 2 * k * k, groups, seed).reshape(RESAMPLES, 2, k, k)
    ours, theirs = macro_f1(drawn[:, 1], slice_), macro_f1(drawn[:, 0], rest)
    value = float(macro_f1(slice_))
    return SliceScores(
        int(inside.sum()),
        with_interval(value, ours),
        with_interval(value - float(macro_f1(rest)), ours - theirs),
    )


def _span(low: int, high: int) -> str:
    if low == 0:
        return f"up to {high} words"
    return f"{low} words" if low == high else f"{low} to {high} words"
