"""Choice of the regularisation strength of each head by grouped cross-validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from stance import kernel
from stance.model import encode
from stance.predictions import Predictions, statuses
from stance.regression import fit_path, probabilities
from stance.scores import confusion_matrix, macro_f1
from stance.settings import Settings
from stance.split import fold_numbers
from stance.text import is_blank
from stance.vectorizer import Vectorizer

Proba = NDArray[np.float64]


@dataclass(frozen=True)
class CrossValidation:
    """What cross-validation found.

    Parameters
    ----------
    strengths : dict of str to float
        The best `C` of each head over all folds.
    predictions : Predictions
        For every row what a model says that was trained without the row's fold, with the strength that does
        best on the other folds; so choosing the best on a fold does not flatter the score of that fold.
    """

    strengths: dict[str, float]
    predictions: Predictions


def cross_validate(
    texts: Sequence[str],
    labels: Mapping[str, Sequence[str]],
    groups: Sequence[str],
    settings: Settings,
    jobs: int = -1,
) -> CrossValidation:
    """Score every strength on held-out folds and choose.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    labels : mapping of str to sequence of str
        For each head N labels, empty where there is none.
    groups : sequence of str
        N names; a group is never in two folds.
    settings : Settings
    jobs : int
        Number of processes; -1 for one a core.

    Returns
    -------
    CrossValidation

    Raises
    ------
    ValueError
        If there are fewer than two groups, or no term is frequent enough.
    """
    folds = fold_numbers(groups, settings.folds, settings.seed)
    coded = {head: encode(cells) for head, cells in labels.items()}
    work = (delayed(_held_out_proba)(texts, coded, folds == fold, settings) for fold in range(folds.max() + 1))
    by_fold = Parallel(n_jobs=jobs)(work)
    strengths, proba = {}, {}
    known = np.empty(len(texts), np.int64)
    for fold, (_, counts) in enumerate(by_fold):
        known[folds == fold] = counts
    known[[is_blank(text) for text in texts]] = kernel.ABSENT
    for head, (names, codes) in coded.items():
        path = np.empty((len(settings.strengths), len(texts), len(names)))
        for fold, (found, _) in enumerate(by_fold):
            path[:, folds == fold] = found[head]
        strengths[head] = settings.strengths[_best(path, codes, codes >= 0)]
        proba[head] = _cross_chosen(path, codes, folds)
    names_of = {head: names for head, (names, _) in coded.items()}
    return CrossValidation(strengths, Predictions(names_of, proba, statuses(known)))


def _held_out_proba(
    texts: Sequence[str],
    coded: Mapping[str, tuple[tuple[str, ...], NDArray[np.intp]]],
    held_out: NDArray[np.bool_],
    settings: Settings,
) -> tuple[dict[str, Proba], NDArray[np.int64]]:
    with threadpool_limits(1):
        learned = [text for text, out in zip(texts, held_out, strict=True) if not out]
        vectorizer = Vectorizer.of(settings)
        features = vectorizer.fit_transform(learned)
        unseen = vectorizer.transform([text for text, out in zip(texts, held_out, strict=True) if out])
        found = {}
        for head, (names, all_codes) in coded.items():
            codes = all_codes[~held_out]
            rows = np.flatnonzero(codes >= 0)
            path = fit_path(features[rows], codes[rows], names, settings.strengths, settings.max_iter)
            found[head] = np.stack([probabilities(classifier, unseen) for classifier in path])
        return found, np.diff(unseen.indptr)


def _best(path: Proba, codes: NDArray[np.intp], rows: NDArray[np.bool_]) -> int:
    k = path.shape[2]
    scores = [macro_f1(confusion_matrix(codes[rows], proba[rows].argmax(axis=1), k)) for proba in path]
    return int(np.argmax(scores))


def _cross_chosen(path: Proba, codes: NDArray[np.intp], folds: NDArray[np.intp]) -> Proba:
    proba = np.empty(path.shape[1:])
    for fold in range(folds.max() + 1):
        inside = folds == fold
        proba[inside] = path[_best(path, codes, ~inside & (codes >= 0)), inside]
    return proba
