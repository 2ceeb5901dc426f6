"""The compiled features are scikit-learn's, on any text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from stance.features.tfidf import Features
from stance.features.vectorizer import Vectorizer
from tests.helpers.matrices import assert_equal
from tests.helpers.texts import TEXTS


def union(word: tuple[int, int] = (1, 2), char: tuple[int, int] = (2, 5), min_df: int = 1) -> FeatureUnion:
    return FeatureUnion(
        [
            (kind, TfidfVectorizer(analyzer=kind, ngram_range=ngrams, sublinear_tf=True, min_df=min_df))
            for kind, ngrams in (("word", word), ("char_wb", char))
        ]
    )


@pytest.mark.parametrize(
    ("word", "char", "min_df"),
    [((1, 2), (2, 5), 1), ((1, 2), (2, 5), 2), ((1, 1), (3, 3), 1), ((2, 3), (1, 2), 1), ((1, 3), (6, 9), 1)],
)
def test_features_equal_those_of_scikit_learn(word: tuple[int, int], char: tuple[int, int], min_df: int) -> None:
    ours = Vectorizer(word, char, min_df)
    theirs = union(word, char, min_df)
    assert_equal(ours.fit_transform(TEXTS), csr_matrix(theirs.fit_transform(TEXTS)))
    names = [name for _, part in theirs.transformer_list for name in part.get_feature_names_out()]
    assert ours.get_feature_names_out().tolist() == names
    unseen = ["they keep what no one saw", *reversed(TEXTS), "THEY Keep THEY KEEP " * 300]
    assert_equal(ours.transform(unseen), csr_matrix(theirs.transform(unseen)))


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=8))
def test_features_equal_those_of_scikit_learn_on_any_text(texts: list[str]) -> None:
    known = [*texts, "two words"]  # scikit-learn refuses texts without any word
    ours, theirs = Vectorizer(min_df=1).fit(known), union().fit(known)
    assert_equal(ours.transform(known), csr_matrix(theirs.transform(known)))


def test_threads_and_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = Vectorizer(min_df=1).fit(TEXTS)
    one = fitted.transform(TEXTS * 5)
    monkeypatch.setattr("stance.features.parallel.TEXTS_PER_TASK", 7)
    for threads in (1, 2, 4):
        several = fitted.set_params(threads=threads).transform(TEXTS * 5)
        np.testing.assert_array_equal(one.toarray(), several.toarray())


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_reading_the_texts_once_or_twice_is_the_same(threads: int) -> None:
    texts = [*TEXTS, *TEXTS[::-2], "so what", "they  keep a word"] * 3
    once, twice = Vectorizer(min_df=2, threads=threads), Vectorizer(min_df=2)
    matrix = once.fit_transform(texts)
    np.testing.assert_array_equal(matrix.toarray(), twice.fit(texts).transform(texts).toarray())
    assert once.get_feature_names_out().tolist() == twice.get_feature_names_out().tolist()


def test_terms_are_all_that_is_learned() -> None:
    fitted = Vectorizer(min_df=1).fit(TEXTS)
    again = Features(fitted.features_.settings, fitted.features_.terms)
    for ours, theirs in zip(again.matrix(TEXTS), fitted.features_.matrix(TEXTS), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert len(again) == len(fitted.get_feature_names_out()) == fitted.transform(TEXTS).shape[1]


def test_it_is_a_scikit_learn_transformer() -> None:
    copy = clone(Vectorizer(min_df=3)).set_params(min_df=1)
    assert copy.get_params() == {"word_ngrams": (1, 2), "char_ngrams": (2, 5), "min_df": 1, "threads": 1}
    with pytest.raises(ValueError, match="not fitted"):
        copy.transform(TEXTS)


def test_no_texts() -> None:
    assert Vectorizer(min_df=1).fit(TEXTS).transform([]).shape[0] == 0


def test_nothing_frequent_enough() -> None:
    with pytest.raises(ValueError, match="too few comments"):
        Vectorizer(min_df=2).fit(["one thing", "another kind"])
