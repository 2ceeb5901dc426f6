"""stance/evaluation/head_scores.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.bootstrap import RESAMPLES, ZERO, Counts, Score, resample_counts, with_interval
from stance.evaluation.calibration_error import Bin, calibration_error, reliability_bins
from stance.evaluation.metrics import accuracy, average_f1, confusion_matrix, macro_f1, macro_recall
from stance.heads import AGAINST, FAVOR

COVERAGE_LEVELS = (
    1,
    0.95,
    0.9,
    0.8,
    0.7,
    0.6,
    0.5,
    0.4,
    0.3,
    0.2,
    0.1,
)  # of the rows, when the least confident are left out


@dataclass(frozen=True)
class LabelScores:
    """How well one label is found: three figures between 0 and 1, and the number of rows that truly have it."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Summary:
    """The figures that stand for a head.

    Parameters
    ----------
    macro_f1, macro_recall : Score
        Averaged over labels; the latter is AvgRec of SemEval-2017 task 4 (Rosenthal et al. 2017).
    accuracy : Score
    f_avg : Score or None
        F1 averaged over `against` and `favor` alone, as in SemEval-2016 task 6 (Mohammad et al. 2016); None where a
        head does not have both.
    """

    macro_f1: Score
    macro_recall: Score
    accuracy: Score
    f_avg: Score | None = None


@dataclass(frozen=True)
class PairedComparison:
    """How another way does on N of the rows, and by how much the model's macro F1 is higher (paired bootstrap)."""

    n: int
    summary: Summary
    difference: Score


@dataclass(frozen=True)
class CoveragePoint:
    """The most confident rows: the share asked for, that found, the confidence needed, how well they are labelled."""

    share: float
    coverage: float
    confidence: float
    accuracy: float
    macro_f1: float


@dataclass(frozen=True)
class HeadScores:
    """All that is measured on one head.

    Parameters
    ----------
    n : int
        Rows with a true and a predicted label.
    unscored : int
        Rows with a true label to which the model gave none.
    summary : Summary
    labels : dict of str to LabelScores
        The K labels that occur among the true or the predicted ones.
    confusion : list of list of int
        K rows of true, K columns of predicted labels.
    ece : float
        Expected calibration error, 0 to 1.
    reliability : list of Bin
    baselines : dict of str to Compared
    coverage : list of Covered
        From all rows down to a tenth of them.
    """

    n: int
    unscored: int
    summary: Summary
    labels: dict[str, LabelScores]
    confusion: list[list[int]]
    ece: float
    reliability: list[Bin]
    baselines: dict[str, PairedComparison]
    coverage: list[CoveragePoint]


def score_head(
    true: NDArray[np.intp],
    proba: NDArray[np.float64],
    labels: Sequence[str],
    *,
    baselines: Mapping[str, NDArray[np.intp]],
    groups: Sequence[str] | None = None,
    unscored: int = 0,
    seed: int = 0,
) -> HeadScores:
    """Measure one head.

    Parameters
    ----------
    true : ndarray of shape (N,)
        Numbers of the true labels in `labels`.
    proba : ndarray of shape (N, K)
        Predicted probabilities.
    labels : sequence of str
        K labels.
    baselines : mapping of str to ndarray of shape (N,)
        What simpler ways predict, -1 where they were not asked.
    groups : sequence of str, optional
        N names; rows of one name are resampled together.
    unscored : int
        Rows that were left out because the model gave no label.
    seed : int

    Returns
    -------
    HeadScores

    Examples
    --------
    >>> true, proba = np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    >>> found = score_head(true, proba, ["no", "yes"], baselines={})
    >>> found.confusion, round(found.summary.macro_f1.value, 3)
    ([[1, 0], [1, 1]], 0.667)
    """
    predicted = proba.argmax(axis=1)
    confusion = confusion_matrix(true, predicted, len(labels))
    kept = np.flatnonzero(confusion.sum(axis=0) + confusion.sum(axis=1)).tolist()
    return HeadScores(
        n=len(true),
        unscored=unscored,
        summary=summarise(true, predicted, labels, groups, seed),
        labels={labels[code]: _label_scores(confusion, code) for code in kept},
        confusion=confusion[np.ix_(kept, kept)].tolist(),
        ece=calibration_error(proba.max(axis=1), predicted == true),
        reliability=reliability_bins(proba.max(axis=1), predicted == true),
        baselines={name: compare(true, predicted, codes, labels, groups, seed) for name, codes in baselines.items()},
        coverage=coverage_curve(true, predicted, proba.max(axis=1), len(labels)),
    )


