"""Trains a model: attitudes first, then the heads that are targets, then all other heads, each hearing those before.

What a later classifier hears in training comes from classifiers that were trained without the comment at hand, as it
will be when the model meets new comments (stacked generalisation, Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from stance.features.lexicon import Lexicon
from stance.features.target_examples import TargetExamples, build_target_examples
from stance.features.tfidf import KINDS, Features
from stance.features.vectorizer import Vectorizer
from stance.model.attitude_model import AttitudeModel, AttitudeScores
from stance.model.classifier import Classifier, softmax
from stance.model.labels import Labels, encode
from stance.model.model import Model
from stance.model.stacked_features import stack_head_features, stack_target_features
from stance.settings import Settings
from stance.training.calibration import fit_temperature
from stance.training.folds import assign_folds
from stance.training.regression import fit_path

NAMES = ("name", "people")  # kinds of aliases that say nothing but who is meant
MIN_NAME_CHARS = 4  # letters; shorter pieces are in too many other words


def targets_of(labels: Mapping[str, Sequence[str]], lexicon: Lexicon) -> list[str]:
    """Say which heads are attitudes toward a target of the lexicon.

    Parameters
    ----------
    labels : mapping of str to sequence of str
        For each head N labels, empty where there is none.
    lexicon : Lexicon

    Returns
    -------
    list of str
        Those with the same set of labels as most.

    Examples
    --------
    >>> cells = {"china": ["favor", "none"], "tone": ["good", "bad"]}
    >>> targets_of(cells, Lexicon.bundled())
    ['china']
    """
    kinds = {head: frozenset(filter(None, cells)) for head, cells in labels.items() if head in lexicon.targets}
    sets = [kind for kind in kinds.values() if len(kind) > 1]
    if not sets:
        return []
    commonest = max(sets, key=sets.count)
    return [head for head, kind in kinds.items() if kind == commonest]


def fit(
    texts: Sequence[str],
    labels: Mapping[str, Sequence[str]],
    Cs: Mapping[str, float],
    settings: Settings,
    groups: Sequence[str] | None = None,
    lexicon: Lexicon | None = None,
    tone_heads: Sequence[str] = (),
    threads: int = 1,
) -> Model:
    """Train on labelled comments.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    labels : mapping of str to sequence of str
        For each head N labels; a row whose label is empty is left out of that head.
    strengths : mapping of str to float
        scikit-learn's `C` for each head.
    settings : Settings
    groups : sequence of str, optional
        N names; a group is never in two folds. By default each comment is one.
    lexicon : Lexicon, optional
        By default the bundled one.
    hearing : sequence of str
        Heads that hear the tone of the words.
    threads : int
        Number of threads for the features; -1 for one a core.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        If no term occurs in `settings.min_df` texts.
    """
    lexicon = Lexicon.bundled() if lexicon is None else lexicon
    groups = [str(row) for row in range(len(texts))] if groups is None else groups
    vectorizer = Vectorizer.of(settings, threads)
    features = vectorizer.fit_transform(texts)
    features.sort_indices()  # products with weights, which lie in order, are faster so
    coded = {head: encode(cells) for head, cells in labels.items()}
    targets = targets_of(labels, lexicon) if len(set(groups)) > 1 else []
    attitudes: AttitudeModel | None = None
    reading: AttitudeScores | None = None
    heard = np.empty((len(texts), 0, 1))
    classifiers: dict[str, Classifier] = {}
    if targets:
        folds = assign_folds(groups, settings.inner_folds, settings.seed)
        attitudes, reading = fit_attitudes(texts, {head: coded[head] for head in targets}, folds, settings, lexicon)
        held_out = []
        nameless = _without(features, ~_is_no_name(vectorizer.features_, lexicon))
        for number, head in enumerate(targets):
            signals = stack_target_features(reading, number, settings)
            classifiers[head] = _fit(nameless, signals, coded[head], Cs[head], settings)
            held_out.append(_held_out(nameless, signals, coded[head], Cs[head], settings, folds))
        heard = np.stack(held_out, axis=1)
    elif tone_heads:
        attitudes = AttitudeModel.without_targets(lexicon)
        reading = attitudes.score(texts)
    for head in labels:
        if head not in targets:
            told = None if reading is None else stack_head_features(heard, reading, head in tone_heads, settings)
            one = _fit(features, told, coded[head], Cs[head], settings)
            classifiers[head] = replace(one, uses_tone=head in tone_heads)
    whole = Features(settings, vectorizer.features_.terms)
    return Model(whole, {head: classifiers[head] for head in labels}, attitudes)


def fit_attitudes(
    texts: Sequence[str],
    coded: Mapping[str, Labels],
    folds: NDArray[np.intp],
    settings: Settings,
    lexicon: Lexicon,
) -> tuple[AttitudeModel, AttitudeScores]:
    """Train the model of attitudes toward any target.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    coded : mapping of str to (labels, codes)
        For each of T targets K labels, the same for all, and N numbers of labels, -1 where there is none.
    folds : ndarray of shape (N,)
    settings : Settings
    lexicon : Lexicon

    Returns
    -------
    attitudes : Attitudes
    reading : Reading
        Of the same texts, each by a model trained without its fold.
    """
    targets, names = tuple(coded), next(iter(coded.values()))[0]
    codes = np.stack([codes for _, codes in coded.values()], axis=1)
    seen = build_target_examples(texts, lexicon, targets, settings.min_df, settings.number_scale)
    given = codes[seen.texts, seen.targets]
    whole = _attitudes(seen, given >= 0, given, names, targets, lexicon, settings)
    named = np.zeros((len(texts), len(targets)), np.bool_)
    named[seen.texts, seen.targets] = True
    counts = np.bincount(codes[~named & (codes >= 0)], minlength=len(names)) + 1  # Laplace's rule
    logits = np.zeros((len(texts), len(targets), len(names)))
    of_fold = folds[seen.texts]
    for fold in range(folds.max() + 1):
        part = _attitudes(seen, (given >= 0) & (of_fold != fold), given, names, targets, lexicon, settings)
        out = np.flatnonzero(of_fold == fold)
        logits[seen.texts[out], seen.targets[out]] = _logits(part, seen.matrix[out], settings)
    rows = np.flatnonzero(given >= 0)
    heat = fit_temperature(logits[seen.texts[rows], seen.targets[rows]], given[rows])
    whole = replace(whole, unnamed_proba=(counts / counts.sum()).astype(np.float32), temperature=heat)
    tones = whole.score(texts).tones
    return whole, AttitudeScores(logits, named, tones)


def _without(features: csr_matrix, columns: NDArray[np.bool_]) -> csr_matrix:
    rest = features.copy()
    rest.data[columns[rest.indices]] = 0
    rest.eliminate_zeros()
    return rest


def _is_no_name(features: Features, lexicon: Lexicon) -> NDArray[np.bool_]:
    """Tell which n-grams a head that is a target may weigh: not those that are a name, or a long piece of one.

    What a name is worth whatever is said of it is prejudice; it shows where nothing else is said.
    """
    aliases = {each.alias.lower() for each in lexicon.aliases if each.kind in NAMES}
    shortest, longest = MIN_NAME_CHARS, features.settings.char_ngrams[1]
    pieces = {
        f" {alias} "[start : start + n]
        for alias in aliases
        for n in range(shortest, longest + 1)
        for start in range(len(alias) + 3 - n)
    }
    words, chars = (features.terms[kind].vocabulary for kind in KINDS)
    return np.array([*(term not in aliases for term in words), *(term not in pieces for term in chars)])


def _attitudes(
    seen: TargetExamples,
    rows: NDArray[np.bool_],
    given: NDArray[np.intp],
    names: tuple[str, ...],
    targets: tuple[str, ...],
    lexicon: Lexicon,
    settings: Settings,
) -> AttitudeModel:
    kept, width = np.flatnonzero(rows), len(seen.names)
    own = replace(settings, balance=settings.attitude_balance)
    [found] = fit_path(seen.matrix[kept], given[kept], names, [settings.attitude_C], own)
    weights, numbers = found.weights[:, :width], found.weights[:, width:] * np.float32(seen.scale)
    return AttitudeModel(
        lexicon, targets, names, seen.names, seen.hashes, seen.idf, weights, numbers, found.bias,
        found.C, np.ones(len(names), np.float32)
    )  # fmt: skip


def _logits(part: AttitudeModel, matrix: csr_matrix, settings: Settings) -> NDArray[np.float64]:
    weights = np.hstack([part.weights, part.numbers / np.float32(settings.number_scale)]).astype(np.float64)
    logits = np.asarray(matrix @ weights.T) + part.bias
    return np.asarray(logits - logits.mean(axis=1, keepdims=True))


def _fit(
    features: csr_matrix, signals: NDArray[np.float64] | None, coded: Labels, C: float, settings: Settings
) -> Classifier:
    names, codes = coded
    rows = np.flatnonzero(codes >= 0)
    both = features if signals is None else hstack([features, csr_matrix(signals)]).tocsr()
    [found] = fit_path(both[rows], codes[rows], names, [C], settings)
    if signals is None:
        return found
    width = features.shape[1]
    return replace(found, weights=found.weights[:, :width].copy(), stacked_weights=found.weights[:, width:].copy())


def _held_out(
    features: csr_matrix,
    signals: NDArray[np.float64],
    coded: Labels,
    C: float,
    settings: Settings,
    folds: NDArray[np.intp],
) -> NDArray[np.float64]:
    names, codes = coded
    proba = np.empty((len(codes), len(names)))
    for fold in range(folds.max() + 1):
        inside = np.where(folds == fold, -1, codes)
        part = _fit(features, signals, Labels(names, inside), C, settings)
        out = np.flatnonzero(folds == fold)
        proba[out] = softmax(_plain_logits(part, features[out], signals[out]))
    return proba


def _plain_logits(classifier: Classifier, features: csr_matrix, signals: NDArray[np.float64]) -> NDArray[np.float64]:
    told = signals @ classifier.stacked_weights.T if classifier.stacked_weights is not None else 0.0
    return np.asarray(features @ classifier.weights.T.astype(np.float64)) + told + classifier.bias
