"""Temperature scaling: one temperature for each head, so that confidence equals accuracy (Guo et al. 2017)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stance.model.classifier import MAX_TEMPERATURE, MIN_TEMPERATURE, softmax

SEARCH_STEPS = 60  # of golden-section search; the interval shrinks to 1e-12 of its width
MIN_PROBA = 1e-12  # probability, before its logarithm is taken
MIN_TRUE_PROBA = 1e-300  # so that the log loss is finite

Proba = NDArray[np.float64]


def fit_temperature(logits: NDArray[np.float64], codes: NDArray[np.intp]) -> float:
    """Find the temperature, 0.1 to 10, with the smallest log loss of held-out logits (N, K); 1 without rows.

    >>> fit_temperature(np.array([[4.0, 0.0], [4.0, 0.0]]), np.array([0, 1]))
    10.0
    """
    if not len(codes):
        return 1.0
    low, high = np.log(MIN_TEMPERATURE), np.log(MAX_TEMPERATURE)
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(SEARCH_STEPS):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if _log_loss(logits / np.exp(left), codes) <= _log_loss(logits / np.exp(right), codes):
            high = right
        else:
            low = left
    return round(float(np.exp((low + high) / 2)), 4)


def calibrate(proba: Proba, codes: NDArray[np.intp], folds: NDArray[np.intp]) -> tuple[Proba, float, list[float]]:
    """Calibrate held-out probabilities (N, K), each fold at the temperature fitted to the others.

    Returns the probabilities, the temperature fitted to all rows, and that used for each fold. A row whose code is -1
    has no label and is not fitted to.
    """
    logits, labelled = np.log(np.maximum(proba, MIN_PROBA)), codes >= 0
    calibrated, by_fold = np.empty_like(proba), []
    for fold in range(folds.max() + 1):
        others = labelled & (folds != fold)
        by_fold.append(fit_temperature(logits[others], codes[others]))
        calibrated[folds == fold] = softmax(logits[folds == fold] / by_fold[fold])
    return calibrated, fit_temperature(logits[labelled], codes[labelled]), by_fold


def _log_loss(logits: NDArray[np.float64], codes: NDArray[np.intp]) -> float:
    true_proba = softmax(logits)[np.arange(len(codes)), codes]
    return float(-np.log(np.maximum(true_proba, MIN_TRUE_PROBA)).mean())
