"""Texts to TF-IDF features: words and pairs of words beside pieces of words, each kind of unit length."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance import kernel
from stance.errors import VocabularyError
from stance.settings import Settings
from stance.text import character_classes, code_points

KINDS = ("word", "char_wb")  # scikit-learn's names of the two analyzers
ALL_BITS = np.uint64(0xFFFFFFFFFFFFFFFF)
CHUNK = 1000  # texts that one thread takes at a time
TABULATED = 256  # numbers of occurrences whose logarithm is looked up; more are rare
_TOKEN = re.compile(r"\w\w+")
_SPACE = re.compile(r"\s")

Arrays = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]


@dataclass(frozen=True)
class Terms:
    """The vocabulary of one kind of feature.

    Parameters
    ----------
    vocabulary : tuple of str
        V terms in the order of their columns.
    idf : ndarray of shape (V,)
        Inverse document frequencies, 1 or more.
    """

    vocabulary: tuple[str, ...]
    idf: NDArray[np.float32]


class CollisionError(VocabularyError):
    """Two different n-grams of the training texts share a 64-bit hash."""


class Features:
    """The features of a vocabulary, looked up by hash in one pass over the code points.

    No two terms of the vocabulary share a hash: that is made sure of here and in `learn_terms`. An n-gram that was
    never seen can be taken for a term with a chance of about V / 2**64, 1 in 10**14 for a vocabulary of 100,000 terms.

    Parameters
    ----------
    settings : Settings
    terms : dict of str to Terms
        For each of `KINDS`.

    Attributes
    ----------
    order : ndarray of shape (V,)
        Columns in the order in which the loops number them: words before pieces of words, the frequent ones first, so
        that what is looked up often lies close together.

    Raises
    ------
    CollisionError
    """

    def __init__(self, settings: Settings, terms: dict[str, Terms]) -> None:
        self.settings = settings
        self.terms = terms
        idf = np.concatenate([terms[kind].idf for kind in KINDS]).astype(np.float64)
        words = len(terms["word"].vocabulary)
        hashes = [kernel.hash_terms(*code_points(terms[kind].vocabulary), seed) for seed, kind in enumerate(KINDS)]
        self.order = np.lexsort((idf, np.arange(len(idf)) >= words))
        self._lookup = kernel.Lookup(
            character_classes(),
            sizes(settings),
            *_table(np.concatenate(hashes)[self.order]),
            idf[self.order],
            1 + np.log(np.maximum(np.arange(TABULATED), 1)),
            words,
        )

    def __len__(self) -> int:
        return len(self._lookup.idf)

    def matrix(self, texts: Sequence[str], threads: int = 1) -> Arrays:
        """Compute the features of texts.

        Parameters
        ----------
        texts : sequence of str
            N comments.
        threads : int
            Number of threads; -1 for one a core.

        Returns
        -------
        indptr : ndarray of shape (N + 1,)
        indices, values : ndarray
            A CSR matrix of shape (N, V), its rows in no order.
        """

        def part(first: int, last: int) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.int64]]:
            codes, offsets = lowered(texts[first:last])
            most = sum(kernel.most_ngrams(length, self._lookup.sizes) for length in np.diff(offsets).tolist())
            features, values = np.empty(most, np.int32), np.empty(most)
            lengths = np.empty(last - first, np.int64)
            filled = kernel.transform(codes, offsets, self._lookup, features, values, lengths)
            return self.order[features[:filled]].astype(np.int32), values[:filled].copy(), lengths

        parts = in_threads(part, len(texts), threads)
        indptr = np.concatenate([[0], *(lengths for _, _, lengths in parts)]).cumsum()
        if not parts:
            return indptr.astype(np.int64), np.empty(0, np.int32), np.empty(0)
        return indptr, np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def proba(
        self,
        texts: Sequence[str],
        weights: NDArray[np.float32],
        bias: NDArray[np.float64],
        heads: NDArray[np.int64],
        threads: int = 1,
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Compute the probabilities of linear classifiers, without a matrix in between.

        Parameters
        ----------
        texts : sequence of str
            N comments.
        weights : ndarray of shape (V, L or more)
            Of all labels of all heads, side by side; features in the order of `order`.
        bias : ndarray of shape (L or more,)
        heads : ndarray of shape (H + 1,)
            Where each head's labels begin, and the end L.
        threads : int
            Number of threads; -1 for one a core.

        Returns
        -------
        proba : ndarray of shape (N, L)
            For each head a softmax.
        known : ndarray of shape (N,)
            Number of different features of each text that the vocabulary has.
        """
        proba, known = np.empty((len(texts), heads[-1])), np.empty(len(texts), np.int64)

        def part(first: int, last: int) -> None:
            codes, offsets = lowered(texts[first:last])
            kernel.score(codes, offsets, self._lookup, weights, bias, heads, proba[first:last], known[first:last])

        in_threads(part, len(texts), threads)
        return proba, known


