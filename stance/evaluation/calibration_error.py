"""Expected calibration error, what it is for a perfect model, and the bins of a reliability diagram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.intervals import wilson_interval

CALIBRATION_BINS = 15  # as in Guo et al. 2017
DIAGRAM_BINS = 10  # a tenth of confidence each
FLOOR_DRAWS = 100  # of the labels of a perfect model; their mean is then steady to a few hundredths of itself


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


def calibration_error_floor(confidence: NDArray[np.float64], seed: int = 0) -> float:
    """Compute the mean expected calibration error of a perfectly calibrated model with these confidences, (N,).

    It is not 0, since few labels are right or wrong by chance, and the error adds up the sizes of such gaps.

    >>> round(calibration_error_floor(np.linspace(0.5, 1, 100)), 2)
    0.09
    """
    rng = np.random.default_rng(seed)
    draws = [calibration_error(confidence, rng.random(len(confidence)) < confidence) for _ in range(FLOOR_DRAWS)]
    return float(np.mean(draws))


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
