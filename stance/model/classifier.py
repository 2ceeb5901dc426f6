"""The classifier of one head: weights, and probabilities from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

# beyond these all labels are equally probable, or one is certain; a few held-out rows could ask for that by chance
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.1, 10.0


@dataclass(frozen=True)
class Classifier:
    """Multinomial logistic regression of one head, calibrated by a temperature (Guo et al. 2017).

    Its probabilities are the softmax of
    `(features @ weights.T + stacked_features @ stacked_weights.T + bias) / temperature`.

    Parameters
    ----------
    labels : tuple of str
        Names of the K labels.
    weights : ndarray of shape (K, V)
        Of the word and character n-grams.
    bias : ndarray of shape (K,)
    C : float
        scikit-learn's inverse regularization strength that it was fitted with.
    stacked_weights : ndarray of shape (K, S), optional
        Of the stacked features; see `stacked_features`.
    uses_tone : bool
        Whether the last stacked features are the tone features.
    temperature : float
        Above 0; fitted on held-out predictions.
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
        """Number of stacked features."""
        return 0 if self.stacked_weights is None else self.stacked_weights.shape[1]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn logits of shape (..., K) into probabilities of the same shape.

    >>> softmax(np.array([0.0, np.log(3)])).round(2).tolist()
    [0.25, 0.75]
    """
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def probabilities(classifier: Classifier, features: csr_matrix) -> NDArray[np.float64]:
    """Compute probabilities, (N, K), from n-gram features, (N, V), without stacked ones."""
    logits: NDArray[np.float64] = np.asarray(features @ classifier.weights.T.astype(np.float64)) + classifier.bias
    return softmax(logits / classifier.temperature)
