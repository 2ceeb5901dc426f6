"""Whether a confidence of 0.8 is right eight times in ten: the reliability diagram and the calibration error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15  # of the calibration error, as in Guo et al. 2017
DRAWN_BINS = 10  # of the diagram, a tenth of confidence each
QUANTILE = 1.959964  # of the normal distribution, for a 95 % interval


@dataclass(frozen=True)
class Bin:
    """Rows with a confidence from `low` to `high`: how many, their mean confidence, the share of right labels."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float
    accuracy_interval: tuple[float, float]


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Compute the expected calibration error (Guo et al. 2017, equation 3) in bins of equal width.

    Parameters
    ----------
    confidence : ndarray of shape (N,)
        Probability of the predicted label.
    right : ndarray of shape (N,)
        Whether that label is the true one.

    Returns
    -------
    float
        0 to 1; 0 where confidence says how often the label is right.

    Examples
    --------
    >>> calibration_error(np.array([0.75] * 4), np.array([True, True, True, False]))
    0.0
    """
    if not len(confidence):
        return 0.0
    bins = np.minimum((confidence * BINS).astype(np.intp), BINS - 1)
    gap = np.bincount(bins, confidence - right, BINS)
    return float(np.abs(gap).sum() / len(confidence))


def reliability_bins(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> list[Bin]:
    """Compare confidence with the share of right labels, by tenths of confidence.

    Parameters
    ----------
    confidence : ndarray of shape (N,)
        Probability of the predicted label.
    right : ndarray of shape (N,)
        Whether that label is the true one.

    Returns
    -------
    list of Bin
        Those that hold rows, in rising order.

    Examples
    --------
    >>> [found] = reliability_bins(np.array([0.75] * 4), np.array([True, True, True, False]))
    >>> found.low, found.n, found.accuracy
    (0.7, 4, 0.75)
    """
    numbers = np.minimum((confidence * DRAWN_BINS).astype(np.intp), DRAWN_BINS - 1)
    found = []
    for number in np.unique(numbers).tolist():
        rows = numbers == number
        n, share = int(rows.sum()), float(right[rows].mean())
        ends = number / DRAWN_BINS, (number + 1) / DRAWN_BINS
        found.append(Bin(*ends, n, float(confidence[rows].mean()), share, wilson(share, n)))
    return found


def wilson(share: float, n: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (Wilson 1927).

    Parameters
    ----------
    share : float
        0 to 1.
    n : int
        1 or more.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> [round(end, 3) for end in wilson(0.5, 10)]
    [0.237, 0.763]
    """
    square = QUANTILE**2 / n
    middle = (share + square / 2) / (1 + square)
    reach = QUANTILE / (1 + square) * np.sqrt(share * (1 - share) / n + square / (4 * n))
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))
