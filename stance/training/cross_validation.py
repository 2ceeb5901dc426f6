"""Grouped cross-validation of a whole model: every comment is labelled by one that was fitted without its article."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from stance.features.lexicon import Lexicon
from stance.model.explanation.log_odds import Contrast
from stance.model.explanation.word_reasons import Reason, explain_by_words
from stance.model.labels import encode
from stance.model.model import Model
from stance.model.predictions import Predictions
from stance.settings import Settings
from stance.training.calibration import calibrate
from stance.training.folds import assign_folds
from stance.training.model_selection import HeadChoices, choose_C
from stance.training.stacking import TrainingFeatures, fit
from stance.training.tfidf_baseline import baseline_labels, fit_baseline

Reasons = dict[tuple[str, int], list[Reason]]


@dataclass(frozen=True)
class CrossValidation:
    """Held-out predictions for N comments, and what a model for all of them needs."""

    choice: HeadChoices  # for the model for all comments
    model: Model | None  # fitted to all comments, if asked for; its temperatures are still 1
    temperatures: dict[str, float]  # of each head, fitted to the held-out predictions
    predictions: Predictions  # for each comment, by a model whose fit, choices and temperatures did without its fold
    baseline: dict[str, list[str]]  # held-out labels of the TF-IDF baseline, by head
    reasons: Reasons  # what adds up to the log-odds of wrong labels against the true ones, by head and row


class _Corpus(NamedTuple):
    texts: Sequence[str]
    labels: Mapping[str, Sequence[str]]
    groups: Sequence[str]

    def where(self, rows: NDArray[np.bool_]) -> _Corpus:
        def kept(values: Sequence[str]) -> list[str]:
            return [value for value, is_kept in zip(values, rows, strict=True) if is_kept]

        return _Corpus(kept(self.texts), {head: kept(cells) for head, cells in self.labels.items()}, kept(self.groups))


class _FoldResult(NamedTuple):
    predictions: Predictions
    baseline: dict[str, list[str]]
    reasons: Reasons


def cross_validate(
    texts: Sequence[str],
    labels: Mapping[str, Sequence[str]],
    groups: Sequence[str],
    settings: Settings,
    lexicon: Lexicon | None = None,
    n_jobs: int = -1,
    *,
    explained: int = 0,
    whole: bool = False,
    tell: Callable[[str], None] = lambda stage: None,
) -> CrossValidation:
    """Fit and score a model, and the TF-IDF baseline, on held-out folds.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    labels : mapping of str to sequence of str
        N labels for each head, empty for no label; such comments are predicted too.
    groups : sequence of str
        N names; a group is never in two folds.
    settings : Settings
    lexicon : Lexicon, optional
        By default the bundled one.
    n_jobs : int
        Number of processes; -1 for all cores.
    explained : int
        Number of wrong labels of each head and fold, the most confident first, to give reasons for.
    whole : bool
        Whether to fit a model to all comments too, beside the folds, so that no core is idle.

    tell : callable
        Called with the name of each stage when it begins.

    Returns
    -------
    CrossValidation

    Raises
    ------
    ValueError
        If there are fewer than two groups.
    VocabularyError
        If no n-gram occurs in `settings.min_df` comments outside a fold; a ValueError.

    Examples
    --------
    >>> texts = ["they lie", "they lie again", "thank you", "thank you all"] * 2
    >>> moods, groups = ["bad", "bad", "good", "good"] * 2, ["a"] * 4 + ["b"] * 4
    >>> result = cross_validate(texts, {"mood": moods}, groups, Settings(min_df=1), n_jobs=1)
    >>> result.predictions.label("mood") == moods
    True
    """
    tell(f"choosing C of each head by cross-validation ({len(texts):,} comments, {len(labels)} heads)")
    lexicon = Lexicon.bundled() if lexicon is None else lexicon
    corpus, folds = _Corpus(texts, labels, groups), assign_folds(groups, settings.folds, settings.seed)
    selection = choose_C(texts, labels, folds, settings, lexicon, n_jobs)
    tell("training without each fold" + (", and on all" if whole else ""))
    tasks = [
        delayed(_score_fold)(corpus, folds == fold, choices, features, settings, lexicon, explained)
        for fold, (choices, features) in enumerate(zip(selection.by_fold, selection.features, strict=True))
    ]
    if whole:  # first, as it takes longest
        tasks.insert(0, delayed(_fit_all)(corpus, selection.on_all, settings, lexicon))
    results = Parallel(n_jobs=n_jobs)(tasks)
    model = results.pop(0) if whole else None
    return _calibrate(_join_folds(corpus, folds, results), corpus, folds, selection.on_all, model)


def _fit_all(corpus: _Corpus, choices: HeadChoices, settings: Settings, lexicon: Lexicon) -> Model:
    with threadpool_limits(1):
        return _fit(corpus, choices, settings, lexicon)


def _score_fold(
    corpus: _Corpus,
    held_out: NDArray[np.bool_],
    choices: HeadChoices,
    features: TrainingFeatures,
    settings: Settings,
    lexicon: Lexicon,
    explained: int,
) -> _FoldResult:
    with threadpool_limits(1):
        known, unseen = corpus.where(~held_out), corpus.where(held_out)
        model = _fit(known, choices, settings, lexicon, features)
        terms, coded = model.features.terms["word"], {head: encode(cells) for head, cells in known.labels.items()}
        baseline = baseline_labels(unseen.texts, fit_baseline(known.texts, coded, terms, settings), terms, settings)
        predictions = model.proba(unseen.texts)
        reasons = _explain_errors(model, predictions, unseen, np.flatnonzero(held_out), explained) if explained else {}
        return _FoldResult(predictions, baseline, reasons)


def _fit(
    corpus: _Corpus,
    choices: HeadChoices,
    settings: Settings,
    lexicon: Lexicon,
    features: TrainingFeatures | None = None,
) -> Model:
    texts, labels, groups = corpus
    return fit(texts, labels, choices.Cs, settings, groups, lexicon, choices.tone_heads, features=features)


def _explain_errors(
    model: Model, predictions: Predictions, unseen: _Corpus, rows: NDArray[np.intp], explained: int
) -> Reasons:
    """Decompose the most confident wrong labels of each head; `rows` are the numbers of the unseen comments."""
    contrasts = []
    for head, cells in unseen.labels.items():
        names, proba = predictions.labels[head], predictions.proba[head]
        true = encode(cells, names).codes
        wrong = np.flatnonzero((true >= 0) & (true != proba.argmax(axis=1)) & predictions.is_ok)
        most_confident = wrong[np.argsort(-proba[wrong].max(axis=1), kind="stable")][:explained]
        contrasts += [Contrast(head, int(row), other=names[true[row]]) for row in most_confident]
    parts = explain_by_words(model, unseen.texts, contrasts)
    return {(head, int(rows[row])): each for (head, row), each in parts.items()}


def _join_folds(corpus: _Corpus, folds: NDArray[np.intp], results: Sequence[_FoldResult]) -> _FoldResult:
    """Put the results of the folds into the order of the comments; a label that a fold never saw gets 0."""
    n = len(folds)
    labels = {head: encode(cells).names for head, cells in corpus.labels.items()}
    proba = {head: np.zeros((n, len(names))) for head, names in labels.items()}
    baseline, status = {head: np.empty(n, dtype=object) for head in labels}, np.empty(n, np.intp)
    reasons: Reasons = {}
    for fold, result in enumerate(results):
        rows = np.flatnonzero(folds == fold)
        status[rows] = result.predictions.status
        for head, names in labels.items():
            columns = [names.index(name) for name in result.predictions.labels[head]]
            proba[head][rows[:, None], columns] = result.predictions.proba[head]
            baseline[head][rows] = result.baseline[head]
        reasons |= result.reasons
    by_head = {head: cells.tolist() for head, cells in baseline.items()}
    return _FoldResult(Predictions(labels, proba, status), by_head, reasons)


def _calibrate(
    held_out: _FoldResult, corpus: _Corpus, folds: NDArray[np.intp], choice: HeadChoices, model: Model | None
) -> CrossValidation:
    predictions, baseline, reasons = held_out
    proba, temperatures = {}, {}
    by_fold: dict[str, list[float]] = {}
    for head, names in predictions.labels.items():
        codes = encode(corpus.labels[head], names).codes
        proba[head], temperatures[head], by_fold[head] = calibrate(predictions.proba[head], codes, folds)
    scaled = {
        (head, row): [each._replace(weight=each.weight / by_fold[head][folds[row]]) for each in found]
        for (head, row), found in reasons.items()
    }
    calibrated = Predictions(predictions.labels, proba, predictions.status)
    return CrossValidation(choice, model, temperatures, calibrated, baseline, scaled)
