"""The same model as an ordinary fitted scikit-learn pipeline, for people who want one."""

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
    """Make a pipeline of a feature union and logistic regression.

    The n-grams are computed by scikit-learn; what heads hear of each other is computed by this package.

    Parameters
    ----------
    model : Model
    head : str, optional
        Make a classifier of this head alone; by default all heads in a `MultiOutputClassifier`, in the model's order.

    Returns
    -------
    Pipeline
        Fitted; its probabilities equal the model's to 1e-6.

    Examples
    --------
    >>> from stance.settings import Settings
    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> to_pipeline(model, "mood").predict(["they love it"]).tolist()
    ['good']
    """
    terms = model.features.terms
    heads = list(model.classifiers) if head is None else [head]
    parts = [(kind, tfidf(model.settings, kind, terms[kind])) for kind in terms]
    if model.attitudes is not None:
        parts.append(("signals", Signals(model, heads)))
    union = FeatureUnion(parts)
    widths = [0, *(model.classifiers[name].n_stacked for name in heads)]
    before = np.cumsum(widths).tolist()
    made = [to_regression(model.classifiers[name], at, before[-1]) for name, at in zip(heads, before[:-1], strict=True)]
    if head is not None:
        return Pipeline([("features", union), ("classifier", made[0])])
    every = MultiOutputClassifier(made[0])
    every.estimators_, every.classes_ = made, [estimator.classes_ for estimator in made]
    return Pipeline([("features", union), ("classifiers", every)])


class Signals(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What heads hear of each other, as columns behind those of the n-grams.

    Parameters
    ----------
    model : Model
    heads : sequence of str
    """

    def __init__(self, model: Model, heads: Sequence[str]) -> None:
        self.model = model
        self.heads = heads

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, texts: Sequence[str], labels: Any = None) -> Signals:
        """Do nothing, as the model is trained already.

        Parameters
        ----------
        texts, labels : object
            Not looked at.

        Returns
        -------
        Signals
            Itself.
        """
        return self

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Compute the signals.

        Parameters
        ----------
        texts : sequence of str
            N comments.

        Returns
        -------
        csr_matrix of shape (N, S)
            S: signals of all heads together.
        """
        signals = self.model.stacked_features(list(texts))
        return csr_matrix(np.hstack([signals[head] for head in self.heads]))


def tfidf(settings: Settings, kind: str, terms: Terms) -> TfidfVectorizer:
    """Make scikit-learn's vectorizer for one kind of feature, as if fitted.

    Parameters
    ----------
    settings : Settings
    kind : str
        Name of scikit-learn's analyzer.
    terms : Terms
        What it shall have learned.

    Returns
    -------
    TfidfVectorizer
    """
    ngrams = settings.word_ngrams if kind == "word" else settings.char_ngrams
    vocabulary = {term: column for column, term in enumerate(terms.vocabulary)}
    made = TfidfVectorizer(analyzer=kind, ngram_range=ngrams, sublinear_tf=True, vocabulary=vocabulary)
    made.idf_ = terms.idf.astype(np.float64)
    return made


def to_regression(classifier: Classifier, before: int = 0, signals: int = 0) -> LogisticRegression:
    """Make scikit-learn's fitted estimator with the same probabilities.

    Parameters
    ----------
    classifier : Classifier
    before, signals : int
        Number of signals that other heads hear before those of this one, and of all signals.

    Returns
    -------
    LogisticRegression
    """
    regression = LogisticRegression(C=classifier.C)
    heard = np.zeros((len(classifier.labels), signals))
    if classifier.stacked_weights is not None:
        heard[:, before : before + classifier.n_stacked] = classifier.stacked_weights
    weights = np.hstack([classifier.weights, heard]) / classifier.temperature
    bias = classifier.bias.astype(np.float64) / classifier.temperature
    if len(classifier.labels) == 2:
        weights, bias = weights[1:] - weights[:1], bias[1:] - bias[:1]
    regression.coef_, regression.intercept_ = weights, bias
    regression.classes_ = np.array(classifier.labels)
    regression.n_features_in_ = weights.shape[1]
    return regression
