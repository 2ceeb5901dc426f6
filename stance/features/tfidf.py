"""Texts to TF-IDF features: words and pairs of words beside character n-grams, each kind of unit length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stance.errors import VocabularyError
from stance.features.characters import Texts, code_points, encode_lowercased, mark_frequent_letters
from stance.features.kernels import cache, hashing, tfidf, tokens
from stance.features.parallel import run_in_threads
from stance.settings import Settings

KINDS = ("word", "char_wb")  # scikit-learn's names of the two analyzers
TABULATED_COUNTS = 256  # numbers of occurrences whose logarithm is looked up; more are rare
SparseArrays = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]


class NgramCachePool:
    """Caches for threads to borrow; one thread at a time uses a cache."""

    def __init__(self) -> None:
        self._free: list[cache.NgramCache] = []

    def __reduce__(self) -> tuple[type[NgramCachePool], tuple[()]]:
        return NgramCachePool, ()  # a copy starts with empty caches

    @contextmanager
    def one(self) -> Iterator[cache.NgramCache]:
        """Lend a cache."""
        lent = self._free.pop() if self._free else cache.new_cache()
        yield lent
        self._free.append(lent)


@dataclass(frozen=True)
class Terms:
    """The vocabulary of one kind of feature."""

    vocabulary: tuple[str, ...]  # V terms in the order of their columns
    idf: NDArray[np.float32]  # (V,), inverse document frequencies, 1 or more


class CollisionError(VocabularyError):
    """Two different n-grams of the training texts share a 64-bit hash."""


class Features:
    """The features of a vocabulary, looked up by hash in one pass over the bytes.

    No two terms of the vocabulary share a hash: `lookup` and `learn_vocabulary` check that. An n-gram that was never
    seen can be taken for a term with a chance of about V / 2**64, 1 in 10**14 for a vocabulary of 100,000 terms.
    """

    def __init__(self, settings: Settings, terms: dict[str, Terms]) -> None:
        self.settings = settings
        self.terms = terms
        self._caches = NgramCachePool()

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """Columns in the order in which the kernels number them: words before character n-grams; (V,).

        Frequent ones come first, so that what is looked up often lies close together.
        """
        return np.lexsort((self._idf, np.arange(len(self)) >= self._words))

    @cached_property
    def lookup(self) -> tfidf.Lookup:
        """The vocabulary as the kernels read it; CollisionError if two terms share a hash, or are the same."""
        points = [code_points(self.terms[kind].vocabulary) for kind in KINDS]
        hashes = [
            hashed(*each)
            for each, hashed in zip(points, (tokens.hash_word_ngrams, tokens.hash_char_ngrams), strict=True)
        ]
        known = mark_frequent_letters(np.concatenate([codes for codes, _ in points]), len(self))
        collision = CollisionError("two terms of this vocabulary share a hash, or are the same")
        table, bits = hashing.table_of(np.concatenate(hashes)[self.order], 2, collision)
        logs = 1 + np.log(np.maximum(np.arange(TABULATED_COUNTS), 1))
        idf = self._idf[self.order]
        return tfidf.Lookup(known, ngram_sizes(self.settings), table, bits, idf, logs, self._words)

    @property
    def _words(self) -> int:
        return len(self.terms["word"].idf)

    @property
    def _idf(self) -> NDArray[np.float64]:
        return np.concatenate([self.terms[kind].idf for kind in KINDS]).astype(np.float64)

    def __len__(self) -> int:
        return sum(len(self.terms[kind].idf) for kind in KINDS)

    def matrix(self, texts: Sequence[str], threads: int = 1) -> SparseArrays:
        """Compute `indptr`, `indices` and `values` of a CSR matrix (N, V) of N texts, its rows in no order."""
        columns, caches = self.order.astype(np.int32), NgramCachePool()
        parts = run_in_threads(
            lambda low, high: _weighed(texts[low:high], self.lookup, caches, columns), len(texts), threads
        )
        return concatenate_rows(parts)

    def logits(self, texts: Texts, rows: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Compute the logits of N texts, (N, L), from `rows`: weights times idf, (V, L), in the order of `order`.

        Return also the number of different features of each text that the vocabulary has, (N,): -1 for a text that
        shows nothing, -2 for one most of whose letters the vocabulary hardly has.
        """
        return self._scored(*encode_lowercased(texts), rows, tfidf.allocate_counts(0, 0))

    def logits_and_counts(
        self, texts: Texts, rows: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], tfidf.FeatureCounts]:
        """Compute what `logits` does, and return also which features each text has."""
        raw, offsets = encode_lowercased(texts)
        most = np.minimum(max_ngrams(np.diff(offsets), self.lookup.sizes), len(self))
        kept = tfidf.allocate_counts(len(texts), int(most.sum()))
        return *self._scored(raw, offsets, rows, kept), kept

    def _scored(
        self, raw: NDArray[np.uint8], offsets: NDArray[np.int64], rows: NDArray[np.float32], kept: tfidf.FeatureCounts
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        logits, known = np.empty((len(offsets) - 1, rows.shape[1])), np.empty(len(offsets) - 1, np.int64)
        with self._caches.one() as lent:
            tfidf.score(raw, offsets, self.lookup, lent, rows, logits, known, kept)
        return logits, known


def ngram_sizes(settings: Settings) -> NDArray[np.int64]:
    """Return the shortest and longest word n-gram, and the shortest and longest character n-gram."""
    return np.array([*settings.word_ngrams, *settings.char_ngrams], dtype=np.int64)


def max_ngrams(lengths: NDArray[np.int64], ngram_sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the most n-grams that texts of some lengths in bytes can have; (N,)."""
    of_words = (lengths // 3 + 1) * (ngram_sizes[1] - ngram_sizes[0] + 1)
    return np.asarray(of_words + (2 * lengths + 2) * (ngram_sizes[3] - ngram_sizes[2] + 1))


def concatenate_rows(parts: list[SparseArrays]) -> SparseArrays:
    """Join the features of parts of the texts, each `(lengths, indices, values)`, as `Features.matrix` returns them."""
    nothing = np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0)
    lengths, indices, values = (np.concatenate(arrays) for arrays in zip(nothing, *parts, strict=True))
    return np.concatenate([[0], lengths]).cumsum(), indices, values


def _weighed(
    texts: Sequence[str], lookup: tfidf.Lookup, caches: NgramCachePool, order: NDArray[np.int32]
) -> SparseArrays:
    raw, offsets = encode_lowercased(texts)
    most = int(max_ngrams(np.diff(offsets), lookup.sizes).sum())
    indices, values, lengths = np.empty(most, np.int32), np.empty(most), np.empty(len(texts), np.int64)
    with caches.one() as lent:
        filled = tfidf.write_tfidf(raw, offsets, lookup, lent, order, indices, values, lengths)
    return lengths, indices[:filled].copy(), values[:filled].copy()
