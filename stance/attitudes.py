"""One model of attitude toward a target, for all targets: those it was trained on, and any other of the lexicon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stance import toward
from stance.classifier import softmax
from stance.features import TABULATED, CollisionError, Texts, in_threads, in_utf8_as_is
from stance.kernel import CODE, table_of
from stance.lexicon import Lexicon
from stance.mentions import BEGIN, END, IS_DENIED, IS_PAUSE, TARGET, Words, words_of

PATTERNS = len(toward.PATTERN_SEEDS)


@dataclass(frozen=True)
class Reading:
    """What N texts say of T targets.

    Parameters
    ----------
    logits : ndarray of shape (N, T, K)
        Of all labels; their mean is 0. All 0 where the target is not named.
    named : ndarray of shape (N, T)
        Whether the text names the target.
    tones : ndarray of shape (N, len(toward.TONES))
        How the text sounds.
    """

    logits: NDArray[np.float64]
    named: NDArray[np.bool_]
    tones: NDArray[np.float64]

    def of_first(self, targets: int) -> Reading:
        """Leave targets out.

        Parameters
        ----------
        targets : int
            How many of the first remain.

        Returns
        -------
        Reading
        """
        return Reading(self.logits[:, :targets], self.named[:, :targets], self.tones)


@dataclass(frozen=True)
class Attitudes:
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
    numbers : ndarray of shape (K, len(toward.NUMBERS))
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
    strength: float
    unnamed: NDArray[np.float32]
    temperature: float = 1.0
    _words: dict[tuple[str, ...], Words] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def without_targets(cls, lexicon: Lexicon) -> Attitudes:
        """Make one that hears the tone of words, and nothing else.

        Parameters
        ----------
        lexicon : Lexicon

        Returns
        -------
        Attitudes
        """
        nothing = np.zeros((1, 0), np.float32)
        numbers, one = np.zeros((1, len(toward.NUMBERS)), np.float32), np.ones(1, np.float32)
        return cls(lexicon, (), ("none",), (), np.empty(0, np.uint64), nothing[0], nothing, numbers, one, 1.0, one)

    def prepare(self, targets: tuple[str, ...]) -> None:
        """Make what reading needs, once, so that threads share it.

        Parameters
        ----------
        targets : tuple of str

        Raises
        ------
        CollisionError, OptionError
            If two features, or two words of the lexicon, share a hash.
        """
        self._loops  # noqa: B018  made at its first use, and kept
        self.words(targets)

    def with_lexicon(self, lexicon: Lexicon) -> Attitudes:
        """Give the same model with other aliases.

        Parameters
        ----------
        lexicon : Lexicon

        Returns
        -------
        Attitudes
        """
        return replace(self, lexicon=lexicon, _words={})

    @cached_property
    def _loops(self) -> toward.Weights:
        table, bits = table_of(self.hashes, 2, CollisionError("two features of attitudes share a hash"))
        rows = (self.weights[1:] - self.weights[:1]).T * self.idf[:, None]
        numbers = (self.numbers[1:] - self.numbers[:1]).T.astype(np.float64)
        logs = 1 + np.log(np.maximum(np.arange(TABULATED), 1))
        bias = (self.bias[1:] - self.bias[:1]).astype(np.float64)
        idf = self.idf.astype(np.float64)
        return toward.Weights(table, bits, idf, np.ascontiguousarray(rows), np.ascontiguousarray(numbers), bias, logs)

    def words(self, targets: tuple[str, ...]) -> Words:
        """Prepare the lexicon for the loops, once.

        Parameters
        ----------
        targets : tuple of str

        Returns
        -------
        Words
        """
        if targets not in self._words:
            self._words[targets] = words_of(self.lexicon, list(targets))
        return self._words[targets]

    def read(self, texts: Texts, targets: Sequence[str] | None = None, threads: int = 1) -> Reading:
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
        named, tones = np.zeros((n, len(sought)), np.bool_), np.zeros((n, len(toward.TONES)))
        words, weights, numbers = self.words(sought), self._loops, np.arange(len(sought))

        def part(first: int, last: int) -> None:
            raw, offsets = in_utf8_as_is(texts[first:last])
            relative = np.empty((last - first, len(sought), lanes))
            toward.read(raw, offsets, words, weights, numbers, relative, named[first:last], tones[first:last])
            logits[first:last, :, 1:] = relative
            logits[first:last] -= logits[first:last].mean(axis=2, keepdims=True)

        in_threads(part, n, threads)
        return Reading(logits, named, tones)

    def proba(self, reading: Reading) -> NDArray[np.float64]:
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
        proba[~reading.named] = self.unnamed
        return proba


def named_in(texts: Sequence[str], lexicon: Lexicon, targets: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which targets texts name.

    Parameters
    ----------
    texts : sequence of str
        N texts.
    lexicon : Lexicon
    targets : sequence of str
        T names of its targets.

    Returns
    -------
    ndarray of shape (N, T)

    Examples
    --------
    >>> named_in(["they told us", "the USA and Moscow agree"], Lexicon.bundled(), ["us", "russia"]).tolist()
    [[False, False], [True, True]]
    """
    words = words_of(lexicon, list(targets))
    return np.asarray(toward.named_targets(*in_utf8_as_is(texts), words, np.arange(len(targets))))


