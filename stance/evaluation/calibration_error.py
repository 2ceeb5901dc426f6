"""Expected calibration error, the bins of a reliability diagram, and Wilson's interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CALIBRATION_BINS = 15  # as in Guo et al. 2017
DIAGRAM_BINS = 10  # a tenth of confidence each
NORMAL_QUANTILE = 1.959964  # for a 95 % interval


@dataclass(frozen=True)
class ReliabilityBin:
    """The n rows with a confidence from `low` to `high`: mean confidence, and share of right labels."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float
    accuracy_interval: tuple[float, float]


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Compute the expected calibration error, 0 to 1, in bins of equal width (Guo et al. 2017, equation 3).

    `confidence`, (N,), is the probability of the predicted label; `right`, (N,), whether it is the true one.

    >>> calibration_error(np.array([0.75] * 4), np.array([True, True, True, False]))
    0.0
    """
    if not len(confidence):
        return 0.0
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)
    gap = np.bincount(bins, confidence - right, CALIBRATION_BINS)
    return float(np.abs(gap).sum() / len(confidence))


def reliability_bins(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> list[ReliabilityBin]:
    """Compare confidence, (N,), with the share of right labels, by tenths of confidence that hold rows.

    >>> [each] = reliability_bins(np.array([0.75] * 4), np.array([True, True, True, False]))
    >>> each.low, each.n, each.accuracy
    (0.7, 4, 0.75)
    """
    codes = np.minimum((confidence * DIAGRAM_BINS).astype(np.intp), DIAGRAM_BINS - 1)
    bins = []
    for code in np.unique(codes).tolist():
        rows = codes == code
        n, share = int(rows.sum()), float(right[rows].mean())
        ends = code / DIAGRAM_BINS, (code + 1) / DIAGRAM_BINS
        bins.append(ReliabilityBin(*ends, n, float(confidence[rows].mean()), share, wilson_interval(share, n)))
    return bins


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """Compute the 95 % interval of a share of n rows, 1 or more (Wilson 1927).

    >>> [round(end, 3) for end in wilson_interval(0.5, 10)]
    [0.237, 0.763]
    """
    square = NORMAL_QUANTILE**2 / n
    middle = (share + square / 2) / (1 + square)
    reach = NORMAL_QUANTILE / (1 + square) * np.sqrt(share * (1 - share) / n + square / (4 * n))
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))
