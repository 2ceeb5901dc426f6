"""One model of attitude toward a target, for all targets: those it was trained on, and any other of the lexicon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stance.features.characters import Texts, encode_utf8
from stance.features.kernels.attitudes import AttitudeWeights, score_attitudes
from stance.features.kernels.context_numbers import CONTEXT_NUMBERS, TONE_NUMBERS
from stance.features.kernels.hashing import table_of
from stance.features.lexicon import Lexicon
from stance.features.parallel import run_in_threads
from stance.features.tfidf import TABULATED_COUNTS, CollisionError
from stance.model.classifier import softmax


@dataclass(frozen=True)
class AttitudeScores:
    """Attitudes of N texts toward T targets, as logits."""

    logits: NDArray[np.float64]  # (N, T, K); of mean 0 over the labels, all 0 where the target is not named
    named: NDArray[np.bool_]  # (N, T); whether the text names the target
    tones: NDArray[np.float64]  # (N, len(TONE_NUMBERS)); tone features of the text

    def first_targets(self, n: int) -> AttitudeScores:
        """Return the scores of the first n targets alone."""
        return AttitudeScores(self.logits[:, :n], self.named[:, :n], self.tones)


@dataclass(frozen=True)
class AttitudeModel:
    """Logistic regression on the context features of a target: the words around its names.

    One symbol stands for the target at hand and one for all others, so that it can be asked for targets that it has
    never seen.

    Parameters
    ----------
    lexicon : Lexicon
        Names of targets, and tones of words.
    targets : tuple of str
        The targets that it was trained on.
    labels : tuple of str
        Names of the K labels.
    names : tuple of str
        The V context features, such as `our T` (T: the target) and `clause: lie`.
    hashes : ndarray of shape (V,)
        By which the kernels find them.
    idf : ndarray of shape (V,)
    weights : ndarray of shape (K, V)
    numbers : ndarray of shape (K, len(CONTEXT_NUMBERS))
        Weights of the context numbers, such as the tone of the clause.
    bias : ndarray of shape (K,)
    C : float
        scikit-learn's inverse regularization strength that it was fitted with.
    unnamed_proba : ndarray of shape (K,)
        Share of each label in training where the target was not named.
    temperature : float
        Above 0; fitted on held-out predictions (Guo et al. 2017).
    """

    lexicon: Lexicon
    targets: tuple[str, ...]
    labels: tuple[str, ...]
    names: tuple[str, ...]
    hashes: NDArray[np.uint64]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    numbers: NDArray[np.float32]
    bias: NDArray[np.float32]
    C: float
    unnamed_proba: NDArray[np.float32]
    temperature: float = 1.0

    @classmethod
    def without_targets(cls, lexicon: Lexicon) -> AttitudeModel:
        """Return a model that computes the tone features, and nothing else."""
        nothing = np.zeros((1, 0), np.float32)
        numbers, one = np.zeros((1, len(CONTEXT_NUMBERS)), np.float32), np.ones(1, np.float32)
        return cls(lexicon, (), ("none",), (), np.empty(0, np.uint64), nothing[0], nothing, numbers, one, 1.0, one)

    def with_lexicon(self, lexicon: Lexicon) -> AttitudeModel:
        """Return the same model with another lexicon."""
        return replace(self, lexicon=lexicon)

    def compile(self, targets: tuple[str, ...]) -> None:
        """Build once what threads share to score these targets.

        Raises CollisionError if two features share a hash, OptionError if two words of the lexicon do.
        """
        self._weights  # noqa: B018  a cached property
        self.lexicon.compiled(targets)

    @cached_property
    def _weights(self) -> AttitudeWeights:
        table, bits = table_of(self.hashes, 2, CollisionError("two features of attitudes share a hash"))
        rows = (self.weights[1:] - self.weights[:1]).T * self.idf[:, None]
        numbers = (self.numbers[1:] - self.numbers[:1]).T.astype(np.float64)
        logs = 1 + np.log(np.maximum(np.arange(TABULATED_COUNTS), 1))
        bias = (self.bias[1:] - self.bias[:1]).astype(np.float64)
        idf = self.idf.astype(np.float64)
        return AttitudeWeights(table, bits, idf, np.ascontiguousarray(rows), np.ascontiguousarray(numbers), bias, logs)

    @cached_property
    def centered_weights(self) -> NDArray[np.float64]:
        """Weights of features (times idf), numbers and bias, less their mean over the labels; (V + numbers + 1, K)."""
        features = (self.weights * self.idf).astype(np.float64)
        weights = np.hstack([features, self.numbers, self.bias[:, None]])
        return np.ascontiguousarray((weights - weights.mean(axis=0)).T)

    def find_features(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the number of the feature with each hash, (F,); -1 where there is none."""
        order, known = self._sorted_hashes
        if not len(known):
            return np.full(len(hashes), -1)
        places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        return np.where(known[places] == hashes, order[places], -1)

    @cached_property
    def _sorted_hashes(self) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        order = np.argsort(self.hashes)
        return order, self.hashes[order]

    def score(self, texts: Texts, targets: Sequence[str] | None = None, n_threads: int = 1) -> AttitudeScores:
        """Score N texts for T targets of the lexicon; by default those that it was trained on."""
        scored = tuple(self.targets if targets is None else targets)
        n, lanes = len(texts), len(self.labels) - 1
        logits = np.zeros((n, len(scored), lanes + 1))
        named, tones = np.zeros((n, len(scored)), np.bool_), np.zeros((n, len(TONE_NUMBERS)))
        lexicon, weights, numbers = self.lexicon.compiled(scored), self._weights, np.arange(len(scored))

        def score_rows(first: int, last: int) -> None:
            raw, offsets = encode_utf8(texts[first:last])
            relative = np.empty((last - first, len(scored), lanes))
            score_attitudes(raw, offsets, lexicon, weights, numbers, relative, named[first:last], tones[first:last])
            logits[first:last, :, 1:] = relative
            logits[first:last] -= logits[first:last].mean(axis=2, keepdims=True)

        run_in_threads(score_rows, n, n_threads)
        return AttitudeScores(logits, named, tones)

    def proba(self, scores: AttitudeScores) -> NDArray[np.float64]:
        """Compute the probability of each label from scores; (N, T, K)."""
        proba = softmax(scores.logits / self.temperature)
        proba[~scores.named] = self.unnamed_proba
        return proba
