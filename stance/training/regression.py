"""Logistic regression for one head, fitted by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from stance.features.kernels.sparse import multiply_rows
from stance.model.classifier import Classifier
from stance.settings import Settings


class DesignMatrix(csr_matrix):  # type: ignore[misc]  # SciPy has no types
    """SciPy's sparse rows, whose product with a few columns of weights is a compiled loop.

    A solver asks for that product a thousand times; SciPy's own writes each sum to memory at every step, which takes
    twice as long. The result differs by rounding only.

    Examples
    --------
    >>> (DesignMatrix([[0, 2.0], [1, 1]]) @ np.array([[1.0, 0], [3, 1]])).tolist()
    [[6.0, 2.0], [4.0, 1.0]]
    """

    def __matmul__(self, other: Any) -> Any:
        """Multiply by weights of shape (V, K), or by what else SciPy can.

        Returns
        -------
        ndarray of shape (N, K), or what SciPy gives
        """
        is_dense = isinstance(other, np.ndarray) and other.ndim == 2 and self.dtype == other.dtype == np.float64
        if not is_dense or len(other) != self.shape[1]:
            return super().__matmul__(other)
        sums = np.empty((self.shape[0], other.shape[1]))
        multiply_rows(self.indptr, self.indices.view(np.uint32), self.data, np.ascontiguousarray(other), sums)
        return sums


UNSEEN_LOG_ODDS = -50.0  # log-odds of a label without training rows: a probability of 1e-22


def fit_path(
    features: csr_matrix,
    codes: NDArray[np.intp],
    labels: Sequence[str],
    Cs: Sequence[float],
    settings: Settings,
) -> list[Classifier]:
    """Fit one classifier for each strength.

    Parameters
    ----------
    features : csr_matrix of shape (N, V)
    codes : ndarray of shape (N,)
        Number of each row's label in `labels`.
    labels : sequence of str
        K labels; one that has no row gets a probability near 0.
    strengths : sequence of float
        Each fit starts from the one before.
    settings : Settings

    Returns
    -------
    list of Classifier
    """
    present = np.unique(codes)
    if len(present) < 2:
        only = int(present[0]) if len(present) else 0
        return [_constant(only, labels, features.shape[1], C) for C in Cs]
    counts = np.bincount(codes)
    balance = {label: (len(codes) / (len(present) * counts[label])) ** settings.balance for label in present}
    regression = LogisticRegression(
        solver="newton-cg", class_weight=balance, max_iter=settings.max_iter, warm_start=True
    )
    design, path = DesignMatrix(features), []
    for C in Cs:
        regression.set_params(C=C).fit(design, codes)
        path.append(_from_regression(regression, labels, C))
    return path


def _from_regression(regression: LogisticRegression, labels: Sequence[str], C: float) -> Classifier:
    coefficients, intercepts = regression.coef_, regression.intercept_
    if len(coefficients) == 1:  # scikit-learn keeps one row for two labels: the log-odds of the second
        coefficients = np.vstack([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    weights = np.zeros((len(labels), coefficients.shape[1]), dtype=np.float32)
    bias = np.full(len(labels), UNSEEN_LOG_ODDS, dtype=np.float32)
    weights[regression.classes_] = coefficients.astype(np.float16)  # as they are stored: half the size, same labels
    bias[regression.classes_] = intercepts
    return Classifier(tuple(labels), weights, bias, C)


def _constant(code: int, labels: Sequence[str], width: int, C: float) -> Classifier:
    bias = np.full(len(labels), UNSEEN_LOG_ODDS, dtype=np.float32)
    bias[code] = 0
    return Classifier(tuple(labels), np.zeros((len(labels), width), dtype=np.float32), bias, C)
