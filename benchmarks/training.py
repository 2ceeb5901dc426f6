"""Training: all heads with `stance train`, and the same search with scikit-learn."""

from __future__ import annotations

import sys
import time

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.pipeline import FeatureUnion, Pipeline

from benchmarks.clock import finished
from stance.heads import BUNDLED
from stance.settings import Settings
from stance.tables.files import read_table
from stance.tables.groups import group_rows
from stance.training.folds import assign_folds


def training(data: str, folder: str, all_heads: bool) -> list[str]:
    """Time the training on a table, once.

    Parameters
    ----------
    data : str
        Path of the table.
    folder : str
        For the model.
    all_heads : bool
        Whether to measure scikit-learn on all heads.

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    ours, _ = finished([sys.executable, "-m", "stance", "train", data, "--out", f"{folder}/model"])
    heads = list(BUNDLED)
    measured = heads if all_heads else heads[:1]
    theirs = searching(data, measured) * len(heads) / len(measured)
    name = "all seven heads measured" if all_heads else "one head measured, times seven"
    about = "" if all_heads else f" The head measured is `{heads[0]}`, with four labels; the others have three."
    return [
        *("", "## Training on the bundled comments, all cores", "", "| | seconds | times stance |", "|---|--:|--:|"),
        f"| `stance train`, start-up and scores with their intervals included | {ours:,.1f} | 1.0 |",
        f"| scikit-learn's `GridSearchCV`, {name} | {theirs:,.1f} | {theirs / ours:.1f} |",
        "",
        "Measured once, with the same strengths and folds; the solver is newton-cg in stance, lbfgs (the default) in "
        f"scikit-learn, whose search makes the features anew for each head and strength.{about}",
    ]


def searching(data: str, heads: list[str]) -> float:
    """Time scikit-learn's search for the strength of heads.

    Parameters
    ----------
    data : str
        Path of the table.
    heads : list of str

    Returns
    -------
    float
        Seconds.
    """
    settings = Settings()
    start = time.perf_counter()
    table = read_table(data).table
    texts = table["text"].to_pylist()
    folds = assign_folds(group_rows(texts, table["article"].to_pylist()), settings.folds, settings.seed)
    for head in heads:
        search(settings, folds).fit(texts, table[head].to_pylist())
    return time.perf_counter() - start


def search(settings: Settings, folds: NDArray[np.intp]) -> GridSearchCV:
    """Make scikit-learn's search for the best strength of one head.

    Parameters
    ----------
    settings : Settings
    folds : ndarray of shape (N,)
        Number of each row's fold.

    Returns
    -------
    GridSearchCV
    """
    regression = LogisticRegression(class_weight="balanced", max_iter=settings.max_iter)
    pipeline = Pipeline([("features", tfidf(settings)), ("classifier", regression)])
    strengths = {"classifier__C": list(settings.Cs)}
    return GridSearchCV(pipeline, strengths, scoring="f1_macro", cv=PredefinedSplit(folds), n_jobs=-1)


def tfidf(settings: Settings) -> FeatureUnion:
    """Make scikit-learn's vectorizer with the same features.

    Parameters
    ----------
    settings : Settings

    Returns
    -------
    FeatureUnion
    """
    parts = (("word", settings.word_ngrams), ("char_wb", settings.char_ngrams))
    shared = {"min_df": settings.min_df, "sublinear_tf": True}
    return FeatureUnion([(kind, TfidfVectorizer(analyzer=kind, ngram_range=n, **shared)) for kind, n in parts])
