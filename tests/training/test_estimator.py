"""The classifier of one head in scikit-learn's company.

scikit-learn skips its common checks for estimators that take texts. They are run here through an adapter that writes
rows of numbers as texts, so that all that does not depend on the kind of input is checked: all but the array API.
"""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import estimator_checks_generator
from sklearn.utils.validation import check_is_fitted, validate_data

from stance.training.estimator import StanceClassifier
from tests.conftest import ROWS
from tests.helpers.attitudes import HEADS
from tests.helpers.attitudes import TEXTS as ATTITUDES

TEXTS = [row[2] for row in ROWS]
MOODS = [row[3] for row in ROWS]


class RowsAsTexts(StanceClassifier):
    """Takes rows of numbers: `1.2` in the first column becomes the word `c0hh`."""

    def fit(self, X: Any, y: Any) -> RowsAsTexts:
        super().fit(self._texts(X), y)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        check_is_fitted(self)
        return super().predict_proba(self._texts(X, reset=False))

    def _texts(self, X: Any, **options: Any) -> list[str]:
        rows = np.asarray(validate_data(self, X, **options), dtype=float)
        steps = np.clip(np.floor(2 * rows) + 5, 0, 9).astype(int)
        return [" ".join(f"c{column}{'abcdefghij'[step] * 2}" for column, step in enumerate(row)) for row in steps]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.one_d_array, tags.input_tags.string = True, False, False
        return tags


CHECKS = list(estimator_checks_generator(RowsAsTexts(min_df=1), mark="skip"))


@pytest.mark.parametrize(
    ("estimator", "check"), CHECKS, ids=lambda each: getattr(getattr(each, "func", None), "__name__", "")
)
def test_common_checks_of_scikit_learn(estimator: Any, check: Any) -> None:
    if check.func.__name__ == "check_array_api_input":
        pytest.skip("texts are no arrays of numbers")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


def test_texts_are_cross_validated_and_searched() -> None:
    search = GridSearchCV(StanceClassifier(min_df=1), {"C": [0.1, 10.0], "balance": [0.0, 1.0]}, cv=2)
    assert search.fit(TEXTS, MOODS).best_estimator_.predict(["a good word", "they lie"]).tolist() == ["good", "bad"]
    lowered = make_pipeline(
        FunctionTransformer(lambda texts: [text.lower() for text in texts]), StanceClassifier(min_df=1)
    )
    assert cross_val_score(lowered, TEXTS, MOODS, cv=3).mean() > 0.5


def test_the_words_around_a_target_count() -> None:
    rows = [row for row, label in enumerate(HEADS["india"]) if label]
    texts, labels = [ATTITUDES[row] for row in rows], [HEADS["india"][row] for row in rows]
    classifier = StanceClassifier("india", min_df=2).fit(texts, labels)
    assert classifier.predict(["the US helps, but India bombs its friends"]).tolist() == ["against"]
    assert classifier.classes_.tolist() == ["against", "favor", "none"]


def test_labels_of_any_type_come_back() -> None:
    for labels in ([1, 0] * 6, [True, False] * 6, [11, 2] * 6, np.array(MOODS, dtype=object), pd.Series(MOODS)):
        classifier = StanceClassifier(min_df=1).fit(TEXTS, labels)
        assert set(classifier.predict(TEXTS)) <= set(labels)
        proba = classifier.predict_proba(TEXTS)
        np.testing.assert_array_equal(classifier.classes_[proba.argmax(axis=1)], classifier.predict(TEXTS))


def test_pickled_and_cloned() -> None:
    classifier = StanceClassifier(min_df=1, use_tone=True).fit(TEXTS, MOODS)
    again = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(again.predict_proba(TEXTS), classifier.predict_proba(TEXTS))
    assert clone(classifier).get_params() == classifier.get_params()


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ("they lie", ["a"], "X is one string"),
        ([["they lie"], ["so"]], ["a", "b"], "X holds list, expected strings"),
        (["so", None], ["a", "b"], "X holds NoneType, expected strings"),
        (["so", "no", "so"], ["a", "b"], "inconsistent numbers of samples"),
        (["so", "no"], ["a", "a"], "only one class, 'a'"),
        (["so", "no"], [0.5, 0.25], "Unknown label type"),
        (["so", "no"], None, "requires y to be passed"),
    ],
)
def test_bad_input(X: Any, y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StanceClassifier(min_df=1).fit(X, y)


def test_an_unknown_target() -> None:
    with pytest.raises(ValueError, match="target 'atlantis' is not in the lexicon"):
        StanceClassifier("atlantis", min_df=1).fit(TEXTS, MOODS)
