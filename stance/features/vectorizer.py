"""The features as a scikit-learn transformer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from stance.features.tfidf import KINDS, Features, SparseArrays
from stance.features.vocabulary import LearnedVocabulary, learn_vocabulary
from stance.settings import Settings


class Vectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """TF-IDF of word n-grams beside that of character n-grams, each of unit length.

    The matrix equals that of scikit-learn's `FeatureUnion` of two `TfidfVectorizer` (analyzers `word` and `char_wb`,
    `sublinear_tf`) to 1e-6.

    Parameters
    ----------
    word_ngrams, char_ngrams : tuple of (int, int)
        Shortest and longest n-gram, in words and in characters within a word.
    min_df : int
        Number of texts that a term must occur in.
    threads : int
        Number of threads; -1 for one a core.

    Attributes
    ----------
    features_ : Features
        Of the learned vocabulary.

    Examples
    --------
    >>> vectorizer = Vectorizer(min_df=1)
    >>> vectorizer.fit_transform(["they lie", "they lie again"]).shape == (2, len(vectorizer.features_))
    True
    >>> vectorizer.get_feature_names_out()[:2].tolist()
    ['again', 'lie']
    """

    def __init__(
        self,
        word_ngrams: tuple[int, int] = Settings.word_ngrams,
        char_ngrams: tuple[int, int] = Settings.char_ngrams,
        min_df: int = Settings.min_df,
        threads: int = 1,
    ) -> None:
        self.word_ngrams = word_ngrams
        self.char_ngrams = char_ngrams
        self.min_df = min_df
        self.threads = threads

    @classmethod
    def of(cls, settings: Settings, threads: int = 1) -> Vectorizer:
        """Build one from a model's settings."""
        return cls(settings.word_ngrams, settings.char_ngrams, settings.min_df, threads)

    def fit(self, texts: Sequence[str], labels: Any = None) -> Vectorizer:
        """Learn vocabulary and document frequencies.

        Parameters
        ----------
        texts : sequence of str
            N comments.
        labels : object
            Not looked at.

        Returns
        -------
        Vectorizer
            Itself.

        Raises
        ------
        ValueError
            If no term occurs in `min_df` texts.
        """
        self._learn(texts)
        return self

    def fit_transform(self, texts: Sequence[str], labels: Any = None) -> csr_matrix:
        """Learn vocabulary and document frequencies, and compute the features of the same texts, which are read once.

        Parameters
        ----------
        texts : sequence of str
            N comments.
        labels : object
            Not looked at.

        Returns
        -------
        csr_matrix of shape (N, V)

        Raises
        ------
        ValueError
            If no term occurs in `min_df` texts.
        """
        return self._matrix(self._learn(texts).matrix(self.features_, self.threads))

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
        check_is_fitted(self)
        return self._matrix(self.features_.matrix(texts, self.threads))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Name the columns.

        Parameters
        ----------
        input_features : object
            Not looked at.

        Returns
        -------
        ndarray of shape (V,)
            Words, then character n-grams.
        """
        check_is_fitted(self)
        return np.array([term for kind in KINDS for term in self.features_.terms[kind].vocabulary], dtype=object)

    def _learn(self, texts: Sequence[str]) -> LearnedVocabulary:
        settings = Settings(word_ngrams=self.word_ngrams, char_ngrams=self.char_ngrams, min_df=self.min_df)
        learned = learn_vocabulary(texts, settings, self.threads)
        self.features_ = Features(settings, learned.terms)
        return learned

    def _matrix(self, arrays: SparseArrays) -> csr_matrix:
        indptr, indices, values = arrays
        return csr_matrix((values, indices, indptr), shape=(len(indptr) - 1, len(self.features_)))
