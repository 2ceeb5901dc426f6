"""stance/training/tfidf_baseline.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from stance.features.tfidf import Terms
from stance.model.classifier import Classifier, probabilities
from stance.settings import Settings
from stance.training.regression import fit_path


def fit_baseline(
    texts: Sequence[str],
    coded: Mapping[str, tuple[tuple[str, ...], NDArray[np.intp]]],
    terms: Terms,
    settings: Settings,
) -> dict[str, Classifier]:
    """Train what most people would try first: TF-IDF of words and pairs, logistic regression, scikit-learn's defaults.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    coded : mapping of str to (labels, codes)
        For each head K labels, and N numbers of labels, -1 where there is none.
    terms : Terms
        The words and pairs.
    settings : Settings

    Returns
    -------
    dict of str to Classifier
        For each head one.
    """
    features = _words(terms, settings).transform(texts)
    defaults = Settings(balance=0.0, max_iter=settings.max_iter)
    found = {}
    for head, (labels, codes) in coded.items():
        rows = np.flatnonzero(codes >= 0)
        [found[head]] = fit_path(features[rows], codes[rows], labels, [1.0], defaults)
    return found


def baseline_labels(
    texts: Sequence[str], plain: Mapping[str, Classifier], terms: Terms, settings: Settings
) -> dict[str, list[str]]:
    """Label by such a model.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    plain : mapping of str to Classifier
    terms : Terms
    settings : Settings

    Returns
    -------
    dict of str to list of str
        For each head N labels.
    """
    features = _words(terms, settings).transform(texts)
    return {
        head: [each.labels[code] for code in probabilities(each, features).argmax(axis=1)]
        for head, each in plain.items()
    }


def _words(terms: Terms, settings: Settings) -> TfidfVectorizer:
    vocabulary = {term: column for column, term in enumerate(terms.vocabulary)}
    made = TfidfVectorizer(ngram_range=settings.word_ngrams, vocabulary=vocabulary)
    made.idf_ = terms.idf.astype(np.float64)
    return made