def tones_in(texts: Sequence[str], lexicon: Lexicon) -> NDArray[np.float64]:
    """Say how texts sound.

    Parameters
    ----------
    texts : sequence of str
        N texts.
    lexicon : Lexicon

    Returns
    -------
    ndarray of shape (N, len(toward.TONES))
    """
    return np.asarray(toward.tones(*in_utf8_as_is(texts), words_of(lexicon, [])))


def polarities_in(texts: Sequence[str], lexicon: Lexicon, targets: Sequence[str]) -> NDArray[np.float64]:
    """Say how well texts speak of targets, by the tone of the words behind their names alone.

    Parameters
    ----------
    texts : sequence of str
        N texts.
    lexicon : Lexicon
    targets : sequence of str
        T names of its targets.

    Returns
    -------
    ndarray of shape (N, T)
        -1 to 1; 0 where a target is not named.

    Examples
    --------
    >>> polarities_in(["Russia is great", "so"], Lexicon.bundled(), ["russia"])[:, 0] > 0
    array([ True, False])
    """
    raw, offsets = in_utf8_as_is(texts)
    found: toward.Examples = toward.examples(raw, offsets, words_of(lexicon, list(targets)), np.arange(len(targets)))
    good, bad = (toward.NUMBERS.index(f"own{sign}") for sign in "+-")
    sides = np.zeros((len(texts), len(targets)))
    sides[found.texts, found.targets] = found.numbers[:, good] - found.numbers[:, bad]
    return sides


def feature_name(
    codes: NDArray[np.uint32], tokens: NDArray[np.int64], n: int, target: int, pattern: int, place: int
) -> str:
    """Say in words what a feature is.

    Parameters
    ----------
    codes : ndarray
        The letters of a text.
    tokens : ndarray of shape (n or more, mentions.FIELDS)
    n : int
        Number of its tokens.
    target : int
    pattern, place : int
        As `toward.describe` writes them.

    Returns
    -------
    str
        `T` is the target, `O` another, `^` and `$` the ends, `_` any word.
    """

    def word(at: int) -> str:
        if not 0 <= at < n:
            return "^" if at < 0 else "$"
        token = tokens[at]
        if token[TARGET] >= 0:
            return "T" if token[TARGET] == target else "O"
        told = (codes[token[BEGIN] : token[END]] & CODE).tobytes().decode("utf-32-le", "surrogatepass")
        if token[IS_PAUSE]:
            return told if told in "!?" else "."
        return f"not-{told}" if token[IS_DENIED] else told

    if pattern >= toward.AROUND:
        return f"{'clause' if pattern == toward.IN_CLAUSE else 'own'}: {word(place)}"
    offsets = [offset for offset in toward.OFFSETS[pattern].tolist() if offset]
    spots = range(min(0, *offsets), max(0, *offsets) + 1)
    return " ".join("T" if not spot else word(place + spot) if spot in offsets else "_" for spot in spots)
