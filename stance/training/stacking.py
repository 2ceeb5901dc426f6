"""Fit a model: the attitude model first, then the heads that are targets, then all other heads, each on those before.

In training, stacked features come from classifiers that were fitted without the comment at hand, as they do when the
model is used on new comments (stacked generalization, Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

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

NAME_KINDS = ("name", "people")  # kinds of aliases that say nothing but who is meant
MIN_NAME_CHARS = 4  # characters; shorter n-grams of a name are in too many other words


class TrainingFeatures(NamedTuple):
    """Vocabulary of N texts, and their features, which every head is fitted on."""

    vectorizer: Vectorizer
    matrix: csr_matrix  # (N, V), indices sorted


class _TargetHeads(NamedTuple):
    """What all other heads are stacked on."""

    attitude_model: AttitudeModel
    scores: AttitudeScores  # of the training texts, held out
    classifiers: dict[str, Classifier]
    proba: NDArray[np.float64]  # (N, T, K), held out


def targets_of(labels: Mapping[str, Sequence[str]], lexicon: Lexicon) -> list[str]:
    """Return the heads that are attitudes toward a target of the lexicon: those with the most frequent set of labels.

    >>> targets_of({"china": ["favor", "none"], "tone": ["good", "bad"]}, Lexicon.bundled())
    ['china']
    """
    label_sets = {head: frozenset(filter(None, cells)) for head, cells in labels.items() if head in lexicon.targets}
    usable = [label_set for label_set in label_sets.values() if len(label_set) > 1]
    if not usable:
        return []
    most_frequent = max(usable, key=usable.count)
    return [head for head, label_set in label_sets.items() if label_set == most_frequent]


def fit_features(texts: Sequence[str], settings: Settings, n_threads: int = 1) -> TrainingFeatures:
    """Learn the vocabulary of texts and compute their features; VocabularyError if no n-gram is frequent enough."""
    vectorizer = Vectorizer.of(settings, n_threads)
    matrix = vectorizer.fit_transform(texts)
    matrix.sort_indices()  # products with weights, which lie in order, are faster so
    return TrainingFeatures(vectorizer, matrix)


def fit(
    texts: Sequence[str],
    labels: Mapping[str, Sequence[str]],
    Cs: Mapping[str, float],
    settings: Settings,
    groups: Sequence[str] | None = None,
    lexicon: Lexicon | None = None,
    tone_heads: Sequence[str] = (),
    n_threads: int = 1,
    *,
    features: TrainingFeatures | None = None,
) -> Model:
    """Fit a model to labelled comments.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    labels : mapping of str to sequence of str
        N labels for each head; a comment with an empty label is left out of that head.
    Cs : mapping of str to float
        scikit-learn's `C` (inverse regularization strength) of each head.
    settings : Settings
    groups : sequence of str, optional
        N names; inner folds do not split a group. By default each comment is a group.
    lexicon : Lexicon, optional
        By default the bundled one.
    tone_heads : sequence of str
        Heads that get the tone features.
    n_threads : int
        Number of threads that compute the features; -1 for all cores.
    features : TrainingFeatures, optional
        `fit_features(texts, settings)`, where it is computed already.

    Returns
    -------
    Model
        With all temperatures at 1; see `calibration`.

    Raises
    ------
    VocabularyError
        If no n-gram occurs in `settings.min_df` texts; a ValueError.

    Examples
    --------
    >>> texts = ["they lie", "they lie again", "thank you", "thank you all"]
    >>> model = fit(texts, {"mood": ["bad", "bad", "good", "good"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> model.proba(["thank you, friends"]).label("mood")
    ['good']
    """
    lexicon = Lexicon.bundled() if lexicon is None else lexicon
    groups = [str(row) for row in range(len(texts))] if groups is None else groups
    vectorizer, matrix = fit_features(texts, settings, n_threads) if features is None else features
    coded = {head: encode(cells) for head, cells in labels.items()}
    targets = targets_of(labels, lexicon) if len(set(groups)) > 1 else []
    stack: _TargetHeads | None = None
    if targets:
        folds = assign_folds(groups, settings.inner_folds, settings.seed)
        nameless = _drop_columns(matrix, _is_name(vectorizer.features_, lexicon))
        stack = _fit_target_heads(
            texts, nameless, {head: coded[head] for head in targets}, Cs, folds, settings, lexicon
        )
    elif tone_heads:
        attitudes = AttitudeModel.without_targets(lexicon)
        stack = _TargetHeads(attitudes, attitudes.score(texts), {}, np.empty((len(texts), 0, 1)))
    others = {head: coded[head] for head in labels if head not in targets}
    classifiers = _fit_other_heads(matrix, others, Cs, stack, tone_heads, settings)
    if stack is not None:
        classifiers |= stack.classifiers
    return Model(
        Features(settings, vectorizer.features_.terms),
        {head: classifiers[head] for head in labels},
        None if stack is None else stack.attitude_model,
    )


def fit_attitudes(
    texts: Sequence[str],
    coded: Mapping[str, Labels],
    folds: NDArray[np.intp],
    settings: Settings,
    lexicon: Lexicon,
) -> tuple[AttitudeModel, AttitudeScores]:
    """Fit the attitude model to T targets with the same K labels; score the same N texts, held out by fold."""
    targets, names = tuple(coded), next(iter(coded.values())).names
    codes = np.stack([labels.codes for labels in coded.values()], axis=1)
    examples = build_target_examples(texts, lexicon, targets, settings.min_df, settings.number_scale)
    example_codes, example_folds = codes[examples.texts, examples.targets], folds[examples.texts]

    def fit_codes(some: NDArray[np.intp]) -> AttitudeModel:
        return _fit_attitude_model(examples, Labels(names, some), targets, lexicon, settings)

    named = np.zeros((len(texts), len(targets)), np.bool_)
    named[examples.texts, examples.targets] = True
    counts = np.bincount(codes[~named & (codes >= 0)], minlength=len(names)) + 1  # Laplace's rule
    logits = np.zeros((len(texts), len(targets), len(names)))
    for fold in range(folds.max() + 1):
        held_out = np.flatnonzero(example_folds == fold)
        model = fit_codes(np.where(example_folds == fold, -1, example_codes))
        fold_logits = _attitude_logits(model, examples.matrix[held_out], settings)
        logits[examples.texts[held_out], examples.targets[held_out]] = fold_logits
    rows = np.flatnonzero(example_codes >= 0)
    temperature = fit_temperature(logits[examples.texts[rows], examples.targets[rows]], example_codes[rows])
    unnamed_proba = (counts / counts.sum()).astype(np.float32)
    attitudes = replace(fit_codes(example_codes), unnamed_proba=unnamed_proba, temperature=temperature)
    return attitudes, AttitudeScores(logits, named, attitudes.score(texts).tones)


def _fit_target_heads(
    texts: Sequence[str],
    matrix: csr_matrix,
    coded: Mapping[str, Labels],
    Cs: Mapping[str, float],
    folds: NDArray[np.intp],
    settings: Settings,
    lexicon: Lexicon,
) -> _TargetHeads:
    attitudes, scores = fit_attitudes(texts, coded, folds, settings, lexicon)
    classifiers, proba = {}, []
    for number, (head, labels) in enumerate(coded.items()):
        stacked = stack_target_features(scores, number, settings)
        design = _join_columns(matrix, stacked)
        classifiers[head] = _fit_classifier(design, matrix.shape[1], labels, Cs[head], settings)
        proba.append(_held_out_proba(design, matrix, stacked, labels, Cs[head], settings, folds))
    return _TargetHeads(attitudes, scores, classifiers, np.stack(proba, axis=1))


def _fit_other_heads(
    matrix: csr_matrix,
    coded: Mapping[str, Labels],
    Cs: Mapping[str, float],
    stack: _TargetHeads | None,
    tone_heads: Sequence[str],
    settings: Settings,
) -> dict[str, Classifier]:
    classifiers = {}
    for head, labels in coded.items():
        uses_tone = head in tone_heads
        design = matrix
        if stack is not None:
            design = _join_columns(matrix, stack_head_features(stack.proba, stack.scores, uses_tone, settings))
        classifier = _fit_classifier(design, matrix.shape[1], labels, Cs[head], settings)
        classifiers[head] = replace(classifier, uses_tone=uses_tone)
    return classifiers


def _fit_attitude_model(
    examples: TargetExamples, labels: Labels, targets: tuple[str, ...], lexicon: Lexicon, settings: Settings
) -> AttitudeModel:
    names, codes = labels
    balanced = replace(settings, balance=settings.attitude_balance)
    [classifier] = fit_path(examples.matrix, codes, names, [settings.attitude_C], balanced)
    weights, numbers = np.split(classifier.weights, [len(examples.names)], axis=1)
    return AttitudeModel(
        lexicon, targets, names, examples.names, examples.hashes, examples.idf, weights,
        numbers * np.float32(examples.scale), classifier.bias, classifier.C, np.ones(len(names), np.float32)
    )  # fmt: skip


def _attitude_logits(model: AttitudeModel, matrix: csr_matrix, settings: Settings) -> NDArray[np.float64]:
    weights = np.hstack([model.weights, model.numbers / np.float32(settings.number_scale)]).astype(np.float64)
    logits = np.asarray(matrix @ weights.T) + model.bias
    return np.asarray(logits - logits.mean(axis=1, keepdims=True))


def _is_name(features: Features, lexicon: Lexicon) -> NDArray[np.bool_]:
    """Find the n-grams that are a name of a target, or a long part of one; (V,).

    The heads of targets drop them: their weight would be a bias toward the name, seen where nothing else is said.
    """
    aliases = {each.alias.lower() for each in lexicon.aliases if each.kind in NAME_KINDS}
    char_ngrams = {
        f" {alias} "[start : start + n]
        for alias in aliases
        for n in range(MIN_NAME_CHARS, features.settings.char_ngrams[1] + 1)
        for start in range(len(alias) + 3 - n)
    }
    words, chars = (features.terms[kind].vocabulary for kind in KINDS)
    return np.array([*(term in aliases for term in words), *(term in char_ngrams for term in chars)])


def _drop_columns(matrix: csr_matrix, columns: NDArray[np.bool_]) -> csr_matrix:
    rest = matrix.copy()
    rest.data[columns[rest.indices]] = 0
    rest.eliminate_zeros()
    return rest


def _join_columns(matrix: csr_matrix, stacked: NDArray[np.float64]) -> csr_matrix:
    return hstack([matrix, csr_matrix(stacked)]).tocsr()


def _fit_classifier(design: csr_matrix, n_features: int, labels: Labels, C: float, settings: Settings) -> Classifier:
    """Fit one head to its features and, in the columns after them, its stacked features."""
    [classifier] = fit_path(design, labels.codes, labels.names, [C], settings)
    if design.shape[1] == n_features:
        return classifier
    weights, stacked_weights = np.split(classifier.weights, [n_features], axis=1)
    return replace(classifier, weights=weights.copy(), stacked_weights=stacked_weights.copy())


def _held_out_proba(
    design: csr_matrix,
    matrix: csr_matrix,
    stacked: NDArray[np.float64],
    labels: Labels,
    C: float,
    settings: Settings,
    folds: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Predict each fold by a classifier fitted to the others; (N, K)."""
    names, codes = labels
    proba = np.empty((len(codes), len(names)))
    for fold in range(folds.max() + 1):
        others = Labels(names, np.where(folds == fold, -1, codes))
        classifier = _fit_classifier(design, matrix.shape[1], others, C, settings)
        rows = np.flatnonzero(folds == fold)
        proba[rows] = softmax(_logits(classifier, matrix[rows], stacked[rows]))
    return proba


def _logits(classifier: Classifier, matrix: csr_matrix, stacked: NDArray[np.float64]) -> NDArray[np.float64]:
    from_others = 0.0 if classifier.stacked_weights is None else stacked @ classifier.stacked_weights.T
    return np.asarray(matrix @ classifier.weights.T.astype(np.float64)) + from_others + classifier.bias
