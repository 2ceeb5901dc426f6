"""Logistic regression for one head, fitted by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from stance.classifier import Classifier, softmax
from stance.design import DesignMatrix
from stance.settings import Settings

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
    logits: NDArray[np.float64] = np.asarray(features @ classifier.weights.T.astype(np.float64)) + classifier.bias
    return softmax(logits / classifier.temperature)


def fit_path(
    features: csr_matrix,
    codes: NDArray[np.intp],
    labels: Sequence[str],
    strengths: Sequence[float],
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
        return [_constant(only, labels, features.shape[1], strength) for strength in strengths]
    counts = np.bincount(codes)
    balance = {label: (len(codes) / (len(present) * counts[label])) ** settings.balance for label in present}
    regression = LogisticRegression(
        solver="newton-cg", class_weight=balance, max_iter=settings.max_iter, warm_start=True
    )
    design, path = DesignMatrix(features), []
    for strength in strengths:
        regression.set_params(C=strength).fit(design, codes)
        path.append(_from_regression(regression, labels, strength))
    return path


def to_regression(classifier: Classifier, before: int = 0, signals: int = 0) -> LogisticRegression:
    """Make scikit-learn's fitted estimator with the same probabilities.

    Parameters
    ----------
    classifier : Classifier
    before, signals : int
        Number of signals that other heads hear before those of this one, and of all signals.

    Returns
    -------
    LogisticRegression
    """
    regression = LogisticRegression(C=classifier.strength)
    heard = np.zeros((len(classifier.labels), signals))
    if classifier.signal_weights is not None:
        heard[:, before : before + classifier.hears] = classifier.signal_weights
    weights = np.hstack([classifier.weights, heard]) / classifier.temperature
    bias = classifier.bias.astype(np.float64) / classifier.temperature
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
    weights[regression.classes_] = coefficients.astype(np.float16)  # as they are stored: half the size, same labels
    bias[regression.classes_] = intercepts
    return Classifier(tuple(labels), weights, bias, strength)


def _constant(code: int, labels: Sequence[str], width: int, strength: float) -> Classifier:
    bias = np.full(len(labels), UNSEEN, dtype=np.float32)
    bias[code] = 0
    return Classifier(tuple(labels), np.zeros((len(labels), width), dtype=np.float32), bias, strength)
