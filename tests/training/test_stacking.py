"""Fitting a model: features that are computed already, and which rows a head is fitted to."""

from __future__ import annotations

import numpy as np
import pytest

from stance.errors import VocabularyError
from stance.features.lexicon import Lexicon
from stance.settings import Settings
from stance.training.stacking import fit, fit_features, targets_of
from tests.helpers.attitudes import HEADS, SETTINGS, STRENGTHS, TEXTS, UNSEEN, trained


def test_features_that_are_computed_already_give_the_same_model(monkeypatch: pytest.MonkeyPatch) -> None:
    features = fit_features(TEXTS, SETTINGS)
    expected = trained().proba(UNSEEN)
    monkeypatch.setattr("stance.training.stacking.fit_features", None)
    model = fit(TEXTS, HEADS, STRENGTHS, SETTINGS, tone_heads=["mood"], features=features)
    for head, proba in model.proba(UNSEEN).proba.items():
        np.testing.assert_array_equal(proba, expected.proba[head])


def test_fitting_leaves_the_features_as_they_are() -> None:
    features = fit_features(TEXTS, SETTINGS)
    arrays = [features.matrix.data, features.matrix.indices, features.matrix.indptr]
    before = [array.copy() for array in arrays]
    for array in arrays:
        array.flags.writeable = False  # as joblib passes large arrays to processes
    fit(TEXTS, HEADS, STRENGTHS, SETTINGS, tone_heads=["mood"], features=features)
    for array, expected in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize("n_threads", [2, -1])
def test_number_of_threads_does_not_matter(n_threads: int) -> None:
    model = fit(TEXTS, HEADS, STRENGTHS, SETTINGS, tone_heads=["mood"], n_threads=n_threads)
    expected = trained().proba(UNSEEN)
    for head, proba in model.proba(UNSEEN).proba.items():
        np.testing.assert_array_equal(proba, expected.proba[head])


def test_targets_have_the_most_frequent_set_of_labels() -> None:
    labels = {"china": ["a", "b"], "russia": ["b", "a"], "us": ["a", "c"], "india": ["a", ""], "mood": ["a", "b"]}
    assert targets_of(labels, Lexicon.bundled()) == ["china", "russia"]
    assert targets_of({"india": ["a", ""]}, Lexicon.bundled()) == []


def test_texts_without_a_frequent_word_are_a_clear_fault() -> None:
    with pytest.raises(VocabularyError, match="no word occurs in 3 of them"):
        fit(["one", "two"], {"mood": ["a", "b"]}, {"mood": 1.0}, Settings())
