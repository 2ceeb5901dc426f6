"""Logistic regression for one head, fitted by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from stance.classifier import Classifier

UNSEEN = -50.0  # log-odds of a label without training rows: a probability of 1e-22


def probabilities(classifier: Classifier, features: csr_matrix) -> NDArray[np.float64]:
    """Compute the probability of every label from a matrix of features.

    Parameters
    ----------
    classifier : Classifier
    features : csr_matrix of shape (N, V)

    Returns
    -------
    ndarray of shape (N, K)
        Each row sums to 1.
    """
    logits = np.asarray(features @ classifier.weights.T.astype(np.float64)) + classifier.bias
    logits -= logits.max(axis=1, keepdims=True)
    odds = np.exp(logits)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def fit_path(
    features: csr_matrix, codes: NDArray[np.intp], labels: Sequence[str], strengths: Sequence[float], max_iter: int
) -> list[Classifier]:
    """Fit one classifier for each strength, class weights balanced.

    Parameters
    ----------
    features : csr_matrix of shape (N, V)
    codes : ndarray of shape (N,)
        Number of each row's label in `labels`.
    labels : sequence of str
        K labels; one that has no row gets a probability near 0.
    strengths : sequence of float
        Each fit starts from the one before.
    max_iter : int

    Returns
    -------
    list of Classifier
    """
    present = np.unique(codes)
    if len(present) < 2:
        only = int(present[0]) if len(present) else 0
        return [_constant(only, labels, features.shape[1], strength) for strength in strengths]
    regression = LogisticRegression(solver="newton-cg", class_weight="balanced", max_iter=max_iter, warm_start=True)
    path = []
    for strength in strengths:
        regression.set_params(C=strength).fit(features, codes)
        path.append(_from_regression(regression, labels, strength))
    return path


def to_regression(classifier: Classifier) -> LogisticRegression:
    """Make scikit-learn's fitted estimator with the same probabilities.

    Parameters
    ----------
    classifier : Classifier

    Returns
    -------
    LogisticRegression
    """
    regression = LogisticRegression(class_weight="balanced", C=classifier.strength)
    weights, bias = classifier.weights.astype(np.float64), classifier.bias.astype(np.float64)
    if len(classifier.labels) == 2:
        weights, bias = weights[1:] - weights[:1], bias[1:] - bias[:1]
    regression.coef_, regression.intercept_ = weights, bias
    regression.classes_ = np.array(classifier.labels)
    regression.n_features_in_ = weights.shape[1]
    return regression


def _from_regression(regression: LogisticRegression, labels: Sequence[str], strength: float) -> Classifier:
    coefficients, intercepts = regression.coef_, regression.intercept_
    if len(coefficients) == 1:  # scikit-learn keeps one row for two labels: the log-odds of the second
        coefficients = np.vstack([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    weights = np.zeros((len(labels), coefficients.shape[1]), dtype=np.float32)
    bias = np.full(len(labels), UNSEEN, dtype=np.float32)
    weights[regression.classes_] = coefficients
    bias[regression.classes_] = intercepts
    return Classifier(tuple(labels), weights, bias, strength)


def _constant(code: int, labels: Sequence[str], width: int, strength: float) -> Classifier:
    bias = np.full(len(labels), UNSEEN, dtype=np.float32)
    bias[code] = 0
    return Classifier(tuple(labels), np.zeros((len(labels), width), dtype=np.float32), bias, strength)