def summarise(
    true: NDArray[np.intp],
    predicted: NDArray[np.intp],
    labels: Sequence[str],
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> Summary:
    """Compute the figures of a head with bootstrap intervals.

    Parameters
    ----------
    true, predicted : ndarray of shape (N,)
        Numbers of labels.
    labels : sequence of str
        K labels.
    groups : sequence of str, optional
        N names; whole groups are resampled (the cluster bootstrap of Field and Welsh 2007).
    seed : int

    Returns
    -------
    Summary

    Examples
    --------
    >>> true, predicted = np.array([0, 1, 2, 1]), np.array([0, 1, 2, 2])
    >>> found = summarise(true, predicted, ["against", "favor", "none"])
    >>> round(found.macro_f1.value, 3), round(found.f_avg.value, 3)
    (0.778, 0.833)
    """
    k = len(labels)
    whole = confusion_matrix(true, predicted, k)
    if not len(true):
        return Summary(ZERO, ZERO, ZERO)
    resampled = resample_counts(true * k + predicted, k * k, groups, seed).reshape(RESAMPLES, k, k)
    return _summary(whole, resampled, labels)


def compare(
    true: NDArray[np.intp],
    predicted: NDArray[np.intp],
    other: NDArray[np.intp],
    labels: Sequence[str],
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> PairedComparison:
    """Measure another way on the same rows and the same resamples of them.

    Parameters
    ----------
    true, predicted, other : ndarray of shape (N,)
        Numbers of labels: true ones, the model's, the other way's; rows where the latter is -1 are left out.
    labels : sequence of str
        K labels.
    groups : sequence of str, optional
        N names; whole groups are resampled.
    seed : int

    Returns
    -------
    Compared

    Examples
    --------
    >>> true, model, guess = np.array([0, 1] * 50), np.array([0, 1] * 50), np.array([0, 0] * 50)
    >>> round(compare(true, model, guess, ["no", "yes"]).difference.value, 3)
    0.667
    """
    k, both = len(labels), np.flatnonzero(other >= 0)
    true, predicted, other = true[both], predicted[both], other[both]
    groups = None if groups is None else [groups[row] for row in both.tolist()]
    ours, theirs = confusion_matrix(true, predicted, k), confusion_matrix(true, other, k)
    if not len(true):
        return PairedComparison(0, Summary(ZERO, ZERO, ZERO), ZERO)
    drawn = resample_counts((true * k + predicted) * k + other, k**3, groups, seed).reshape(RESAMPLES, k, k, k)
    of_ours, of_theirs = drawn.sum(axis=3), drawn.sum(axis=2)
    gap = macro_f1(of_ours, ours) - macro_f1(of_theirs, theirs)
    return PairedComparison(
        len(true), _summary(theirs, of_theirs, labels), with_interval(float(macro_f1(ours) - macro_f1(theirs)), gap)
    )


def coverage_curve(
    true: NDArray[np.intp], predicted: NDArray[np.intp], confidence: NDArray[np.float64], k: int
) -> list[CoveragePoint]:
    """Measure the most confident rows, from all of them down to a tenth.

    Parameters
    ----------
    true, predicted : ndarray of shape (N,)
        Label numbers, 0 to `k` - 1.
    confidence : ndarray of shape (N,)
    k : int

    Returns
    -------
    list of Covered
        One for each of `SHARES`; rows of the same confidence are kept or left together.

    Examples
    --------
    >>> curve = coverage_curve(np.array([0, 1]), np.array([0, 0]), np.array([0.9, 0.6]), 2)
    >>> curve[0].accuracy, curve[-1].accuracy, curve[-1].confidence
    (0.5, 1.0, 0.9)
    """
    curve: list[CoveragePoint] = []
    falling = np.sort(confidence)[::-1]
    for share in COVERAGE_LEVELS if len(true) else ():
        least = falling[max(0, int(np.ceil(share * len(true))) - 1)]
        kept = confidence >= least
        confusion = confusion_matrix(true[kept], predicted[kept], k)
        measured = float(accuracy(confusion)), float(macro_f1(confusion))
        curve.append(CoveragePoint(share, float(kept.mean()), float(least), *measured))
    return curve


def _summary(whole: Counts, resampled: Counts, labels: Sequence[str]) -> Summary:
    sides = [number for number, label in enumerate(labels) if label in (AGAINST, FAVOR)]
    return Summary(
        with_interval(float(macro_f1(whole)), macro_f1(resampled, whole)),
        with_interval(float(macro_recall(whole)), macro_recall(resampled)),
        with_interval(float(accuracy(whole)), accuracy(resampled)),
        with_interval(float(average_f1(whole, sides)), average_f1(resampled, sides)) if len(sides) == 2 else None,
    )


def _label_scores(confusion: Counts, code: int) -> LabelScores:
    hits, claimed, support = (int(n) for n in (confusion[code, code], confusion[:, code].sum(), confusion[code].sum()))
    return LabelScores(
        precision=hits / claimed if claimed else 0.0,
        recall=hits / support if support else 0.0,
        f1=2 * hits / (claimed + support),
        support=support,
    )
