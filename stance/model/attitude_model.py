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
    """What N texts say of T targets.

    Parameters
    ----------
    logits : ndarray of shape (N, T, K)
        Of all labels; their mean is 0. All 0 where the target is not named.
    named : ndarray of shape (N, T)
        Whether the text names the target.
    tones : ndarray of shape (N, len(TONE_NUMBERS))
        How the text sounds.
    """

    logits: NDArray[np.float64]
    named: NDArray[np.bool_]
    tones: NDArray[np.float64]

    def first_targets(self, targets: int) -> AttitudeScores:
        """Leave targets out.

        Parameters
        ----------
        targets : int
            How many of the first remain.

        Returns
        -------
        Reading
        """
        return AttitudeScores(self.logits[:, :targets], self.named[:, :targets], self.tones)


@dataclass(frozen=True)
class AttitudeModel:
    """Weights of the words as they stand to a target.

    Parameters
    ----------
    lexicon : Lexicon
    targets : tuple of str
        The T targets that it was trained on.
    labels : tuple of str
        K labels.
    names : tuple of str
        V features, such as `our T` (T: the target) and `clause: lie`.
    hashes : ndarray of shape (V,)
    idf : ndarray of shape (V,)
    weights : ndarray of shape (K, V)
    numbers : ndarray of shape (K, len(CONTEXT_NUMBERS))
        Weights of the numbers.
    bias : ndarray of shape (K,)
    strength : float
        scikit-learn's `C` that it was fitted with.
    unnamed : ndarray of shape (K,)
        Share of each label where the target is not named.
    temperature : float
        Above 0; fitted on held-out predictions.
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
        """Make one that hears the tone of words, and nothing else.

        Parameters
        ----------
        lexicon : Lexicon

        Returns
        -------
        Attitudes
        """
        nothing = np.zeros((1, 0), np.float32)
        numbers, one = np.zeros((1, len(CONTEXT_NUMBERS)), np.float32), np.ones(1, np.float32)
        return cls(lexicon, (), ("none",), (), np.empty(0, np.uint64), nothing[0], nothing, numbers, one, 1.0, one)

    def compile(self, targets: tuple[str, ...]) -> None:
        """Make what reading needs, once, so that threads share it.

        Parameters
        ----------
        targets : tuple of str

        Raises
        ------
        CollisionError, OptionError
            If two features, or two words of the lexicon, share a hash.
        """
        self._compiled  # noqa: B018  made at its first use, and kept
        self.lexicon.compiled(targets)

    def with_lexicon(self, lexicon: Lexicon) -> AttitudeModel:
        """Give the same model with other aliases.

        Parameters
        ----------
        lexicon : Lexicon

        Returns
        -------
        Attitudes
        """
        return replace(self, lexicon=lexicon)

    @cached_property
    def _compiled(self) -> AttitudeWeights:
        table, bits = table_of(self.hashes, 2, CollisionError("two features of attitudes share a hash"))
        rows = (self.weights[1:] - self.weights[:1]).T * self.idf[:, None]
        numbers = (self.numbers[1:] - self.numbers[:1]).T.astype(np.float64)
        logs = 1 + np.log(np.maximum(np.arange(TABULATED_COUNTS), 1))
        bias = (self.bias[1:] - self.bias[:1]).astype(np.float64)
        idf = self.idf.astype(np.float64)
        return AttitudeWeights(table, bits, idf, np.ascontiguousarray(rows), np.ascontiguousarray(numbers), bias, logs)

    def read(self, texts: Texts, targets: Sequence[str] | None = None, threads: int = 1) -> AttitudeScores:
        """Read texts.

        Parameters
        ----------
        texts : sequence of str, or Arrow strings
            N comments.
        targets : sequence of str, optional
            Names of T targets of the lexicon; by default those that it was trained on.
        threads : int
            Number of threads; -1 for one a core.

        Returns
        -------
        Reading
        """
        sought = tuple(self.targets if targets is None else targets)
        n, lanes = len(texts), len(self.labels) - 1
        logits = np.zeros((n, len(sought), lanes + 1))
        named, tones = np.zeros((n, len(sought)), np.bool_), np.zeros((n, len(TONE_NUMBERS)))
        words, weights, numbers = self.lexicon.compiled(sought), self._compiled, np.arange(len(sought))

        def part(first: int, last: int) -> None:
            raw, offsets = encode_utf8(texts[first:last])
            relative = np.empty((last - first, len(sought), lanes))
            score_attitudes(raw, offsets, words, weights, numbers, relative, named[first:last], tones[first:last])
            logits[first:last, :, 1:] = relative
            logits[first:last] -= logits[first:last].mean(axis=2, keepdims=True)

        run_in_threads(part, n, threads)
        return AttitudeScores(logits, named, tones)

    def proba(self, reading: AttitudeScores) -> NDArray[np.float64]:
        """Turn a reading into probabilities.

        Parameters
        ----------
        reading : Reading
            Of N texts and T targets.

        Returns
        -------
        ndarray of shape (N, T, K)
        """
        proba = softmax(reading.logits / self.temperature)
        proba[~reading.named] = self.unnamed_proba
        return proba
