"""The weights of one head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

MIN_TEMPERATURE, MAX_TEMPERATURE = (
    0.1,
    10.0,
)  # beyond these a classifier knows nothing or all; a few rows could say so by chance


@dataclass(frozen=True)
class Classifier:
    """Weights of one head.

    The probabilities are the softmax of `(features @ weights.T + signals @ signal_weights.T + bias) / temperature`.

    Parameters
    ----------
    labels : tuple of str
        K labels.
    weights : ndarray of shape (K, V)
    bias : ndarray of shape (K,)
    strength : float
        scikit-learn's `C` that they were fitted with.
    signal_weights : ndarray of shape (K, S), optional
        Of what other models say; see `signals`.
    hears_tone : bool
        Whether the last signals are the tones of the words.
    temperature : float
        Above 0; fitted on held-out predictions (Guo et al. 2017).
    """

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    C: float
    stacked_weights: NDArray[np.float32] | None = None
    uses_tone: bool = False
    temperature: float = 1.0

    @property
    def n_stacked(self) -> int:
        """Number of signals."""
        return 0 if self.stacked_weights is None else self.stacked_weights.shape[1]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn log-odds into probabilities.

    Parameters
    ----------
    logits : ndarray of shape (..., K)

    Returns
    -------
    ndarray of the same shape
        Sums to 1 along the last axis.

    Examples
    --------
    >>> softmax(np.array([0.0, np.log(3)])).round(2).tolist()
    [0.25, 0.75]
    """
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


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
