"""The same model as an ordinary fitted scikit-learn pipeline, for people who want one."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from stance.features import Terms
from stance.model import Model
from stance.regression import to_regression
from stance.settings import Settings


def to_pipeline(model: Model, head: str | None = None) -> Pipeline:
    """Make a pipeline of a feature union and logistic regression.

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
    >>> model = Model.fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> to_pipeline(model, "mood").predict(["they love it"]).tolist()
    ['good']
    """
    terms = model.features.terms
    union = FeatureUnion([(kind, tfidf(model.settings, kind, terms[kind])) for kind in terms])
    if head is not None:
        return Pipeline([("features", union), ("classifier", to_regression(model.classifiers[head]))])
    heads = MultiOutputClassifier(to_regression(next(iter(model.classifiers.values()))))
    heads.estimators_ = [to_regression(classifier) for classifier in model.classifiers.values()]
    heads.classes_ = [estimator.classes_ for estimator in heads.estimators_]
    return Pipeline([("features", union), ("classifiers", heads)])


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
