"""Texts to TF-IDF features: words and pairs of words, and pieces of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from stance.settings import Settings

KINDS = ("word", "char_wb")  # scikit-learn's names of the two analyzers


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


class Vectorizer:
    """TF-IDF of word n-grams beside that of character n-grams, each of unit length.

    Parameters
    ----------
    settings : Settings

    Attributes
    ----------
    terms : dict of str to Terms
        For each of `KINDS`.

    Examples
    --------
    >>> vectorizer = Vectorizer(Settings(min_df=1)).fit(["they lie", "they lie again"])
    >>> vectorizer.transform(["lie"]).shape == (1, vectorizer.width)
    True
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.terms: dict[str, Terms] = {}
        self._parts: list[TfidfVectorizer] = []

    @classmethod
    def from_terms(cls, settings: Settings, terms: dict[str, Terms]) -> Vectorizer:
        """Make a fitted vectorizer from what another one learned.

        Parameters
        ----------
        settings : Settings
        terms : dict of str to Terms

        Returns
        -------
        Vectorizer
        """
        made = cls(settings)
        made.terms = terms
        made._parts = [tfidf(settings, kind, terms[kind]) for kind in KINDS]
        return made

    def fit(self, texts: Sequence[str]) -> Vectorizer:
        """Learn vocabulary and document frequencies.

        Parameters
        ----------
        texts : sequence of str
            N comments.

        Returns
        -------
        Vectorizer
            Itself.

        Raises
        ------
        ValueError
            If no term occurs in `min_df` texts.
        """
        self._parts = [tfidf(self.settings, kind).fit(texts) for kind in KINDS]
        self.terms = {
            kind: Terms(tuple(part.get_feature_names_out()), part.idf_.astype(np.float32))
            for kind, part in zip(KINDS, self._parts, strict=True)
        }
        return self

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Compute the features.

        Parameters
        ----------
        texts : sequence of str
            N comments.

        Returns
        -------
        csr_matrix of shape (N, V)
        """
        if not len(texts):  # scikit-learn refuses a matrix without rows
            return csr_matrix((0, self.width))
        return csr_matrix(hstack([part.transform(texts) for part in self._parts]))

    @property
    def width(self) -> int:
        """Number of features V."""
        return sum(len(terms.vocabulary) for terms in self.terms.values())


def tfidf(settings: Settings, kind: str, terms: Terms | None = None) -> TfidfVectorizer:
    """Make scikit-learn's vectorizer for one kind of feature.

    Parameters
    ----------
    settings : Settings
    kind : str
        One of `KINDS`.
    terms : Terms, optional
        What it shall have learned.

    Returns
    -------
    TfidfVectorizer
        Fitted, if terms are given.
    """
    ngrams = settings.word_ngrams if kind == "word" else settings.char_ngrams
    shared: dict[str, Any] = {"analyzer": kind, "ngram_range": ngrams, "sublinear_tf": True}
    if terms is None:
        return TfidfVectorizer(min_df=settings.min_df, **shared)
    made = TfidfVectorizer(vocabulary={term: n for n, term in enumerate(terms.vocabulary)}, **shared)
    made.idf_ = cast(NDArray[np.float64], terms.idf.astype(np.float64))
    return made