def learn_terms(texts: Sequence[str], settings: Settings, mask: np.uint64 = ALL_BITS) -> dict[str, Terms]:
    """Learn vocabulary and document frequencies.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    settings : Settings
    mask : numpy.uint64
        Bits of the hashes that count; all but in tests.

    Returns
    -------
    dict of str to Terms
        For each of `KINDS`; the terms that occur in `settings.min_df` texts, in alphabetical order.

    Raises
    ------
    CollisionError
        If two n-grams share a hash; among a million n-grams there is a chance of 1 in 10**7 for that.
    VocabularyError
        If there is no such term.
    """
    apart = [f"\n{text}" for text in (text.lower() for text in texts)]  # so that white space is on both sides of a word
    codes, offsets = code_points(apart)
    _, frequencies, places, clash = kernel.learn(codes, offsets, character_classes(), sizes(settings), mask)
    if clash:
        raise CollisionError("two n-grams of these texts share a hash; leave one text out, and please report it")
    whole = "".join(apart) + "\n"
    kept = np.flatnonzero(frequencies >= settings.min_df)
    found: dict[str, list[tuple[str, int]]] = {kind: [] for kind in KINDS}
    for entry in kept:
        start, end, kind = places[entry].tolist()
        text = whole[start:end]
        term = " ".join(_TOKEN.findall(text)) if kind == 0 else _SPACE.sub(" ", text)
        found[KINDS[kind]].append((term, int(frequencies[entry])))
    if not all(found.values()):
        raise VocabularyError(
            f"too few comments ({len(texts)}): no word occurs in {settings.min_df} of them; give more"
        )
    return {kind: _terms(sorted(terms), len(texts)) for kind, terms in found.items()}


def sizes(settings: Settings) -> NDArray[np.int64]:
    """Give the shortest and longest n-gram of words and of characters.

    Parameters
    ----------
    settings : Settings

    Returns
    -------
    ndarray of shape (4,)
    """
    return np.array([*settings.word_ngrams, *settings.char_ngrams], dtype=np.int64)


def lowered(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Put texts into one buffer, in small letters.

    Parameters
    ----------
    texts : sequence of str
        N texts.

    Returns
    -------
    codes, offsets
        As of `text.code_points`.
    """
    if isinstance(texts, str):
        raise TypeError("texts is one string, expected a list of them")
    return code_points([text.lower() for text in texts])


def in_threads(work: Callable[[int, int], Any], rows: int, threads: int) -> list[Any]:
    """Do work on ranges of rows, on several threads.

    Parameters
    ----------
    work : callable
        Takes the first row and the one behind the last.
    rows : int
    threads : int
        -1 for one a core.

    Returns
    -------
    list
        The results in order.
    """
    ranges = [(first, min(first + CHUNK, rows)) for first in range(0, rows, CHUNK)]
    workers = min(threads if threads > 0 else os.cpu_count() or 1, len(ranges))
    if workers < 2:
        return [work(*each) for each in ranges]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda each: work(*each), ranges))


def _terms(found: list[tuple[str, int]], texts: int) -> Terms:
    frequencies = np.array([frequency for _, frequency in found], dtype=np.float64)
    idf = np.log((1 + texts) / (1 + frequencies)) + 1  # as scikit-learn with smooth_idf
    return Terms(tuple(term for term, _ in found), idf.astype(np.float32))


def _table(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], np.uint64]:
    bits = np.uint64(max(4, int(2 * len(hashes)).bit_length()))  # at most half full, so that a search ends soon
    table = np.zeros(1 << int(bits), np.uint64)
    if not kernel.fill(hashes, table, bits):
        raise CollisionError("two terms of this vocabulary share a hash, or are the same")
    return table, bits
