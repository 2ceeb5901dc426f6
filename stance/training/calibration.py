"""Probabilities that mean what they say: one temperature a head (Guo et al. 2017)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stance.model.classifier import MAX_TEMPERATURE, MIN_TEMPERATURE, softmax

STEPS = 60  # of the search, each by the golden ratio: a thousandth of a thousandth in the end


def fit_temperature(logits: NDArray[np.float64], codes: NDArray[np.intp]) -> float:
    """Find the temperature at which held-out log-odds have the smallest log loss.

    Parameters
    ----------
    logits : ndarray of shape (N, K)
        Held-out log-odds.
    codes : ndarray of shape (N,)
        Numbers of the true labels.

    Returns
    -------
    float
        0.1 to 10; 1 where there are no rows.

    Examples
    --------
    >>> fit_temperature(np.array([[4.0, 0.0], [4.0, 0.0]]), np.array([0, 1]))
    10.0
    """
    if not len(codes):
        return 1.0
    low, high = np.log(MIN_TEMPERATURE), np.log(MAX_TEMPERATURE)
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(STEPS):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if _log_loss(logits / np.exp(left), codes) <= _log_loss(logits / np.exp(right), codes):
            high = right
        else:
            low = left
    return round(float(np.exp((low + high) / 2)), 4)


def _log_loss(logits: NDArray[np.float64], codes: NDArray[np.intp]) -> float:
    true = softmax(logits)[np.arange(len(codes)), codes]
    return float(-np.log(np.maximum(true, 1e-300)).mean())
