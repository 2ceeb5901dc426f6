"""The same model as an ordinary fitted scikit-learn pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from stance.features.tfidf import Terms
from stance.model.classifier import Classifier
from stance.model.model import Model
from stance.settings import Settings


def to_pipeline(model: Model, head: str | None = None) -> Pipeline:
    """Return a fitted pipeline whose probabilities equal the model's to 1e-6, for one head or a MultiOutputClassifier.

    scikit-learn computes the n-grams, this package the stacked features. The heads are in the model's order.

    >>> from stance.settings import Settings
    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> to_pipeline(model, "mood").predict(["they love it"]).tolist()
    ['good']
    """
    heads = list(model.classifiers) if head is None else [head]
    steps = [(kind, to_vectorizer(model.settings, kind, terms)) for kind, terms in model.features.terms.items()]
    if model.attitude_model is not None:
        steps.append(("stacked_features", StackedFeatures(model, heads)))
    union = FeatureUnion(steps)
    bounds = np.cumsum([0, *(model.classifiers[name].n_stacked for name in heads)]).tolist()
    regressions = [
        to_regression(model.classifiers[name], before, bounds[-1])
        for name, before in zip(heads, bounds[:-1], strict=True)
    ]
    if head is not None:
        return Pipeline([("features", union), ("classifier", regressions[0])])
    every = MultiOutputClassifier(regressions[0])
    every.estimators_, every.classes_ = regressions, [regression.classes_ for regression in regressions]
    return Pipeline([("features", union), ("classifiers", every)])


class StackedFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Stacked features of some heads of a model, side by side, as a transformer."""

    def __init__(self, model: Model, heads: Sequence[str]) -> None:
        self.model = model
        self.heads = heads

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, texts: Sequence[str], labels: Any = None) -> StackedFeatures:
        """Return itself: the model is fitted already."""
        return self

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Compute the stacked features of N texts; (N, those of all heads)."""
        stacked = self.model.stacked_features(list(texts))
        return csr_matrix(np.hstack([stacked[head] for head in self.heads]))


def to_vectorizer(settings: Settings, kind: str, terms: Terms) -> TfidfVectorizer:
    """Return a fitted vectorizer of one kind of n-grams; kinds are scikit-learn's names of analyzers."""
    ngrams = settings.word_ngrams if kind == "word" else settings.char_ngrams
    vocabulary = {term: column for column, term in enumerate(terms.vocabulary)}
    vectorizer = TfidfVectorizer(analyzer=kind, ngram_range=ngrams, sublinear_tf=True, vocabulary=vocabulary)
    vectorizer.idf_ = terms.idf.astype(np.float64)
    return vectorizer


def to_regression(classifier: Classifier, before: int = 0, n_stacked: int = 0) -> LogisticRegression:
    """Return a fitted LogisticRegression with the same probabilities.

    Its own stacked features stand behind `before` others, among `n_stacked` of all heads.
    """
    regression = LogisticRegression(C=classifier.C)
    stacked = np.zeros((len(classifier.labels), n_stacked))
    if classifier.stacked_weights is not None:
        stacked[:, before : before + classifier.n_stacked] = classifier.stacked_weights
    weights = np.hstack([classifier.weights, stacked]) / classifier.temperature
    bias = classifier.bias.astype(np.float64) / classifier.temperature
    if len(classifier.labels) == 2:
        weights, bias = weights[1:] - weights[:1], bias[1:] - bias[:1]
    regression.coef_, regression.intercept_ = weights, bias
    regression.classes_ = np.array(classifier.labels)
    regression.n_features_in_ = weights.shape[1]
    return regression
