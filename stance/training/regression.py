"""Logistic regression for one head, fitted by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix
from sklearn.linear_model import LogisticRegression

from stance.features.kernels.sparse import multiply_rows
from stance.model.classifier import Classifier
from stance.settings import Settings

UNSEEN_LOG_ODDS = -50.0  # of a label without training rows: a probability of 1e-22
Matrix = NDArray[np.float64]


class DesignMatrix(csr_matrix):  # type: ignore[misc]  # SciPy has no types
    """Sparse rows whose products with a few columns, from the left and from the right, are compiled loops.

    A solver asks for them a thousand times; SciPy writes each sum to memory at every step, which takes twice as long.
    The sums and their rounding are the same.

    >>> (DesignMatrix([[0, 2.0], [1, 1]]) @ np.array([[1.0, 0], [3, 1]])).tolist()
    [[6.0, 2.0], [4.0, 1.0]]
    """

    _last: tuple[Matrix, Matrix] | None = None

    def __matmul__(self, other: Any) -> Any:
        """Multiply by weights of shape (V, K), or by what else SciPy can.

        At each step a solver asks for the loss, then the gradient, then the Hessian at the same weights, so the last
        product is kept.
        """
        if not self._is_dense(other) or len(other) != self.shape[1]:
            return super().__matmul__(other)
        if self._last is None or not np.array_equal(self._last[0], other):
            self._last = np.array(other, order="C"), _multiply(self, other)
        return self._last[1].copy()

    def __rmatmul__(self, other: Any) -> Any:
        """Multiply by residuals of shape (K, N) from the left, or by what else SciPy can."""
        if not self._is_dense(other) or other.shape[1] != self.shape[0]:
            return super().__rmatmul__(other)
        return _multiply(self._columns, other.T).T

    @cached_property
    def _columns(self) -> csc_matrix:
        return self.tocsc()

    def _is_dense(self, other: Any) -> bool:
        return isinstance(other, np.ndarray) and other.ndim == 2 and self.dtype == other.dtype == np.float64


def fit_path(
    features: csr_matrix, codes: NDArray[np.intp], labels: Sequence[str], Cs: Sequence[float], settings: Settings
) -> list[Classifier]:
    """Fit one classifier for each C, each starting from the one before, to features (N, V) and codes (N,).

    Rows with the code -1 have no label and are left out. A label without a row gets a probability near 0.
    """
    labelled = codes >= 0
    if not labelled.all():
        features, codes = features[labelled], codes[labelled]
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


def _multiply(rows: csr_matrix | csc_matrix, weights: Matrix) -> Matrix:
    """Multiply compressed rows, or the columns of a CSC matrix as rows, by weights."""
    sums = np.empty((len(rows.indptr) - 1, weights.shape[1]))
    multiply_rows(rows.indptr, rows.indices.view(np.uint32), rows.data, np.ascontiguousarray(weights), sums)
    return sums


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
