"""Scores of subsets of the comments, compared with the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.bootstrap import Groups, count_groups, measure_resamples, resample_cells
from stance.evaluation.intervals import MIN_GROUPS, Score, bootstrap_interval
from stance.evaluation.metrics import average_f1, confusion_matrix

MIN_SLICE_ROWS = 30  # inside and outside; see `significance.MIN_TEST_COMMENTS`
MIN_LABEL_ROWS = 5  # of a label, inside and outside; with fewer, slices are called worse by chance too often
MAX_COLUMN_VALUES = 20  # of a column, the most frequent first


@dataclass(frozen=True)
class Slice:
    """Rows with something in common, such as by `length`: `up to 24 words`."""

    by: str
    value: str
    inside: NDArray[np.bool_]  # (N,), whether each row is one of them


@dataclass(frozen=True)
class SliceScores:
    """Macro F1 of the n rows of a slice, and by how much it is above that of the rest.

    It is the average over the labels that have `MIN_LABEL_ROWS` rows in the slice and in the rest.
    """

    n: int
    groups: int  # of the slice or of the rest, where there are fewer
    labels: tuple[int, ...]  # codes
    macro_f1: Score
    difference: Score

    @property
    def is_significantly_worse(self) -> bool:
        """Whether the interval of the difference lies below 0, on enough groups to tell."""
        return self.difference.high < 0 and self.groups >= MIN_GROUPS


def slice_by_length(texts: Sequence[str]) -> list[Slice]:
    """Cut N texts at the quartiles of the number of words; fewer than four slices where quartiles coincide.

    >>> [each.value for each in slice_by_length(["a", "a b", "a b c", "a b c d"])]
    ['up to 1 words', '2 words', '3 words', '4 words or more']
    """
    words = np.array([len(text.split()) for text in texts])
    ends = np.unique(np.quantile(words, (0.25, 0.5, 0.75), method="lower")) if len(words) else np.array([])
    codes = np.searchsorted(ends, words)
    last = len(ends)
    names = [_name_span(0 if k == 0 else int(ends[k - 1]) + 1, int(ends[k])) for k in range(last)]
    names += [f"{int(ends[-1]) + 1} words or more"] if last else []
    return [Slice("length", name, np.isin(codes, [k])) for k, name in enumerate(names) if k in codes]


def slice_by_targets(named: NDArray[np.bool_], targets: Sequence[str]) -> list[Slice]:
    """Cut by the T targets that texts name, (N, T); a text that names two is in two slices."""
    slices = [Slice("names", target, named[:, column]) for column, target in enumerate(targets)]
    slices.append(Slice("names", "no country", np.logical_not(named.any(axis=1))))
    return [each for each in slices if each.inside.any()]


def slice_by_column(name: str, cells: Sequence[str]) -> list[Slice]:
    """Cut by the most frequent values of a column of N cells, which may be empty.

    >>> [(each.value, int(each.inside.sum())) for each in slice_by_column("site", ["a", "b", "b", ""])]
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
    groups: Groups | None = None,
    seed: int = 0,
) -> SliceScores | None:
    """Score a slice of N rows, (N,) codes of `k` labels, and the rest on the same resamples.

    None where slice or rest has fewer than `MIN_SLICE_ROWS` rows, or no label has `MIN_LABEL_ROWS` in both.

    >>> true, inside = np.array([0, 1] * 60), np.arange(120) < 60
    >>> scores = score_slice(true, np.where(inside, 0, true), 2, inside)
    >>> scores.is_significantly_worse, round(scores.difference.value, 2)
    (True, -0.67)
    """
    if min(inside.sum(), len(inside) - inside.sum()) < MIN_SLICE_ROWS:
        return None
    ours, rest = (confusion_matrix(true[rows], predicted[rows], k) for rows in (inside, ~inside))
    codes = np.flatnonzero(np.minimum(ours.sum(axis=1), rest.sum(axis=1)) >= MIN_LABEL_ROWS).tolist()
    if not codes:
        return None
    cells, counts = resample_cells((inside.astype(np.intp) * k + true) * k + predicted, groups, seed)
    is_ours, pairs = cells >= k * k, cells % (k * k)

    def average(chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        [f1] = measure_resamples(lambda each: average_f1(each, codes)[None], pairs[chosen], counts[:, chosen], k)
        return np.asarray(f1)

    resampled_ours, resampled_rest = average(is_ours), average(~is_ours)
    value = float(average_f1(ours, codes))
    each = [None if groups is None else np.asarray(groups)[rows] for rows in (inside, ~inside)]
    n_ours, n_rest = (count_groups(some, int(rows.sum())) for some, rows in zip(each, (inside, ~inside), strict=True))
    n_groups = min(n_ours, n_rest)
    gap = value - float(average_f1(rest, codes))
    return SliceScores(
        int(inside.sum()),
        n_groups,
        tuple(codes),
        bootstrap_interval(value, resampled_ours, n_ours),
        bootstrap_interval(gap, resampled_ours - resampled_rest, n_groups, (-1.0, 1.0)),
    )


def _name_span(low: int, high: int) -> str:
    if low == 0:
        return f"up to {high} words"
    return f"{low} words" if low == high else f"{low} to {high} words"
