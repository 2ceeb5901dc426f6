"""The features are scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from stance.features import Features
from stance.vectorizer import Vectorizer

TEXTS = [
    "They keep their word, they keep it",
    "मेरा भारत महान है",
    "یہ ہمارا ملک ہے",
    "İstanbul ΣΑΣ Straße",
    "中国万岁 中国",
    "👩‍👩‍👧 so what \u200b so",
    "half \ud83d pair",
    "",
    "tab\tand\nline they keep",
]


def sklearn_features(min_df: int) -> FeatureUnion:
    return FeatureUnion(
        [
            (kind, TfidfVectorizer(analyzer=kind, ngram_range=ngrams, sublinear_tf=True, min_df=min_df))
            for kind, ngrams in (("word", (1, 2)), ("char_wb", (2, 5)))
        ]
    )


@pytest.mark.parametrize("min_df", [1, 2])
def test_features_equal_those_of_scikit_learn(min_df: int) -> None:
    vectorizer = Vectorizer(min_df=min_df).fit(TEXTS)
    union = sklearn_features(min_df).fit(TEXTS)
    unseen = [*TEXTS, "they keep what no one saw"]
    np.testing.assert_allclose(vectorizer.transform(unseen).toarray(), union.transform(unseen).toarray(), atol=1e-6)


def test_terms_are_all_that_is_learned() -> None:
    fitted = Vectorizer(min_df=1).fit(TEXTS)
    again = Features(fitted.features_.settings, fitted.features_.terms)
    for ours, theirs in zip(again.matrix(TEXTS), fitted.features_.matrix(TEXTS), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert len(again) == len(fitted.get_feature_names_out()) == fitted.transform(TEXTS).shape[1]


def test_nothing_frequent_enough() -> None:
    with pytest.raises(ValueError, match=r"no terms remain|empty vocabulary"):
        Vectorizer(min_df=2).fit(["one thing", "another kind"])
