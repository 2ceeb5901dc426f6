"""All scores of one head, with intervals; comparison with other labels of the same comments; coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.bootstrap import CountArray, Groups, count_groups, resample_cells
from stance.evaluation.calibration_error import (
    ReliabilityBin,
    calibration_error,
    calibration_error_floor,
    reliability_bins,
)
from stance.evaluation.intervals import ZERO_SCORE, Score
from stance.evaluation.metrics import accuracy, confusion_matrix, macro_f1
from stance.evaluation.summary import (
    MACRO_F1,
    NO_SUMMARY,
    Summary,
    build_summary,
    difference_interval,
    resample_scores,
)

# shares of the comments that get a label when the least confident are left out
COVERAGE_LEVELS = (1, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)


@dataclass(frozen=True)
class LabelScores:
    """Scores of one label, 0 to 1, and the number of rows that truly have it."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class PairedComparison:
    """Scores of other labels on n of the rows, and by how much the model's macro F1 is higher (paired bootstrap)."""

    n: int
    groups: int  # that were resampled
    summary: Summary
    difference: Score


@dataclass(frozen=True)
class CoveragePoint:
    """Scores of the most confident rows."""

    share: float  # one of COVERAGE_LEVELS
    coverage: float  # share of the rows that are kept; more than `share` where rows have the same confidence
    confidence: float  # lowest of the rows that are kept
    accuracy: float
    macro_f1: float


@dataclass(frozen=True)
class HeadScores:
    """All scores of one head."""

    n: int  # rows with a true and a predicted label
    groups: int  # of these rows, that were resampled; the rows themselves where nothing groups them
    unscored: int  # rows with a true label and no predicted one
    summary: Summary
    labels: dict[str, LabelScores]  # K labels that are true or predicted somewhere
    confusion: list[list[int]]  # K rows of true, K columns of predicted labels
    ece: float  # expected calibration error, 0 to 1
    ece_floor: float  # that of a perfectly calibrated model on as many rows, on average
    reliability: list[ReliabilityBin]
    baselines: dict[str, PairedComparison]
    coverage: list[CoveragePoint]


def score_head(
    true: NDArray[np.intp],
    proba: NDArray[np.float64],
    labels: Sequence[str],
    *,
    baselines: Mapping[str, NDArray[np.intp]],
    groups: Groups | None = None,
    unscored: int = 0,
    seed: int = 0,
) -> HeadScores:
    """Score one head.

    Parameters
    ----------
    true : ndarray of shape (N,)
        Codes of the true labels.
    proba : ndarray of shape (N, K)
        Predicted probabilities.
    labels : sequence of str
        K labels.
    baselines : mapping of str to ndarray of shape (N,)
        Codes of the labels of each baseline, -1 where it gave none.
    groups : sequence of str or ndarray of int, optional
        N names or numbers; rows of one group are resampled together.
    unscored : int
        Rows that were left out because the model gave no label.
    seed : int

    Returns
    -------
    HeadScores

    Examples
    --------
    >>> true, proba = np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> scores = score_head(true, proba, ["no", "yes"], baselines={})
    >>> scores.confusion, round(scores.summary.macro_f1.value, 3)
    ([[1, 0], [1, 1]], 0.667)
    """
    predicted, confidence = proba.argmax(axis=1), proba.max(axis=1)
    confusion = confusion_matrix(true, predicted, len(labels))
    kept = np.flatnonzero(confusion.sum(axis=0) + confusion.sum(axis=1)).tolist()
    return HeadScores(
        n=len(true),
        groups=count_groups(groups, len(true)),
        unscored=unscored,
        summary=summarize(true, predicted, labels, groups, seed),
        labels={labels[code]: _label_scores(confusion, code) for code in kept},
        confusion=confusion[np.ix_(kept, kept)].tolist(),
        ece=calibration_error(confidence, predicted == true),
        ece_floor=calibration_error_floor(confidence, seed),
        reliability=reliability_bins(confidence, predicted == true),
        baselines={
            name: compare_predictions(true, predicted, codes, labels, groups, seed) for name, codes in baselines.items()
        },
        coverage=coverage_curve(true, predicted, confidence, len(labels)),
    )


