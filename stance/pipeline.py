"""The same model as an ordinary fitted scikit-learn pipeline, for people who want one."""

from __future__ import annotations

from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from stance.classifier import to_regression
from stance.model import Model
from stance.vectorizer import tfidf


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
    terms = model.vectorizer.terms
    union = FeatureUnion([(kind, tfidf(model.settings, kind, terms[kind])) for kind in terms])
    if head is not None:
        return Pipeline([("features", union), ("classifier", to_regression(model.classifiers[head]))])
    heads = MultiOutputClassifier(to_regression(next(iter(model.classifiers.values()))))
    heads.estimators_ = [to_regression(classifier) for classifier in model.classifiers.values()]
    heads.classes_ = [estimator.classes_ for estimator in heads.estimators_]
    return Pipeline([("features", union), ("classifiers", heads)])
