"""The plain TF-IDF model to compare with: what most people would try first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from stance.features.tfidf import Terms
from stance.model.classifier import Classifier, probabilities
from stance.model.labels import Labels
from stance.settings import Settings
from stance.training.regression import fit_path


def fit_baseline(
    texts: Sequence[str],
    coded: Mapping[str, Labels],
    terms: Terms,
    settings: Settings,
) -> dict[str, Classifier]:
    """Fit TF-IDF of words and word pairs with logistic regression, scikit-learn's defaults, to each head."""
    matrix = _word_vectorizer(terms, settings).transform(texts)
    defaults = Settings(balance=0.0, max_iter=settings.max_iter)
    classifiers = {}
    for head, (names, codes) in coded.items():
        [classifiers[head]] = fit_path(matrix, codes, names, [1.0], defaults)
    return classifiers


def baseline_labels(
    texts: Sequence[str], classifiers: Mapping[str, Classifier], terms: Terms, settings: Settings
) -> dict[str, list[str]]:
    """Return the most probable label of each of N texts under each head."""
    matrix = _word_vectorizer(terms, settings).transform(texts)
    return {
        head: [classifier.labels[code] for code in probabilities(classifier, matrix).argmax(axis=1)]
        for head, classifier in classifiers.items()
    }


def _word_vectorizer(terms: Terms, settings: Settings) -> TfidfVectorizer:
    vocabulary = {term: column for column, term in enumerate(terms.vocabulary)}
    vectorizer = TfidfVectorizer(ngram_range=settings.word_ngrams, vocabulary=vocabulary)
    vectorizer.idf_ = terms.idf.astype(np.float64)
    return vectorizer
