"""True and predicted labels to scores with intervals. Takes arrays, never a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.bootstrap import Counts


def confusion_matrix(true: NDArray[np.intp], predicted: NDArray[np.intp], k: int) -> Counts:
    """Count rows by true and predicted label.

    Parameters
    ----------
    true, predicted : ndarray of shape (N,)
    k : int

    Returns
    -------
    ndarray of shape (k, k)
        True labels down, predicted ones across.
    """
    return np.bincount(true * k + predicted, minlength=k * k).reshape(k, k).astype(np.int64)


def macro_f1(confusion: Counts, whole: Counts | None = None) -> NDArray[np.float64]:
    """Average F1 over the labels that occur, true or predicted, as scikit-learn's `f1_score` does.

    Parameters
    ----------
    confusion : ndarray of shape (..., K, K)
    whole : ndarray of shape (K, K), optional
        Where to see which labels occur; by default each matrix itself. For resamples it is that of the sample, so that
        a rare label that was not drawn does not drop out of the average.

    Returns
    -------
    ndarray of shape (...)
        0 to 1.

    Examples
    --------
    >>> float(macro_f1(np.array([[2, 0], [0, 3]])))
    1.0
    """
    seen = confusion if whole is None else whole
    occurring = ((seen.sum(axis=-1) + seen.sum(axis=-2)) > 0).sum(axis=-1)
    return np.asarray(_f1(confusion).sum(axis=-1) / np.maximum(occurring, 1))


def average_f1(confusion: Counts, codes: Sequence[int]) -> NDArray[np.float64]:
    """Average F1 over some labels, whether they occur or not.

    Parameters
    ----------
    confusion : ndarray of shape (..., K, K)
    codes : sequence of int
        Numbers of the labels.

    Returns
    -------
    ndarray of shape (...)
        0 to 1.

    Examples
    --------
    >>> float(average_f1(np.array([[2, 0], [0, 3]]), [1]))
    1.0
    """
    return np.asarray(_f1(confusion)[..., codes].mean(axis=-1))


def macro_recall(confusion: Counts) -> NDArray[np.float64]:
    """Average recall over the labels that truly occur (SemEval-2017 task 4 calls it AvgRec).

    Parameters
    ----------
    confusion : ndarray of shape (..., K, K)

    Returns
    -------
    ndarray of shape (...)
        0 to 1.
    """
    hits, support = np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-1)
    recall = np.divide(hits, support, out=np.zeros(hits.shape), where=support > 0)
    return np.asarray(recall.sum(axis=-1) / np.maximum((support > 0).sum(axis=-1), 1))


def accuracy(confusion: Counts) -> NDArray[np.float64]:
    """Compute the share of rows with the right label.

    Parameters
    ----------
    confusion : ndarray of shape (..., K, K)

    Returns
    -------
    ndarray of shape (...)
        0 to 1.
    """
    hits = np.trace(confusion, axis1=-2, axis2=-1)
    return np.asarray(hits / np.maximum(confusion.sum(axis=(-2, -1)), 1))


def _f1(confusion: Counts) -> NDArray[np.float64]:
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    occurrences = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    return np.asarray(np.divide(2 * hits, occurrences, out=np.zeros(hits.shape), where=occurrences > 0))
