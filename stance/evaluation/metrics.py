"""Confusion matrix, and F1, recall and accuracy of it or of many resamples of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.bootstrap import CountArray


def confusion_matrix(true: NDArray[np.intp], predicted: NDArray[np.intp], k: int) -> CountArray:
    """Count (N,) codes of true and predicted labels; (k, k), true labels down, predicted ones across."""
    return np.bincount(true * k + predicted, minlength=k * k).reshape(k, k).astype(np.int64)


def macro_f1(confusion: CountArray, whole: CountArray | None = None) -> NDArray[np.float64]:
    """Average F1 over the labels that occur, as scikit-learn's `f1_score` does; (..., K, K) to (...).

    A label occurs where it is true or predicted in `whole`, (K, K), by default in each matrix itself. For resamples it
    is that of the sample, so that a rare label that was not drawn does not drop out of the average.

    >>> float(macro_f1(np.array([[2, 0], [0, 3]])))
    1.0
    """
    seen = confusion if whole is None else whole
    occurring = ((seen.sum(axis=-1) + seen.sum(axis=-2)) > 0).sum(axis=-1)
    return np.asarray(_f1(confusion).sum(axis=-1) / np.maximum(occurring, 1))


def average_f1(confusion: CountArray, codes: Sequence[int]) -> NDArray[np.float64]:
    """Average F1 over the labels of these codes, whether they occur or not; (..., K, K) to (...).

    >>> float(average_f1(np.array([[2, 0], [0, 3]]), [1]))
    1.0
    """
    return np.asarray(_f1(confusion)[..., codes].mean(axis=-1))


def macro_recall(confusion: CountArray) -> NDArray[np.float64]:
    """Average recall over the labels that are true somewhere (AvgRec of SemEval-2017 task 4); (..., K, K) to (...)."""
    hits, support = np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-1)
    recall = np.divide(hits, support, out=np.zeros(hits.shape), where=support > 0)
    return np.asarray(recall.sum(axis=-1) / np.maximum((support > 0).sum(axis=-1), 1))


def accuracy(confusion: CountArray) -> NDArray[np.float64]:
    """Compute the share of rows with the right label; (..., K, K) to (...)."""
    hits = np.trace(confusion, axis1=-2, axis2=-1)
    return np.asarray(hits / np.maximum(confusion.sum(axis=(-2, -1)), 1))


def _f1(confusion: CountArray) -> NDArray[np.float64]:
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    occurrences = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    return np.asarray(np.divide(2 * hits, occurrences, out=np.zeros(hits.shape), where=occurrences > 0))
