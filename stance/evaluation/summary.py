"""The main scores of a confusion matrix, and their difference from those of another, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.bootstrap import CountArray, measure_resamples
from stance.evaluation.intervals import (
    NORMAL_QUANTILE,
    ZERO_SCORE,
    Score,
    bootstrap_interval,
    effective_rows,
    mean_interval,
    share_interval,
    t_quantile,
    widen,
)
from stance.evaluation.metrics import accuracy, average_f1, macro_f1, macro_recall
from stance.heads import AGAINST, FAVOR

MACRO_F1, MACRO_RECALL, ACCURACY, F_AVG = range(4)  # rows of resampled scores


@dataclass(frozen=True)
class Summary:
    """The main scores of a head."""

    macro_f1: Score
    macro_recall: Score  # AvgRec of SemEval-2017 task 4 (Rosenthal et al. 2017)
    accuracy: Score
    f_avg: Score | None = (
        None  # mean F1 of against and favor (SemEval-2016 task 6, Mohammad et al. 2016), if both exist
    )
    effective_rows: float = 0.0  # independent rows that would give the accuracy as steadily (Kish's design effect)


NO_SUMMARY = Summary(ZERO_SCORE, ZERO_SCORE, ZERO_SCORE)


def resample_scores(
    confusion: CountArray, cells: NDArray[np.intp], counts: CountArray, labels: Sequence[str]
) -> NDArray[np.float64]:
    """Score R resamples, whose counts of U cells are (R, U); (M, R), in the order of the fields of `Summary`."""
    sides = _sides(labels)

    def measure(resampled: CountArray) -> NDArray[np.float64]:
        scores = [macro_f1(resampled, confusion), macro_recall(resampled), accuracy(resampled)]
        return np.stack([*scores, average_f1(resampled, sides)] if sides else scores)

    return measure_resamples(measure, cells, counts, len(labels))


def build_summary(
    confusion: CountArray, resampled: NDArray[np.float64], labels: Sequence[str], n_groups: int
) -> Summary:
    """Score a confusion matrix, with the intervals of (M, R) scores of resamples of n groups.

    An interval is at least as wide as that of Wilson: of a share of rows, or of the mean of such shares. So it does not
    shrink to nothing where a label has few rows, all of which are right or wrong.
    """
    n, share = int(confusion.sum()), float(accuracy(confusion))
    independent = effective_rows(share, resampled[ACCURACY], n, n_groups) / n
    quantile = t_quantile(n_groups) if n_groups > 1 else NORMAL_QUANTILE
    f1, f1_ends = _f1_intervals(confusion, independent, quantile)
    recall, recall_ends = _recall_intervals(confusion, independent, quantile)
    occurs = confusion.sum(axis=0) + confusion.sum(axis=1) > 0
    is_true = confusion.sum(axis=1) > 0
    sides = _sides(labels)

    def interval(value: float, row: int, ends: tuple[float, float]) -> Score:
        return widen(bootstrap_interval(value, resampled[row], n_groups), max(0.0, ends[0]), min(1.0, ends[1]))

    return Summary(
        interval(float(macro_f1(confusion)), MACRO_F1, mean_interval(f1[occurs], f1_ends[occurs])),
        interval(float(macro_recall(confusion)), MACRO_RECALL, mean_interval(recall[is_true], recall_ends[is_true])),
        interval(share, ACCURACY, share_interval(share, independent * n, quantile)),
        interval(float(average_f1(confusion, sides)), F_AVG, mean_interval(f1[sides], f1_ends[sides]))
        if sides
        else None,
        independent * n,
    )


def difference_interval(ours: Score, theirs: Score, resampled: NDArray[np.float64], n_groups: int) -> Score:
    """Return the difference of two scores of the same rows, with the interval of its (R,) values in resamples.

    Where all resamples are alike but not 0, as with a row or two, the two intervals make that of the difference.
    """
    value = ours.value - theirs.value
    if not resampled.any():
        return Score(value, 0.0, 0.0) if value == 0 else Score(value, -1.0, 1.0)
    if n_groups > 1 and np.ptp(resampled) == 0:
        low = np.hypot(ours.value - ours.low, theirs.high - theirs.value)
        high = np.hypot(ours.high - ours.value, theirs.value - theirs.low)
        return Score(value, max(-1.0, value - float(low)), min(1.0, value + float(high)))
    return bootstrap_interval(value, resampled, n_groups, (-1.0, 1.0))


def _sides(labels: Sequence[str]) -> list[int]:
    sides = [code for code, label in enumerate(labels) if label in (AGAINST, FAVOR)]
    return sides if len(sides) == 2 else []


def _f1_intervals(
    confusion: CountArray, independent: float, quantile: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the F1 of K labels, (K,), and its intervals, (K, 2).

    A label's hits are a share of the rows where it is true or predicted, and F1 is 2 s / (1 + s) of that share s.
    """
    hits = np.diagonal(confusion)
    rows = confusion.sum(axis=0) + confusion.sum(axis=1) - hits
    share, ends = _share_intervals(hits, rows, independent, quantile)
    return 2 * share / (1 + share), 2 * ends / (1 + ends)


def _recall_intervals(
    confusion: CountArray, independent: float, quantile: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return _share_intervals(np.diagonal(confusion), confusion.sum(axis=1), independent, quantile)


def _share_intervals(
    hits: CountArray, rows: CountArray, independent: float, quantile: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    share = hits / np.maximum(rows, 1)
    pairs = zip(share.tolist(), rows.tolist(), strict=True)
    return share, np.array([share_interval(each, n * independent, quantile) for each, n in pairs]).reshape(-1, 2)
