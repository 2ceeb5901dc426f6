"""The model of one head as a scikit-learn classifier of texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from stance.settings import Settings
from stance.training.stacking import fit

HEAD = "label"  # name of a head that is no target


class StanceClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Classifier of texts: TF-IDF of word and character n-grams, and logistic regression.

    With a `target`, the words around its mentions count too: who is praised or blamed, not only in what words. It takes
    raw texts, so it needs no pipeline, and fits into scikit-learn's cross-validation, grid search and stacking.

    Parameters
    ----------
    target : str, optional
        Target of the bundled lexicon that `y` is an attitude toward, such as "russia".
    C : float
        Inverse of regularization strength, above 0.
    word_ngrams, char_ngrams : tuple of (int, int)
        Shortest and longest n-gram, in words and in characters within a word.
    min_df : int
        Number of training texts that an n-gram must occur in, 1 or more.
    balance : float
        Power, 0 to 1, of the class weights: 0 for none, 1 for scikit-learn's "balanced".
    use_tone : bool
        Whether the tone of words, by a word list, counts too.
    n_jobs : int
        Number of threads; -1 for all cores.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        The labels, sorted.
    model_ : Model
        The fitted model.

    Examples
    --------
    >>> texts = ["they lie", "they lie again", "thank you", "thank you all"]
    >>> classifier = StanceClassifier(min_df=1).fit(texts, ["bad", "bad", "good", "good"])
    >>> classifier.predict(["thank you, friends"]).tolist()
    ['good']
    >>> classifier.predict_proba(["thank you, friends"]).shape
    (1, 2)
    """

    def __init__(
        self,
        target: str | None = None,
        *,
        C: float = 1.0,
        word_ngrams: tuple[int, int] = Settings.word_ngrams,
        char_ngrams: tuple[int, int] = Settings.char_ngrams,
        min_df: int = Settings.min_df,
        balance: float = Settings.balance,
        use_tone: bool = False,
        n_jobs: int = 1,
    ) -> None:
        self.target = target
        self.C = C
        self.word_ngrams = word_ngrams
        self.char_ngrams = char_ngrams
        self.min_df = min_df
        self.balance = balance
        self.use_tone = use_tone
        self.n_jobs = n_jobs

    def fit(self, X: Iterable[str], y: Any) -> StanceClassifier:
        """Train on texts X and their labels y, each of length N.

        Raises ValueError if they differ in length, y is no classification target, or no n-gram occurs often enough.
        """
        if y is None:
            raise ValueError("StanceClassifier requires y to be passed, but the target y is None")
        texts = _check_texts(X)
        labels = column_or_1d(y, warn=True)
        check_classification_targets(labels)
        check_consistent_length(texts, labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            [only] = self.classes_.tolist()
            raise ValueError(f"y has only one class, {only!r}; StanceClassifier needs 2 classes or more")
        settings = Settings(
            word_ngrams=self.word_ngrams,
            char_ngrams=self.char_ngrams,
            min_df=self.min_df,
            balance=self.balance,
            Cs=(self.C,),
            target_C=self.C,
        )
        head = HEAD if self.target is None else self.target
        names = _label_names(self.classes_)
        cells = [names[code] for code in codes]
        tone_heads = [head] if self.use_tone else []
        self.model_ = fit(texts, {head: cells}, {head: self.C}, settings, tone_heads=tone_heads, n_threads=self.n_jobs)
        if self.target is not None and self.model_.attitude_model is None:
            raise ValueError(f"target {self.target!r} is not in the lexicon; it has {self.model_.lexicon.targets}")
        return self

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:
        """Return the probability of each class for N texts; (N, K), columns in the order of `classes_`."""
        check_is_fitted(self)
        [proba] = self.model_.proba(_check_texts(X), self.n_jobs).proba.values()
        return proba

    def predict(self, X: Iterable[str]) -> NDArray[Any]:
        """Return the most probable class of N texts; (N,)."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[proba.argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


def _check_texts(X: Iterable[str]) -> list[str]:
    if isinstance(X, str):
        raise ValueError("X is one string, expected an iterable of them")
    texts = list(X)
    wrong = next((type(text).__name__ for text in texts if not isinstance(text, str)), "")
    if wrong:
        raise ValueError(f"X holds {wrong}, expected strings; pass a column of texts, not a table")
    return texts


def _label_names(classes: NDArray[Any]) -> list[str]:
    """Return a label for each class: strings in the same order, none of them empty."""
    if classes.dtype.kind in "UO" and all(isinstance(each, str) and each for each in classes):
        return [str(each) for each in classes]
    return [f"{code:09}" for code in range(len(classes))]