def summarize(
    true: NDArray[np.intp],
    predicted: NDArray[np.intp],
    labels: Sequence[str],
    groups: Groups | None = None,
    seed: int = 0,
) -> Summary:
    """Compute the main scores of (N,) codes of K labels, with bootstrap intervals.

    >>> true, predicted = np.array([0, 1, 2, 1]), np.array([0, 1, 2, 2])
    >>> summary = summarize(true, predicted, ["against", "favor", "none"])
    >>> round(summary.macro_f1.value, 3), round(summary.f_avg.value, 3)
    (0.778, 0.833)
    """
    k = len(labels)
    if not len(true):
        return NO_SUMMARY
    cells, counts = resample_cells(true * k + predicted, groups, seed)
    confusion = confusion_matrix(true, predicted, k)
    resampled = resample_scores(confusion, cells, counts, labels)
    return build_summary(confusion, resampled, labels, count_groups(groups, len(true)))


def compare_predictions(
    true: NDArray[np.intp],
    predicted: NDArray[np.intp],
    other: NDArray[np.intp],
    labels: Sequence[str],
    groups: Groups | None = None,
    seed: int = 0,
) -> PairedComparison:
    """Score other labels on the same rows and the same resamples; (N,) codes of K labels, `other` -1 where it has none.

    >>> true, model, guess = np.array([0, 1] * 50), np.array([0, 1] * 50), np.array([0, 0] * 50)
    >>> round(compare_predictions(true, model, guess, ["no", "yes"]).difference.value, 3)
    0.667
    """
    k, both = len(labels), np.flatnonzero(other >= 0)
    true, predicted, other = true[both], predicted[both], other[both]
    if not len(true):
        return PairedComparison(0, 0, NO_SUMMARY, ZERO_SCORE)
    groups = None if groups is None else np.asarray(groups)[both]
    n_groups = count_groups(groups, len(true))
    cells, counts = resample_cells((true * k + predicted) * k + other, groups, seed)
    ours, theirs = confusion_matrix(true, predicted, k), confusion_matrix(true, other, k)
    resampled_ours = resample_scores(ours, cells // k, counts, labels)
    resampled_theirs = resample_scores(theirs, cells // k**2 * k + cells % k, counts, labels)
    gap = resampled_ours[MACRO_F1] - resampled_theirs[MACRO_F1]
    our_f1 = build_summary(ours, resampled_ours, labels, n_groups).macro_f1
    summary = build_summary(theirs, resampled_theirs, labels, n_groups)
    difference = difference_interval(our_f1, summary.macro_f1, gap, n_groups)
    return PairedComparison(len(true), n_groups, summary, difference)


def coverage_curve(
    true: NDArray[np.intp], predicted: NDArray[np.intp], confidence: NDArray[np.float64], k: int
) -> list[CoveragePoint]:
    """Score the most confident of N rows at each of `COVERAGE_LEVELS`; rows of the same confidence stay together.

    >>> curve = coverage_curve(np.array([0, 1]), np.array([0, 0]), np.array([0.9, 0.6]), 2)
    >>> curve[0].accuracy, curve[-1].accuracy, curve[-1].confidence
    (0.5, 1.0, 0.9)
    """
    curve: list[CoveragePoint] = []
    falling = np.sort(confidence)[::-1]
    for share in COVERAGE_LEVELS if len(true) else ():
        min_confidence = falling[max(0, int(np.ceil(share * len(true))) - 1)]
        kept = confidence >= min_confidence
        confusion = confusion_matrix(true[kept], predicted[kept], k)
        scores = float(accuracy(confusion)), float(macro_f1(confusion))
        curve.append(CoveragePoint(share, float(kept.mean()), float(min_confidence), *scores))
    return curve


def _label_scores(confusion: CountArray, code: int) -> LabelScores:
    hits, claimed, support = (int(n) for n in (confusion[code, code], confusion[:, code].sum(), confusion[code].sum()))
    return LabelScores(
        precision=hits / claimed if claimed else 0.0,
        recall=hits / support if support else 0.0,
        f1=2 * hits / (claimed + support),
        support=support,
    )
