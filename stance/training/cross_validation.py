"""Grouped cross-validation of a whole model: every comment labelled by one that was trained without its article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from stance.features.lexicon import Lexicon
from stance.model.classifier import softmax
from stance.model.explanation.log_odds import Contrast, Part, explain_contrasts
from stance.model.labels import encode
from stance.model.model import Model
from stance.model.predictions import Predictions
from stance.settings import Settings
from stance.training.calibration import fit_temperature
from stance.training.folds import assign_folds
from stance.training.model_selection import HeadChoices, choose_C
from stance.training.stacking import fit
from stance.training.tfidf_baseline import baseline_labels, fit_baseline

Proba = NDArray[np.float64]
MIN_PROBA = 1e-12  # probability, before its logarithm is taken


@dataclass(frozen=True)
class CrossValidation:
    """What cross-validation found.

    Parameters
    ----------
    choice : Choice
        How a model for all rows is to be trained.
    model : Model or None
        That is trained so, if it was asked for; its temperatures are still 1.
    temperatures : dict of str to float
        Of each head, fitted on what is held out.
    predictions : Predictions
        For every row what a model says that was trained without the row's fold; neither strengths nor temperatures
        were chosen on that fold.
    plain : dict of str to list of str
        For each head what a plain model of words says of every row, likewise trained without the row's fold.
    reasons : dict of (str, int) to list of (str, float)
        By head and row the parts of a wrong label's log-odds against the true one, for the surest of each fold.
    """

    choice: HeadChoices
    model: Model | None
    temperatures: dict[str, float]
    predictions: Predictions
    baseline: dict[str, list[str]]
    reasons: dict[tuple[str, int], list[Part]]


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
) -> CrossValidation:
    """Train and score on held-out folds.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    labels : mapping of str to sequence of str
        For each head N labels, empty where there is none.
    groups : sequence of str
        N names; a group is never in two folds.
    settings : Settings
    lexicon : Lexicon, optional
        By default the bundled one.
    jobs : int
        Number of processes; -1 for one a core.
    surest : int
        Of how many wrong labels of each head and fold to give the reasons.
    whole : bool
        Whether to train a model on all rows too, beside those without a fold, so that no core is idle.

    Returns
    -------
    CrossValidation

    Raises
    ------
    ValueError
        If there are fewer than two groups, or no term is frequent enough.
    """
    lexicon = Lexicon.bundled() if lexicon is None else lexicon
    folds = assign_folds(groups, settings.folds, settings.seed)
    *by_fold, on_all = choose_C(texts, labels, folds, settings, lexicon, n_jobs)
    names = {head: encode(cells) for head, cells in labels.items()}
    work = [
        delayed(_held_out)(texts, labels, groups, folds == fold, choice, settings, lexicon, explained)
        for fold, choice in enumerate(by_fold)
    ]
    if whole:  # first, as it takes longest
        work.insert(0, delayed(_on_all)(texts, labels, groups, on_all, settings, lexicon))
    results = Parallel(n_jobs=n_jobs)(work)
    model = results.pop(0) if whole else None
    proba = {head: np.empty((len(texts), len(each))) for head, (each, _) in names.items()}
    status, plain = np.empty(len(texts), np.intp), {head: np.empty(len(texts), dtype=object) for head in names}
    reasons: dict[tuple[str, int], list[Part]] = {}
    for fold, (said, simple, found) in enumerate(results):
        reasons |= found
        rows = folds == fold
        status[rows] = said.status
        for head, (each, _) in names.items():
            proba[head][rows] = _in_order(said, head, each)
            plain[head][rows] = simple[head]
    heated, temperatures = {}, {}
    for head, (_, codes) in names.items():
        heated[head], temperatures[head], by_others = calibrate(proba[head], codes, folds)
        for key in [key for key in reasons if key[0] == head]:
            reasons[key] = [(name, weight / by_others[folds[key[1]]]) for name, weight in reasons[key]]
    labelled = {head: each for head, (each, _) in names.items()}
    said = Predictions(labelled, heated, status)
    simple = {head: each.tolist() for head, each in plain.items()}
    return CrossValidation(on_all, model, temperatures, said, simple, reasons)


def calibrate(proba: Proba, codes: NDArray[np.intp], folds: NDArray[np.intp]) -> tuple[Proba, float, list[float]]:
    """Calibrate held-out probabilities.

    Parameters
    ----------
    proba : ndarray of shape (N, K)
    codes : ndarray of shape (N,)
        Numbers of the true labels, -1 where there is none.
    folds : ndarray of shape (N,)

    Returns
    -------
    proba : ndarray of shape (N, K)
        Each fold at the temperature that suits the others.
    temperature : float
        That suits all.
    by_others : list of float
        For each fold the temperature that suits the others.
    """
    logits, known = np.log(np.maximum(proba, MIN_PROBA)), codes >= 0
    heated, by_others = np.empty_like(proba), []
    for fold in range(folds.max() + 1):
        others = known & (folds != fold)
        by_others.append(fit_temperature(logits[others], codes[others]))
        heated[folds == fold] = softmax(logits[folds == fold] / by_others[fold])
    return heated, fit_temperature(logits[known], codes[known]), by_others


def _on_all(
    texts: Sequence[str],
    labels: Mapping[str, Sequence[str]],
    groups: Sequence[str],
    choice: HeadChoices,
    settings: Settings,
    lexicon: Lexicon,
) -> Model:
    with threadpool_limits(1):
        return fit(texts, labels, choice.Cs, settings, groups, lexicon, choice.tone_heads)


def _held_out(
    texts: Sequence[str],
    labels: Mapping[str, Sequence[str]],
    groups: Sequence[str],
    held_out: NDArray[np.bool_],
    choice: HeadChoices,
    settings: Settings,
    lexicon: Lexicon,
    explained: int,
) -> tuple[Predictions, dict[str, list[str]], dict[tuple[str, int], list[Part]]]:
    def kept(values: Sequence[str]) -> list[str]:
        return [value for value, out in zip(values, held_out, strict=True) if not out]

    with threadpool_limits(1):
        known = {head: kept(cells) for head, cells in labels.items()}
        model = fit(kept(texts), known, choice.Cs, settings, kept(groups), lexicon, choice.tone_heads)
        unseen, terms = [text for text, out in zip(texts, held_out, strict=True) if out], model.features.terms["word"]
        plain = fit_baseline(kept(texts), {head: encode(cells) for head, cells in known.items()}, terms, settings)
        said, rows = model.proba(unseen), np.flatnonzero(held_out)
        reasons = _reasons(model, texts, said, rows, labels, explained) if explained else {}
        return said, baseline_labels(unseen, plain, terms, settings), reasons


def _reasons(
    model: Model,
    texts: Sequence[str],
    said: Predictions,
    rows: NDArray[np.intp],
    labels: Mapping[str, Sequence[str]],
    explained: int,
) -> dict[tuple[str, int], list[Part]]:
    contrasts = []
    for head, cells in labels.items():
        names, proba = said.labels[head], said.proba[head]
        true = encode([cells[row] for row in rows], names)[1]
        wrong = np.flatnonzero((true >= 0) & (true != proba.argmax(axis=1)) & said.is_ok)
        best = wrong[np.argsort(-proba[wrong].max(axis=1), kind="stable")][:explained]
        contrasts += [Contrast(head, int(rows[at]), other=names[true[at]]) for at in best]
    return explain_contrasts(model, texts, contrasts)


def _in_order(said: Predictions, head: str, names: Sequence[str]) -> Proba:
    proba = np.zeros((len(said.status), len(names)))
    proba[:, [names.index(name) for name in said.labels[head]]] = said.proba[head]
    return proba
