"""The weights of one head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Classifier:
    """Weights of one head; the probabilities are the softmax of `features @ weights.T + bias`.

    Parameters
    ----------
    labels : tuple of str
        K labels.
    weights : ndarray of shape (K, V)
    bias : ndarray of shape (K,)
    strength : float
        scikit-learn's `C` that they were fitted with.
    """

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    strength: float
